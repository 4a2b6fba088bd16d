# SPDX-License-Identifier: Apache-2.0
"""`bassin doctor` of a pool that is well has nothing to say; each thing that is broken in turn has its line, with what to type."""
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import unittest

import mailing
from pool import BIN, SERVICES, Pool, free_port
from smtp_server import SmtpServer, make_certificate

BUILDS = ("plain",)


class Doctor(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.pool = Pool()
        cls.addClassCleanup(cls.pool.destroy)
        places = cls.pool.file("places.csv", "J1H 5N1;45.4;-71.9\n")
        cls.pool.prepare()
        # One settings file, as an administrator has it.
        etc = os.path.join(cls.pool.home, "etc")
        text = "home = %s\n" % cls.pool.home
        for name in SERVICES:
            os.remove(os.path.join(etc, name + ".conf"))
            text += "\n[%s]\nlisten = tcp://127.0.0.1:%d\nstore = %s\n%s# end of %s\n" % (
                name, cls.pool.service(name).port, cls.pool.conninfo(name),
                "places = %s\n" % places if "intake" in name else "", name)
        cls.pool.file("etc/bassin.conf", text)
        cls.pool.start(config="bassin.conf")

    def doctor(self, *options, status=0, language="en", home=None, **environment):
        env = dict(os.environ, BASSIN_HOME=home or self.pool.home, LANGUAGE=language, **environment)
        done = subprocess.run([os.path.join(BIN, "bassin"), "--json", "doctor", *options], env=env, capture_output=True, text=True,
                              timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def says(self, level, check, text, do, *options, **how):
        """One line says this; whether something fails is in the exit status."""
        found = self.doctor(*options, status=1 if level == "FAIL" else 0, **how)
        fitting = [f for f in found if (f["level"], f["check"]) == (level, check) and re.search(text, f["text"]) and
                   re.search(do, f["do"])]
        self.assertEqual(len(fitting), 1, found)

    @contextlib.contextmanager
    def edited(self, name, change):
        """A file of the pool changed for a while."""
        path = os.path.join(self.pool.home, name)
        with open(path, encoding="utf-8") as f:
            before = f.read()
        try:
            with open(path, "w", encoding="utf-8") as f:
                f.write(change(before))
            yield
        finally:
            with open(path, "w", encoding="utf-8") as f:
                f.write(before)

    def set(self, service, lines):
        """Settings of a service, after those that it has."""
        mark = "# end of %s\n" % service
        return self.edited("etc/bassin.conf", lambda text: text.replace(mark, lines + "\n" + mark))

    @contextlib.contextmanager
    def mode(self, name, mode):
        path = os.path.join(self.pool.home, name)
        before = os.stat(path).st_mode
        try:
            os.chmod(path, mode)
            yield
        finally:
            os.chmod(path, before & 0o7777)

    @contextlib.contextmanager
    def away(self, name):
        path = os.path.join(self.pool.home, name)
        os.rename(path, path + ".away")
        try:
            yield
        finally:
            os.rename(path + ".away", path)

    def test_a_pool_that_is_well(self):
        found = self.doctor()
        self.assertEqual({f["check"] for f in found} - {"clock"}, {"settings", "keys", "places", "database", "disk", "ports", "relay"})
        for f in found:
            # A test's machine may have no NTP.
            self.assertTrue(f["level"] == "ok" or f["check"] == "clock", f)
        people = self.pool.bassin("doctor", who=None)
        self.assertIn("ok   database    matching: PostgreSQL 15 answers\n", people)
        french = {f["text"] for f in self.doctor(language="fr")}
        self.assertEqual(french & {f["text"] for f in found}, set())
        self.assertIn("ceux de matching sont bons", french)

    def test_settings(self):
        with self.set("matching", "freeze_wait = 3"):
            self.says("FAIL", "settings", r"bassin.conf:\d+: setting freeze_wait is not known here", r"section \[matching\]")
        with self.set("matching", "freeze_wait_ms = soon"):
            self.says("FAIL", "settings", "`soon`.*allowed: 100..600000", "mend it")
        with self.set("notifications", "smtp_password = hush"), self.mode("etc/bassin.conf", 0o644):
            self.says("FAIL", "settings", "holds a password and everybody may read it", "^chmod o= ")
        with self.edited("etc/bassin.conf", lambda text: text.replace("[matching]", "[matching_north]")):
            self.says("warn", "settings", "matching has no settings here", r"a section \[matching\]")
        with self.away("etc/directory"):
            self.says("FAIL", "settings", "directory does not say where the services are", "BASSIN_HOME")
        with self.edited("etc/directory", lambda text: "".join(line for line in text.splitlines(True) if "matching" not in line)):
            self.says("FAIL", "directory", "no matching is in the directory", "a line `matching tcp://HOST:PORT`")
        with self.edited("etc/directory", lambda text: text + "learner_intake_north tcp://127.0.0.1:9\n"):
            self.says("FAIL", "directory", "learner_intake_north is in the directory and not in the keyring",
                      "bassin keys make learner_intake_north --role learner_intake")

    def test_keys(self):
        with self.mode("keys", 0o755):
            self.says("FAIL", "keys", "others may read or write in", "^chmod 711 ")
        with self.mode("keys/matching.key", 0o640):
            self.says("FAIL", "keys", "matching.key", "^chmod 600 ")
        with self.mode("keys/pool.key", 0o644):
            self.says("FAIL", "keys", "everybody may read .*pool.key", "^chmod o= ")
        with self.away("keys/matching.key"):
            self.says("FAIL", "keys", "matching.key: No such file", "^bassin keys make matching --role matching$")
        with self.away("keys/pool.key"):
            self.says("FAIL", "keys", "pool.key: No such file", "put it back from your copy")
        with self.edited("keys/pool.key", lambda text: text[:40]):
            self.says("FAIL", "keys", "pool.key is not the key of a pool", "put it back")
        with self.edited("keys/keyring", lambda text: re.sub("(?m)^matching .*\n", "", text)):
            self.says("FAIL", "keys", "the keyring does not know the key of matching",
                      "^bassin keys revoke matching; bassin keys make matching --role matching$")

    def test_a_college_s_folder_needs_no_more_than_it_was_given(self):
        folder = os.path.join(self.pool.home, "college")
        for part in ("etc", "keys"):
            os.makedirs(os.path.join(folder, part), mode=0o700)
        self.pool.college("c1")
        for name in ("etc/directory", "keys/keyring", "keys/c1.key"):
            shutil.copy(os.path.join(self.pool.home, name), os.path.join(folder, name))
        found = self.doctor(home=folder)
        self.assertEqual(sorted({f["check"] for f in found if f["level"] == "ok"} - {"clock", "disk"}), ["ports"])

    def test_places(self):
        with self.edited("etc/bassin.conf", lambda text: text.replace("places.csv\n# end of learner", "\nplaces =\n# end of learner")):
            self.says("warn", "places", "learner_intake knows no postal codes", r"set places = FILE .* \[learner_intake\]")
        with self.away("places.csv"):
            found = self.doctor(status=1)
            self.assertEqual(len([f for f in found if (f["level"], f["check"]) == ("FAIL", "places")]), 2, found)

    def test_databases(self):
        conninfo = self.pool.conninfo("matching")
        with self.set("matching", "store = %s port=9" % conninfo):
            self.says("FAIL", "database", "matching: connection to server .*failed", r"systemctl status postgresql; is `store` in")
        admin = re.sub(r"dbname=\w+ user=\w+", "dbname=postgres user=postgres", conninfo)

        def ask(*statements):
            for statement in statements:
                subprocess.run(["psql", "-Xqc", statement, admin], check=True, stdout=subprocess.DEVNULL)
        try:
            ask("CREATE DATABASE latin OWNER matching TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'",
                "CREATE DATABASE local OWNER matching TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'",
                "CREATE DATABASE theirs TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
            for name, level, text, do in (("latin", "FAIL", "its encoding is LATIN1", "ENCODING 'UTF8' LOCALE 'C'"),
                                          ("local", "warn", "its locale is C.UTF-8, not C", "LOCALE 'C'"),
                                          ("theirs", "FAIL", "may not make tables in it", "ALTER DATABASE matching OWNER TO matching")):
                other = re.sub(r"dbname=\w+ user=\w+", "dbname=%s user=%s" % (name, "postgres" if name != "theirs" else "matching"), conninfo)
                if name == "theirs":
                    ask("GRANT CONNECT ON DATABASE theirs TO matching")
                    with open(os.path.join(self.hba(), "pg_hba.conf"), "a", encoding="utf-8") as f:
                        f.write("local theirs matching trust\n")
                    ask("SELECT pg_reload_conf()")
                with self.set("matching", "store = " + other):
                    self.says(level, "database", "matching: .*" + text, do)
            for name, level in (("fsync", "FAIL"), ("full_page_writes", "FAIL"), ("synchronous_commit", "warn")):
                with self.set("matching", "store = " + admin):
                    ask("ALTER SYSTEM SET %s = off" % name, "SELECT pg_reload_conf()")
                    # The reload is a signal: a new session may still be before it.
                    self.says_soon(level, "database", "matching: %s is off" % name, "ALTER SYSTEM SET %s = on" % name)
                    ask("ALTER SYSTEM RESET %s" % name, "SELECT pg_reload_conf()")
        finally:
            for name in ("latin", "local", "theirs"):
                ask("DROP DATABASE IF EXISTS %s WITH (FORCE)" % name)

    def hba(self):
        return os.path.join(os.path.realpath(os.path.join(self.pool.home, "pg")), "data")

    def says_soon(self, level, check, text, do):
        for attempt in range(20):
            try:
                return self.says(level, check, text, do)
            except AssertionError:
                if attempt == 19:
                    raise
        return None

    def test_backup_needs_its_programs(self):
        with contextlib.ExitStack() as stack:
            folder = os.path.join(self.pool.home, "few")
            os.makedirs(folder)
            stack.callback(shutil.rmtree, folder)
            os.symlink("/bin/sh", os.path.join(folder, "sh"))
            self.says("warn", "backup", "pg_dump is not here", "apt-get install postgresql-client", PATH=folder)

    def test_disk(self):
        # A small disk of our own, in a mount namespace of our own.
        script = """mkdir "$1"; mount -t tmpfs -o size=4m tmpfs "$1" || exit 9; cp -r "$BASSIN_HOME/etc" "$BASSIN_HOME/keys" "$1"
            exec "$2" --home "$1" --json doctor"""
        done = subprocess.run(["unshare", "--mount", *([] if os.getuid() == 0 else ["--map-root-user"]), "sh", "-c", script, "sh",
                               os.path.join(self.pool.home, "small"), os.path.join(BIN, "bassin")], text=True, capture_output=True,
                              env=dict(os.environ, BASSIN_HOME=self.pool.home, LANGUAGE="en"))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        found = [f for f in json.loads(done.stdout) if f["check"] == "disk" and f["level"] == "FAIL"]
        self.assertEqual(len(found), 1, done.stdout)
        self.assertRegex(found[0]["text"], r"the pool's folder \(.*small\): \d MiB free")
        self.assertIn("make room: df -h", found[0]["do"])

    def test_ports(self):
        service = self.pool.service("matching")
        service.kill(signal.SIGTERM)
        try:
            self.says("warn", "ports", "nobody answers at tcp://127.0.0.1:%d, where matching should be" % service.port,
                      "systemctl start bassin-matching@matching")
            with socket.create_server(("127.0.0.1", service.port)) as other:
                thread = threading.Thread(target=self.greet, args=(other,))
                thread.start()
                self.says("FAIL", "ports", "another program answers at tcp://127.0.0.1:%d" % service.port, "ss -ltnp")
                thread.join()
        finally:
            self.pool.start("matching", config="bassin.conf")
        with self.edited("etc/directory", lambda text: re.sub("(matching tcp://)[^:]*", r"\1nowhere.invalid", text)):
            self.says("FAIL", "ports", "matching: tcp://nowhere.invalid:", "mend the host's name in .*etc/directory")

    @staticmethod
    def greet(server):
        peer, _ = server.accept()
        with peer, contextlib.suppress(OSError):        # it may have hung up on us
            peer.sendall(b"220 not what you think\r\n")

    def relay(self, level, text, do, **settings):
        sender = "\n".join("%s = %s" % item for item in mailing.SENDER.items())
        with self.set("notifications", sender + "".join("\n%s = %s" % item for item in settings.items())):
            self.says(level, "relay", text, do)

    def test_the_mail_relay(self):
        folder = os.path.join(self.pool.home, "tls")
        os.makedirs(folder)
        pair = make_certificate(folder)
        self.relay("FAIL", "nowhere.invalid", "mend the host's name in smtp_url", smtp_url="smtp://nowhere.invalid", mail_mode="send")
        self.relay("warn", "nowhere.invalid", "mend the host's name in smtp_url", smtp_url="smtp://nowhere.invalid")
        self.relay("FAIL", "127.0.0.1", "is the relay running", smtp_url="smtp://127.0.0.1:%d" % free_port(), mail_mode="send")
        with SmtpServer() as plain:
            self.relay("ok", "answers; mail_mode = send", "", smtp_url=plain.url, mail_mode="send")
            self.relay("FAIL", plain.url, "offers no STARTTLS", smtp_url=plain.url, smtp_tls="starttls", mail_mode="send")
        with SmtpServer(tls=pair) as server:
            named = server.url.replace("127.0.0.1", "localhost")
            self.relay("FAIL", "certificate", "its certificate is not trusted", smtp_url=named, smtp_tls="starttls", mail_mode="send")
            self.relay("ok", "answers", "", smtp_url=named, smtp_tls="starttls", smtp_ca_file=pair[0], mail_mode="send")


if __name__ == "__main__":
    unittest.main(verbosity=2)
