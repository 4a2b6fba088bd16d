# SPDX-License-Identifier: Apache-2.0
"""`bassin backup` and `bassin restore` over a real pool: a copy under load is of one moment, a half or damaged one is never taken for
whole, a restore that dies leaves the old state, and a store that went back is noticed and healed by what is documented, with
nobody mailed twice and nobody back who was erased (reliability.md, R4 and R30)."""
import hashlib
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import unittest

import mailing
from feeding import GOOD, college, csv_text
from pool import BIN, SERVICES, Pool, wait_for
from smtp_server import Rule, SmtpServer

BUILDS = ("plain",)
TIMEOUT = 120
LEARNERS = 400


def learner(n):
    return {"external_id": "l%d" % n, "given_name": "Prénom%d" % n, "email": "l%d@c1.example" % n, "permanent_code": "",
            "competencies": ""}


def sealed(manifest):
    """As cli/manifest.h says: of the rest, as compact JSON with sorted names."""
    rest = {name: value for name, value in manifest.items() if name != "digest"}
    text = json.dumps(rest, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return dict(rest, digest=hashlib.blake2b(text.encode(), digest_size=32).hexdigest())


def read_json(*path):
    with open(os.path.join(*path), encoding="utf-8") as f:
        return json.load(f)


def setUpModule():
    """One pool for all; each test leaves it well."""
    server = SmtpServer()
    server.__enter__()
    unittest.addModuleCleanup(server.__exit__, None, None, None)
    pool = Pool(dict(mailing.SOON, smtp_url=server.url, mail_mode="send"))
    unittest.addModuleCleanup(pool.destroy)
    pool.start()
    c = college(pool, "c1")
    c.rows("programmes", {})
    c.rows("competencies", {})
    c.rows("employers", {})
    c.rows("postings", {"competencies": "", "reserves": "", "reserve_order": ""})
    c.rows("learners", *[learner(n) for n in range(LEARNERS)])
    BackupTest.server, BackupTest.pool, BackupTest.college = server, pool, c


class BackupTest(unittest.TestCase):
    maxDiff = 2000
    server = pool = college = None

    def folder(self, name):
        return os.path.join(self.pool.home, name)

    def backup(self, name, *options):
        self.pool.bassin("backup", self.folder(name), *options, who=None)
        return self.folder(name)

    def learners(self):
        return {row["external_id"] for row in self.college.list("learners")}

    def settled(self):
        """Everybody follows, at the heads, and there is no alarm."""
        def well():
            done = self.pool.run("--json", "status", "--details")
            rows = json.loads(done.stdout)
            logs = [log for row in rows for log in row["cursors"]]
            heads = {row["service"]: row["head_seq"] for row in rows}
            return done.returncode == 0 and not any(row["alarms"] for row in rows) and all(
                log["state"] == "following" and log["seq"] >= heads[log["log_id"]] for log in logs)
        wait_for(well, 60, Status(self.pool))

    def shim(self, name, script):
        """A program of this name that goes first in PATH."""
        folder = os.path.join(self.pool.home, "shim-" + name)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write("#!/bin/bash\nPATH=${PATH#*:}\n" + script)
        os.chmod(os.path.join(folder, name), 0o755)
        return {"PATH": folder + ":" + os.environ["PATH"]}

    def start_with(self, environment, *words):
        env = dict(os.environ, BASSIN_HOME=self.pool.home, LANGUAGE="en", LANG="C.UTF-8", **environment)
        return subprocess.Popen([os.path.join(BIN, "bassin"), *words], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)


class Status:
    def __init__(self, pool):
        self.pool = pool

    def __str__(self):
        return self.pool.run("status").stdout


class Backup(BackupTest):
    def test_a_copy_under_load_is_of_one_moment_and_for_its_owner_s_eyes(self):
        text = "external_id,title_fr,level\n" + "".join("P%d,Titre,dec\n" % n for n in range(20000))
        feeding = self.pool.popen("feed", "programmes", self.college.path(text), who="c1")
        wait_for(lambda: self.pool.sql("learner_intake", "SELECT count(*) FROM programme")[0][0] > 500, 60, "being fed")
        folder = self.backup("under-load")
        self.assertEqual(feeding.wait(timeout=60), 0)
        feeding.communicate()
        manifest = read_json(folder, "manifest.json")
        self.assertEqual(manifest, sealed(manifest))
        self.assertEqual(sorted(store["name"] for store in manifest["stores"]), sorted(SERVICES))
        self.assertEqual(stat.S_IMODE(os.stat(folder).st_mode), 0o700)
        files = {f["name"]: f for store in manifest["stores"] for f in store["files"]}
        self.assertEqual(set(os.listdir(folder)), set(files) | {"manifest.json"})
        self.assertIn("learner_intake.erased", files)
        for name in os.listdir(folder):
            self.assertEqual(stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode), 0o600, name)
        for name, said in files.items():
            with open(os.path.join(folder, name), "rb") as f:
                content = f.read()
            self.assertEqual((len(content), hashlib.blake2b(content, digest_size=32).hexdigest()),
                             (said["bytes"], said["blake2b"]))
        # The log and the state that it tells of are of the very moment that the manifest names.
        intake = next(store for store in manifest["stores"] if store["name"] == "learner_intake")
        with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as f:
            self.assertNotIn("Prénom", f.read())
        sql = subprocess.run(["pg_restore", "--file=-", "--data-only", "--table=event", "--table=event_head",
                              os.path.join(folder, "learner_intake.dump")], check=True, capture_output=True, text=True).stdout
        events = [line for line in re.search(r"COPY public.event \(.*?\n(.*?)\\\.", sql, re.DOTALL).group(1).splitlines()]
        self.assertEqual(max(int(line.split("\t")[0]) for line in events), intake["seq"])
        self.assertIn("\t%s" % intake["epoch"], re.search(r"COPY public.event_head.*?\\\.", sql, re.DOTALL).group(0).replace("-", ""))

    def test_what_is_there_already_is_not_written_over(self):
        self.backup("once", "--service", "matching")
        before = read_json(self.folder("once"), "manifest.json")
        self.assertEqual([store["name"] for store in before["stores"]], ["matching"])
        again = self.pool.run("backup", self.folder("once") + "/", who=None)
        self.assertEqual((again.returncode, read_json(self.folder("once"), "manifest.json")), (2, before), again.stderr)
        self.assertIn("is there already", again.stderr)

    def test_a_backup_that_fails_or_is_killed_leaves_nothing_of_that_name(self):
        env = self.shim("pg_dump", 'for a in "$@"; do case $a in --file=*) head -c 5000 /dev/zero >"${a#--file=}";; esac; done\nexit 1\n')
        failed = self.start_with(env, "backup", self.folder("failed"))
        out, err = failed.communicate(timeout=60)
        self.assertEqual((failed.returncode, out), (1, ""), err)
        self.assertIn("nothing is kept", err)
        self.assertEqual([name for name in os.listdir(self.pool.home) if name.startswith("failed")], [])
        mark = self.folder("dumping")
        env = self.shim("pg_dump", 'touch %s; exec tail -f /dev/null --pid=$PPID\n' % mark)
        killed = self.start_with(env, "backup", self.folder("killed"))
        wait_for(lambda: os.path.exists(mark), 30, "it dumps")
        killed.kill()
        killed.wait(timeout=30)
        killed.communicate()
        self.assertFalse(os.path.exists(self.folder("killed")))
        left, = [name for name in os.listdir(self.pool.home) if name.startswith("killed.partial-")]
        refused = self.pool.run("restore", self.folder(left), "--yes", who=None)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("a backup that is whole has this file", refused.stderr)

    def test_no_password_is_on_a_command_line(self):
        listed = self.folder("seen")
        env = self.shim("pg_dump", 'printf "%%s\\n" "$@" >%s; echo "$PGPASSWORD" >>%s.env; exec pg_dump "$@"\n' % (listed, listed))
        conf = os.path.join(self.pool.home, "etc", "matching.conf")
        with open(conf, encoding="utf-8") as f:
            before = f.read()
        with open(conf, "a", encoding="utf-8") as f:
            f.write("store = %s password=hush\n" % self.pool.conninfo("matching"))
        try:
            done = self.start_with(env, "backup", self.folder("secret"), "--service", "matching")
            self.assertEqual(done.wait(timeout=60), 0)
            out, err = done.communicate()
        finally:
            with open(conf, "w", encoding="utf-8") as f:
                f.write(before)
        with open(listed, encoding="utf-8") as f:
            words = f.read()
        with open(listed + ".env", encoding="utf-8") as f:
            self.assertEqual(f.read(), "hush\n")
        self.assertNotIn("hush", words + out + err)
        self.assertNotIn("user", words)


class Refusals(BackupTest):
    def refused(self, folder, status, text, *options):
        done = self.pool.run("restore", folder, "--yes", *options, who=None)
        self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
        self.assertIn(text, done.stderr)
        # Nothing was touched: the service, which runs, is as it was.
        self.assertEqual(self.pool.run("status").returncode, 0)

    def test_what_is_damaged_newer_or_in_use_is_refused(self):
        good = self.backup("good")
        self.refused(good, 3, "matching is running, and is not restored; stop it first: systemctl stop bassin-matching@matching",
                     "--service", "matching")
        self.assertEqual(self.pool.run("restore", good, who=None).returncode, 3)
        bad = self.folder("bad")

        def broken(what, status, text):
            shutil.rmtree(bad, ignore_errors=True)
            shutil.copytree(good, bad)
            what()
            self.refused(bad, status, text)

        def flip():
            with open(os.path.join(bad, "matching.dump"), "r+b") as f:
                f.seek(2000)
                byte = f.read(1)
                f.seek(2000)
                f.write(bytes([byte[0] ^ 1]))

        def edit(change, seal):
            manifest = read_json(bad, "manifest.json")
            change(manifest)
            with open(os.path.join(bad, "manifest.json"), "w", encoding="utf-8") as f:
                json.dump(sealed(manifest) if seal else manifest, f)

        broken(flip, 3, "damaged and is not restored: %s/matching.dump" % bad)
        broken(lambda: os.truncate(os.path.join(bad, "learner_intake.dump"), 4000), 3, "learner_intake.dump: it is not what was")
        broken(lambda: os.remove(os.path.join(bad, "notifications.dump")), 3, "notifications.dump: No such file")
        broken(lambda: edit(lambda m: m["stores"][0].update(seq=1), False), 3, "manifest.json: it is not what was written")
        broken(lambda: os.truncate(os.path.join(bad, "manifest.json"), 100), 3, "manifest.json: it is not what was written")
        broken(lambda: edit(lambda m: m.update(format=2, bassin="9.9"), True), 3, "newer than this program (0.1): install Bassin 9.9")
        broken(lambda: edit(lambda m: m["stores"][0]["schemas"].update(core=99), True), 3, "this backup is newer than")
        self.refused(self.folder("nowhere"), 2, "a backup that is whole has this file")
        self.refused(good, 2, "there is no service nobody", "--service", "nobody")

    def test_nobody_said_yes(self):
        good = self.backup("for-yes", "--service", "matching")
        self.pool.service("matching").kill(signal.SIGTERM)
        try:
            done = self.pool.run("restore", good, who=None)
            self.assertEqual(done.returncode, 2)
            self.assertIn("not restored: nobody said yes", done.stderr)
        finally:
            self.pool.start("matching")


class Restore(BackupTest):
    def held(self):
        return sorted(self.pool.sql("learner_intake", "SELECT external_id, consent_on FROM learner"))

    def test_a_restore_that_dies_in_the_middle_leaves_the_old_state(self):
        folder = self.backup("older", "--service", "learner_intake")
        self.college.rows("learners", learner(LEARNERS + 1))
        self.pool.service("learner_intake").kill(signal.SIGTERM)
        before = self.held()
        try:
            # pg_restore ends in the middle of a table: half of it must not be committed.
            env = self.shim("pg_restore", 'pg_restore "$@" | head -c 60000\nexit 1\n')
            failed = self.start_with(env, "restore", folder, "--service", "learner_intake", "--yes")
            out, err = failed.communicate(timeout=60)
            self.assertEqual((failed.returncode, out), (1, ""), err)
            self.assertIn("learner_intake was not restored, and is as it was", err)
            self.assertEqual(self.held(), before)
            # It is killed when everything but the end has been sent.
            mark = self.folder("restoring")
            env = self.shim("pg_restore", 'pg_restore "$@"; touch %s; exec tail -f /dev/null --pid=$PPID\n' % mark)
            killed = self.start_with(env, "restore", folder, "--service", "learner_intake", "--yes")
            wait_for(lambda: os.path.exists(mark), 30, "all was sent")
            busy = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'psql'"
            started = self.start_with({}, "restore", folder, "--service", "learner_intake", "--yes")
            _, err = started.communicate(timeout=60)
            self.assertEqual(started.returncode, 3, err)                        # the first one holds the lease
            killed.kill()
            killed.wait(timeout=30)
            killed.communicate()
            wait_for(lambda: self.pool.sql("learner_intake", busy)[0][0] == 0, 30, "psql is gone")
            self.assertEqual(self.held(), before)
        finally:
            self.pool.start("learner_intake")
        self.settled()
        self.assertIn("l%d" % (LEARNERS + 1), self.learners())

    def test_a_store_that_went_back_is_noticed_and_healed(self):
        mailing.wait_until_ended(self.pool, 1)
        folder = self.backup("play")
        more = [learner(n) for n in range(1000, 1050)]
        self.college.rows("learners", *more)
        self.college.rows("employers", {"external_id": "e2", "neq": "", "contact_email": "b@e2.example"})
        self.college.rows("postings", {"external_id": "p2", "employer": "e2", "competencies": "", "reserves": "",
                                       "reserve_order": ""})
        for gone in ("l3", "l1001"):                                            # one of the copy, one of after it
            self.pool.bassin("learner", "erase", gone, "--yes", who="c1")
        mailing.wait_until_ended(self.pool, 2)
        self.settled()
        fed = self.learners()
        self.assertEqual(len(fed & {"l3", "l1001"}), 0)
        mails = len(self.server.mails)

        self.pool.service("learner_intake").kill(signal.SIGTERM)
        said = json.loads(self.pool.bassin("--json", "restore", folder, "--service", "learner_intake", "--yes", who=None))
        self.assertEqual(said["restored"], ["learner_intake"])
        self.assertEqual(said["next"][0], "systemctl start bassin-learner-intake@learner_intake")
        self.assertIn("bassin resync SERVICE learner_intake", said["next"][-1])
        self.pool.start("learner_intake")
        self.assertIn("erased_again=1", self.pool.service("learner_intake").log())
        back = self.learners()
        self.assertFalse(back & ({"l3"} | {row["external_id"] for row in more}))
        self.assertEqual(back, fed - {row["external_id"] for row in more})      # nothing of before the copy is lost

        # Whoever had seen more says so, and nobody goes on as if nothing were.
        def diverged():
            rows = json.loads(self.pool.run("--json", "status", "--details").stdout)
            return {(row["service"], log["log_id"]) for row in rows for log in row["cursors"] if log["state"] == "diverged"}
        wait_for(lambda: len(diverged()) >= 2, 30, Status(self.pool))
        self.assertEqual({log for _, log in diverged()}, {"learner_intake"})
        self.assertGreaterEqual({reader for reader, _ in diverged()}, {"matching", "notifications"})

        # What the restore said to type.
        again = self.college.feed("learners", csv_text([dict(GOOD["learners"], **row) for row in more]))
        self.assertEqual((again.status, again.problems("external_id", "code")), (3, [("l1001", "erased")]))
        for reader, log in diverged():
            self.pool.bassin("resync", reader, log)
        self.settled()
        self.assertEqual(self.learners(), fed)
        numbers = {row["pool_number"] for row in self.college.list("learners")}
        seen = {row[0] for row in self.pool.sql("matching", "SELECT learner FROM view_learner")}
        self.assertEqual(seen, numbers)
        for gone in ("l3", "l1001"):
            refused = self.college.feed("learners", csv_text([dict(GOOD["learners"], **learner(int(gone[1:])))]))
            self.assertEqual(refused.problems("external_id", "code"), [(gone, "erased")])
        mailing.wait_until_ended(self.pool, 2)
        self.assertEqual(len(self.server.mails), mails, "nobody is mailed twice")

    def test_a_lost_database_comes_back_with_the_newest_register(self):
        old = self.backup("old", "--service", "learner_intake")
        self.pool.bassin("learner", "erase", "l7", "--yes", who="c1")
        newer = self.backup("newer", "--service", "learner_intake")
        self.settled()
        self.pool.service("learner_intake").kill(signal.SIGTERM)
        self.pool.sql("learner_intake", "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        empty = self.pool.run("backup", self.folder("of-nothing"), who=None)
        self.assertEqual((empty.returncode, os.path.exists(self.folder("of-nothing"))), (1, False))
        self.assertIn("learner_intake is empty", empty.stderr)
        self.pool.bassin("restore", old, "--service", "learner_intake", "--register", newer, "--yes", who=None)
        self.pool.start("learner_intake")
        self.assertNotIn("l7", self.learners())
        for reader in ("matching", "notifications", "employer_intake"):
            self.pool.bassin("resync", reader, "learner_intake")
        self.settled()

    def test_all_of_it_and_who_was_erased_since_stays_erased(self):
        number = next(row["pool_number"] for row in self.college.list("learners") if row["external_id"] == "l9")
        folder = self.backup("whole")
        self.college.rows("learners", learner(2000))
        self.pool.bassin("learner", "erase", "l9", "--yes", who="c1")
        self.settled()
        fed, mails = self.learners(), len(self.server.mails)
        # Matching alone: its copy knows her still, and the log tells it again that she was erased.
        self.pool.service("matching").kill(signal.SIGTERM)
        self.pool.bassin("restore", folder, "--service", "matching", "--yes", who=None)
        known = "SELECT count(*) FROM view_learner WHERE learner = %s"
        self.assertEqual(self.pool.sql("matching", known, number), [(1,)])
        self.pool.start("matching")
        wait_for(lambda: self.pool.sql("matching", known, number) == [(0,)], 30, "erased again")
        for name in SERVICES:
            self.pool.service(name).kill(signal.SIGTERM)
        said = self.pool.bassin("restore", folder, "--yes", who=None)
        self.assertEqual([said.count("systemctl start bassin-%s@%s" % (name.replace("_", "-"), name)) for name in SERVICES], [1] * 4)
        self.pool.start()
        self.assertEqual(self.learners(), fed - {"l2000"})
        for row in self.college.list("learners"):
            self.assertNotEqual(row["pool_number"], number)
        self.college.rows("learners", learner(2000))
        for reader, log in (("matching", "learner_intake"), ("notifications", "learner_intake"), ("employer_intake", "learner_intake"),
                            ("notifications", "matching"), ("employer_intake", "matching")):
            self.pool.bassin("resync", reader, log)
        self.settled()
        self.assertEqual((self.learners(), self.pool.sql("matching", known, number)), (fed, [(0,)]))
        self.assertEqual(len(self.server.mails), mails, "nobody is mailed twice")

    def written_to(self, n):
        """A firm that is new, with a posting: there is a mail to tell it."""
        self.college.rows("employers", {"external_id": "held%d" % n, "neq": "", "contact_email": "held%d@f.example" % n})
        self.college.rows("postings", {"external_id": "held%d" % n, "employer": "held%d" % n, "competencies": "", "reserves": "",
                                       "reserve_order": ""})

    def mails_to_held(self, state):
        """{address: row} of those firms' mails that are in this state."""
        return {row["to"]: row for row in self.college.list("mail", "kind=postings_received", "state=" + state)
                if row["to"].startswith("held")}

    def sent_to_held(self):
        """What the relay has taken, which is what an operator asks."""
        return sorted(to for mail in self.server.mails for to in mail.recipients if to.startswith("held"))

    def restart_notifications(self, mode):
        self.pool.service("notifications").kill(signal.SIGTERM)
        self.pool.settings["mail_mode"] = mode
        self.pool.write_configuration()
        self.pool.start("notifications")

    def test_mail_waits_after_notifications_went_back_until_somebody_has_looked(self):
        gone, other, new = ("held%d@f.example" % n for n in (1, 2, 3))
        self.server.rules += [Rule("rcpt", "451 4.3.0 busy", recipient=gone)]
        self.written_to(1)
        wait_for(lambda: set(self.mails_to_held("deferred")) == {gone}, 30, mailing.Why(self.pool))
        folder = self.backup("mails", "--service", "notifications")
        # Both go out after the copy: one that it calls deferred, one that it does not know.
        self.server.rules.clear()
        self.written_to(2)
        wait_for(lambda: set(self.mails_to_held("sent")) == {gone, other}, 60, mailing.Why(self.pool))
        self.assertEqual(self.sent_to_held(), [gone, other])

        # What the restore says to do first.
        self.pool.service("notifications").kill(signal.SIGTERM)
        said = json.loads(self.pool.bassin("--json", "restore", folder, "--service", "notifications", "--yes", who=None))
        self.assertIn("mail_mode = hold", said["next"][0])
        try:
            self.pool.settings["mail_mode"] = "hold"
            self.pool.write_configuration()
            self.pool.start("notifications")
            self.written_to(3)
            wait_for(lambda: {other, new} <= set(self.mails_to_held("queued")), 30, mailing.Why(self.pool))
            self.settled()
            held = dict(self.mails_to_held("queued"), **self.mails_to_held("deferred"))
            self.assertEqual(set(held), {gone, other, new})
            self.assertEqual(held[other]["why"], "held")
            self.assertEqual(self.sent_to_held(), [gone, other], "nothing leaves while mail is held")
            for went_out in self.sent_to_held():
                self.pool.bassin("mail", "suppress", held[went_out]["mail"], "--reason", "went out before the restore", who="c1")
        finally:
            self.restart_notifications("send")
        wait_for(lambda: set(self.mails_to_held("sent")) == {new}, 60, mailing.Why(self.pool))
        self.settled()
        self.assertEqual(self.sent_to_held(), [gone, other, new], "each of them once")

    def test_a_store_that_fails_among_several_is_told_with_those_that_are_done(self):
        folder = self.backup("two")
        for name in SERVICES:
            self.pool.service(name).kill(signal.SIGTERM)
        try:
            env = self.shim("pg_restore", 'case "$*" in *matching*) exit 1;; esac\nexec pg_restore "$@"\n')
            failed = self.start_with(env, "restore", folder, "--yes")
            _, err = failed.communicate(timeout=60)
            self.assertEqual(failed.returncode, 1)
            self.assertIn("matching was not restored, and is as it was", err)
            self.assertIn("notifications was restored before that", err)
        finally:
            self.pool.start()
        self.settled()

    def test_the_pool_s_key_of_another_pool_is_told(self):
        folder = self.backup("keyed", "--service", "matching")
        key = os.path.join(self.pool.home, "keys", "pool.key")
        shutil.move(key, key + ".away")
        self.pool.service("matching").kill(signal.SIGTERM)
        try:
            done = self.pool.run("restore", folder, "--yes", who=None)
        finally:
            shutil.move(key + ".away", key)
            self.pool.start("matching")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("is not the key of this backup", done.stderr)
        self.assertIn("bassin round list", done.stdout)
        self.settled()


if __name__ == "__main__":
    unittest.main(verbosity=2)
