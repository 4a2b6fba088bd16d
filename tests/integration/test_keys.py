# SPDX-License-Identifier: Apache-2.0
"""Keys of a real pool: who is let in, who may do what, what a revocation does, and that a second pool on the same machine is
another pool. Each refusal is its own, and harms nobody else (reliability.md, R19)."""
import glob
import json
import os
import random
import shutil
import socket
import stat
import unittest

from feeding import GOOD, Feeder, college, csv_text
from pool import OPERATOR, Pool, SERVICES, wait_for

BUILDS = ("plain",)
UNKNOWN_KEY = "does not know this key, or it was revoked"
FORBIDDEN = "this key may not do that"


class KeysTest(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.pool = Pool()
        cls.addClassCleanup(cls.pool.destroy)
        cls.pool.start()
        cls.college = college(cls.pool, "lycee")

    def figure(self, service, name, labels=""):
        report, = json.loads(self.pool.bassin("--json", "--service", service, "status"))
        return next(f["value"] for f in report["figures"] if (f["name"], f["labels"]) == (name, labels))

    def others_are_well(self):
        self.assertEqual(self.college.feed("programmes", csv_text([GOOD["programmes"]])).status, 0)
        self.assertEqual(self.pool.run("status").returncode, 0)

    def key_path(self, name):
        return os.path.join(self.pool.home, "keys", name + ".key")


class Keys(KeysTest):
    def test_a_key_is_made_once_and_is_for_its_owner_s_eyes(self):
        before = open_bytes(self.key_path("lycee"))
        again = self.pool.run("keys", "make", "lycee", "--role", "college", "--institution", "lycee", who=None)
        self.assertEqual((again.returncode, open_bytes(self.key_path("lycee"))), (0, before))
        other = self.pool.run("keys", "make", "lycee", "--role", "intermediary", who=None)
        self.assertEqual((other.returncode, open_bytes(self.key_path("lycee"))), (2, before))
        for words in (("x", "--role", "college"), ("x", "--role", "king"), ("../x", "--role", "matching"),
                      ("x", "--role", "matching", "--institution", "lycee")):
            self.assertEqual(self.pool.run("keys", "make", *words, who=None).returncode, 2, words)
        for path in glob.glob(os.path.join(self.pool.home, "keys", "*.key")):
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600, path)
        rows = {row["name"]: (row["role"], row["institution"]) for row in self.pool.json("keys", "list")}
        self.assertEqual(rows["lycee"], ("college", "lycee"))
        self.assertLessEqual({(name, (name, "")) for name in SERVICES}, set(rows.items()))

    def test_an_unknown_key_is_refused_at_the_door(self):
        with Pool() as elsewhere:
            elsewhere.bassin("keys", "make", "stranger", "--role", "intermediary", who=None)
            shutil.copy(os.path.join(elsewhere.home, "keys", "stranger.key"), self.key_path("stranger"))
        counted = self.figure("employer_intake", "bassin_handshakes_refused_total", 'reason="unknown_key"')
        for words, status in ((("list", "postings"), 3), (("round", "list"), 3), (("mail", "list"), 3)):
            refused = self.pool.run(*words, who="stranger")
            self.assertEqual((refused.returncode, refused.stdout.strip("[]\n")), (status, ""), refused.stderr)
            self.assertIn(UNKNOWN_KEY, refused.stderr)
        fed = self.pool.run("feed", "institutions", self.college.path(csv_text([GOOD["institutions"]])), who="stranger")
        self.assertEqual((fed.returncode, fed.stdout), (3, ""))
        self.assertGreater(self.figure("employer_intake", "bassin_handshakes_refused_total", 'reason="unknown_key"'), counted)
        self.assertIn("this key is not welcome", self.pool.run("status", who="stranger").stdout)
        self.others_are_well()

    def test_a_key_of_another_role_is_let_in_and_told_no(self):
        for who, words in (("lycee", ("round", "open")), ("lycee", ("list", "view", "learner")),
                           (OPERATOR, ("list", "learners")), (OPERATOR, ("learner", "erase", "x", "--yes")),
                           ("matching", ("list", "learners")), ("notifications", ("round", "open")),
                           ("learner_intake", ("mail", "list"))):
            refused = self.pool.run(*words, who=who)
            self.assertEqual((refused.returncode, refused.stdout), (3, ""), (who, words, refused.stderr))
            self.assertIn(FORBIDDEN, refused.stderr)
        self.assertGreaterEqual(self.figure("learner_intake", "bassin_replies_total", 'code="FORBIDDEN"'), 3)
        self.others_are_well()

    def test_a_college_s_key_whose_institution_nobody_has_fed_can_feed_nothing(self):
        unfed = Feeder(self.pool, self.pool.college("unfed"))
        refused = unfed.run("employers", csv_text([GOOD["employers"]]))
        self.assertEqual((refused.status, refused.out), (2, ""))
        self.assertIn("institution is not known", refused.err)
        again = self.pool.run("keys", "make", "unfed", "--role", "college", "--institution", "unfed", who=None)
        self.assertIn("The pool knows no institution unfed yet", again.stderr)
        known = self.pool.run("keys", "make", "lycee", "--role", "college", "--institution", "lycee", who=None)
        self.assertEqual((again.returncode, known.returncode, known.stderr), (0, 0, ""))

    def test_a_revoked_key_is_refused_also_on_a_connection_that_is_open(self):
        c = college(self.pool, "gone")
        count = lambda: self.pool.sql("learner_intake", "SELECT count(*) FROM programme WHERE given_by = 'gone'")[0][0]
        rows = 150000
        text = "external_id,title_fr,level\n" + "".join("G%d,Titre,dec\n" % n for n in range(rows))
        feeding = self.pool.popen("feed", "programmes", c.path(text), who=c.who)
        wait_for(count, 60, "the first rows are in")
        revoked = self.pool.bassin("keys", "revoke", "gone", who=None)
        self.assertIn("gone is revoked", revoked)
        out, err = feeding.communicate(timeout=60)
        self.assertEqual(feeding.returncode, 3, err)
        # On the connection that is open each command is forbidden; a new one is not let in.
        self.assertIn(FORBIDDEN, err)
        self.assertLess(count(), rows)
        self.assertFalse(os.path.exists(self.key_path("gone")))
        self.others_are_well()
        # A new key of the same name is another key, and goes on where the old one stood.
        self.pool.college("gone")
        wait_for(lambda: self.pool.run("list", "programmes", "external_id=G1", who="gone").returncode != 1, 10, "let in again")
        self.assertEqual(self.pool.run("feed", "employers", c.path(csv_text([GOOD["employers"]])), who="gone").returncode, 0)

    def test_who_speaks_no_curve_is_not_spoken_to(self):
        rng = random.Random(7)
        for service in SERVICES:
            port = self.pool.service(service).port
            for greeting in (b"GET / HTTP/1.1\r\n\r\n", b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48), rng.randbytes(70000)):
                with socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
                    try:
                        peer.sendall(greeting)
                        peer.shutdown(socket.SHUT_WR)
                        while peer.recv(4096):
                            pass
                    except OSError:                                     # it has hung up on us, as it may
                        pass
        self.others_are_well()
        self.assertTrue(all(self.pool.service(name).starts == 1 and self.pool.service(name).is_running() for name in SERVICES))

    def test_no_secret_is_in_a_log(self):
        secrets = [word for path in glob.glob(os.path.join(self.pool.home, "keys", "*.key"))
                   for word in open_bytes(path).decode().split() if len(word) >= 40]
        self.assertGreaterEqual(len(secrets), len(SERVICES) + 2)
        public = open_bytes(os.path.join(self.pool.home, "keys", "keyring")).decode()
        secrets = [word for word in secrets if word not in public]
        self.assertGreaterEqual(len(secrets), len(SERVICES) + 2)
        for path in glob.glob(os.path.join(self.pool.home, "log", "*")):
            with open(path, errors="replace") as f:
                log = f.read()
            self.assertEqual([secret for secret in secrets if secret in log], [], path)


class TwoPools(KeysTest):
    def test_a_second_pool_on_the_same_machine_is_another_pool(self):
        with Pool() as second:
            second.start()
            self.assertEqual(second.json("list", "institutions"), [])
            elsewhere = college(second, "lycee")
            elsewhere.rows("employers", {"external_id": "only-there"})
            self.assertEqual(self.college.list("employers"), [])
            self.assertEqual([row["external_id"] for row in elsewhere.list("employers")], ["only-there"])
            ports = {service.port for pool in (self.pool, second) for service in pool.services.values()}
            self.assertEqual(len(ports), 2 * len(SERVICES))
            # A key of the first one opens nothing in the second, though both have that name.
            shutil.copy(self.key_path("lycee"), os.path.join(second.home, "keys", "first.key"))
            refused = second.run("list", "employers", who="first")
            self.assertEqual((refused.returncode, refused.stdout), (3, ""))
            self.assertIn(UNKNOWN_KEY, refused.stderr)
            self.assertEqual([pool.run("status").returncode for pool in (self.pool, second)], [0, 0])
        self.others_are_well()


class Lost(KeysTest):
    """What deploy/KEYS.md says to type when a key is lost or stolen."""

    def all_follow(self):
        rows = json.loads(self.pool.run("--json", "status", "--details").stdout)
        return len(rows) == len(SERVICES) and all(row.get("state") == "active" and not row["alarms"] for row in rows) and all(
            log["state"] == "following" and log["heard_ms_ago"] < 5000 for row in rows for log in row["cursors"])

    def revoke_and_make(self, *words):
        old = open_bytes(self.key_path(words[0]))
        self.pool.bassin("keys", "revoke", words[0], who=None)
        self.pool.bassin("keys", "make", *words, who=None)
        self.assertNotEqual(open_bytes(self.key_path(words[0])), old)
        return old

    def with_old_key(self, name, old, *words):
        """What the thief gets."""
        path = self.key_path(name)
        mine = open_bytes(path)
        try:
            with open(path, "wb") as f:
                f.write(old)
            return self.pool.run(*words, who=name)
        finally:
            with open(path, "wb") as f:
                f.write(mine)

    def test_a_college_s_and_the_operator_s(self):
        for name, words in (("lycee", ("--role", "college", "--institution", "lycee")), (OPERATOR, ("--role", "intermediary"))):
            old = self.revoke_and_make(name, *words)
            wait_for(lambda name=name: self.pool.run("list", "postings", who=name).returncode == 0, 10, "the new key is let in")
            refused = self.with_old_key(name, old, "list", "postings")
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn(UNKNOWN_KEY, refused.stderr)
        self.others_are_well()

    def test_a_service_s(self):
        wait_for(self.all_follow, 30, "all follow")
        old = self.revoke_and_make("matching", "--role", "matching")
        service = self.pool.service("matching")
        service.kill()
        self.pool.start("matching")
        wait_for(self.all_follow, 30, "all follow again, with the new key")
        refused = self.with_old_key("matching", old, "status")
        self.assertIn("this key is not welcome", refused.stdout)
        self.others_are_well()
        self.assertEqual(self.pool.run("round", "list").returncode, 0)
        self.assertTrue(all(self.pool.service(name).starts == 1 for name in SERVICES if name != "matching"))

    def test_the_pool_s(self):
        c = college(self.pool, "keyed")
        c.feed("programmes", csv_text([GOOD["programmes"]]))
        row = csv_text([dict(GOOD["learners"], external_id="gone", competencies="", permanent_code="")])
        self.assertEqual(c.feed("learners", row).status, 0)
        self.pool.bassin("learner", "erase", "gone", "--yes", who="keyed")
        self.assertEqual(c.feed("learners", row).problems("code"), [("erased",)])
        path = os.path.join(self.pool.home, "keys", "pool.key")
        copy = open_bytes(path)
        os.remove(path)
        service = self.pool.service("learner_intake")
        service.kill()
        self.assertEqual(service.launch().process.wait(timeout=30), 2)
        self.assertIn("setting=pool_key_file", service.log())
        # Without a copy: another key, and the register knows nobody.
        self.pool.bassin("keys", "make", "lycee", "--role", "college", "--institution", "lycee", who=None)
        self.assertNotEqual(open_bytes(path), copy)
        self.pool.start("learner_intake")
        self.assertEqual(c.feed("learners", row).counts()[0], 1)
        # With one: all is as it was, and who came back in between is erased again.
        service.kill()
        with open(path, "wb") as f:
            f.write(copy)
        self.pool.start("learner_intake")
        self.pool.bassin("learner", "erase", "gone", "--yes", who="keyed")
        self.assertEqual(c.feed("learners", row).problems("code"), [("erased",)])


def open_bytes(path):
    with open(path, "rb") as f:
        return f.read()


if __name__ == "__main__":
    unittest.main(verbosity=2)
