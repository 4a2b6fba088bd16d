# SPDX-License-Identifier: Apache-2.0
"""What a newcomer runs: the demo from a college's file to an employer's inbox, twice, as whoever runs the tests and, where
that is root, as an ordinary user too; stopping it; an empty pool in the foreground; and a pool that is no demo."""
import collections
import email
import glob
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import unittest
from email import policy

from feeding import GOOD, csv_text
from pool import BIN, ROOT, wait_for

BUILDS = ("plain",)
PROGRAMS = 5                                                            # four services and the inbox
ORDINARY_USER = "nobody"


class Newcomer:
    """A folder for a pool, and the scripts as somebody runs them. An ordinary user gets copies that she may read."""

    def __init__(self, test, user=None):
        self.user = user
        self.folder = tempfile.mkdtemp(prefix="bassin-demo, l'été " if user else "bassin-demo-")
        test.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.home, self.root, self.bin = os.path.join(self.folder, "var"), ROOT, BIN
        if user:
            os.chmod(self.folder, 0o755)
            self.root, self.bin = os.path.join(self.folder, "bassin"), os.path.join(self.folder, "bassin", "build", "bin")
            shutil.copytree(os.path.join(ROOT, "scripts"), os.path.join(self.root, "scripts"))
            shutil.copytree(BIN, self.bin)
            shutil.copytree(os.path.join(BIN, "..", "locale"), os.path.join(self.bin, "..", "locale"))
            os.mkdir(self.home)
            os.chown(self.home, pwd.getpwnam(user).pw_uid, -1)
        test.addCleanup(self.script, "pool", "destroy")

    def words(self, program, *words):
        prefix = ["runuser", "-u", self.user, "--"] if self.user else []
        return [*prefix, program, *words]

    def environment(self, lang):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("BASSIN_", "LC_", "LANG", "XDG_"))}
        return dict(env, BASSIN_HOME=self.home, BASSIN_BIN=self.bin, LANG="C.UTF-8", BASSIN_LANG=lang)

    def start(self, name, *words, lang="en"):
        return subprocess.Popen(self.words(os.path.join(self.root, "scripts", name), *words), env=self.environment(lang),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                cwd="/", start_new_session=True)

    def script(self, name, *words, lang="en"):
        process = self.start(name, *words, lang=lang)
        out, _ = process.communicate(timeout=240)
        return process.returncode, out

    def bassin(self, *words):
        done = subprocess.run(self.words(os.path.join(self.bin, "bassin"), *words), capture_output=True, text=True, cwd="/",
                              env=dict(self.environment("en"), BASSIN_AS="ccr-estrie"), timeout=60)
        return done.returncode, done.stdout

    def pasted(self, line):
        """What a shell says to a line of the demo's own words."""
        return subprocess.run(self.words("bash", "-c", line), env=self.environment("en"), capture_output=True, text=True,
                              cwd="/", timeout=60, check=True).stdout

    def processes(self):
        """Command lines of whatever still runs for this pool, PostgreSQL included."""
        places = {self.home, os.path.realpath(os.path.join(self.home, "pg"))}
        found = []
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                with open(path, "rb") as f:
                    command = f.read().replace(b"\0", b" ").decode(errors="replace")
            except OSError:                                             # it has just ended
                continue
            if any(place in command for place in places):
                found.append(command)
        return found

    def mails(self):
        found = []
        for path in glob.glob(os.path.join(self.home, "mail", "new", "*")):
            with open(path, "rb") as f:
                found.append(email.message_from_bytes(f.read(), policy=policy.default))
        return found


class Demo(unittest.TestCase):
    maxDiff = 2000

    def check_demo(self, newcomer, lang):
        """Runs the demo and looks at what it leaves."""
        status, out = newcomer.script("demo", lang=lang)
        self.assertEqual(status, 0, out)
        self.assertIn("Read the emails" if lang == "en" else "Lire les courriels", out)
        said = newcomer.pasted(re.search(r": (ls .*), (or|ou) bassin mail list", out).group(1))
        self.assertEqual(len(said.split()), len(newcomer.mails()), "what it says to paste lists the emails")
        said = newcomer.pasted(re.search(r"(?:Go on|Continuer ?): (export .*)", out).group(1))
        self.assertIn("round publish", said)
        status, shown = newcomer.bassin("round", "show", "--json")
        shown = json.loads(shown)
        self.assertEqual((status, shown["state"]), (0, "ROUND_PUBLISHED"))
        self.assertGreater(shown["seats_filled"], 400)
        for row in shown["colleges"]:
            self.assertRegex(out, r"%s +%d +%d +%d +%d +%d" % (row["institution"], row["learners"], row["eligible"],
                                                              row["placed_direct"], row["placed_ranked"], row["placed_assigned"]))
            self.assertTrue(row["placed_direct"] and row["placed_ranked"] and row["placed_assigned"], "all three ways")
            self.assertRegex(out, r"%s +%d +%d +%d +0" % (row["institution"], row["alone"], row["pool"],
                                                         row["pool"] - row["alone"]))
        self.assertRegex(out, r"(?m)^\S+ +600 +%d +24 +%d" % (sum(row["eligible"] for row in shown["colleges"]),
                                                             sum(row["placed_ranked"] for row in shown["colleges"])))
        self.assertIn("The verifier has accepted" if lang == "en" else "Le vérificateur a accepté", out)
        self.assertIn("Solved again" if lang == "en" else "Résolu de nouveau", out)
        said = re.search(r"(?:Solve it again|Le résoudre de nouveau ?): (cd .*)", out).group(1)
        self.assertEqual(newcomer.pasted(said), "", "the same bytes")
        said = re.search(r"(?:Verify it|Le vérifier ?): (cd .*)", out).group(1)
        self.assertNotEqual(newcomer.pasted(said), "")
        status, mails = newcomer.bassin("mail", "list", "--json")
        mails = json.loads(mails)
        self.assertEqual((status, {row["state"] for row in mails}), (0, {"sent"}))
        employers = {p["posting"] for p in shown["placements"]}
        numbers = [int(row["mail"]) for row in mails]
        self.assertEqual(numbers, sorted(numbers, reverse=True), "the newest first, by number")
        kinds = collections.Counter(row["kind"] for row in mails)
        self.assertEqual((set(kinds), kinds["round_summary"]), ({"postings_received", "candidates", "round_summary"}, 3))
        self.assertGreater(kinds["candidates"], 40)
        self.assertLessEqual(kinds["candidates"], len(employers))
        self.assertRegex(out, r"(?m) : %d$|: %d$" % (len(mails), len(mails)), "how many were delivered is said")
        inbox = newcomer.mails()
        self.assertEqual(len(inbox), len(mails))
        self.assertEqual(len({message["Message-Id"] for message in inbox}), len(inbox))
        self.assertTrue(all(a.addr_spec.endswith(".example") for message in inbox for a in message["To"].addresses))
        self.assertEqual(newcomer.bassin("status")[0], 0, "the pool is left running")
        self.assertGreaterEqual(len(newcomer.processes()), PROGRAMS)
        return shown

    def check_stop(self, newcomer):
        status, out = newcomer.script("pool", "stop")
        self.assertEqual(status, 0, out)
        wait_for(lambda: newcomer.processes() == [], 10, "no process is left")

    def test_the_demo_runs_starts_over_and_stops(self):
        newcomer = Newcomer(self)
        first = self.check_demo(newcomer, "en")
        second = self.check_demo(newcomer, "fr")
        self.assertNotEqual(first["round"], second["round"])
        self.assertEqual(len(json.loads(newcomer.bassin("round", "list", "--json")[1])), 1, "nothing is left of the first one")
        self.check_stop(newcomer)
        self.assertEqual(newcomer.script("pool", "stop")[0], 0, "stopping twice is no harm")

    def test_an_ordinary_user_runs_it_too(self):
        newcomer = Newcomer(self, ORDINARY_USER if os.geteuid() == 0 else None)
        self.check_demo(newcomer, "en")
        self.check_stop(newcomer)

    def test_a_pool_that_is_no_demo_is_not_erased(self):
        newcomer = Newcomer(self)
        status, out = newcomer.script("pool", "start")
        self.assertEqual(status, 0, out)
        path = os.path.join(newcomer.folder, "institutions.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write(csv_text([GOOD["institutions"]]))
        self.assertEqual(newcomer.bassin("feed", "institutions", path)[0], 0)
        status, out = newcomer.script("demo")
        self.assertEqual(status, 2, out)
        self.assertIn("holds a pool that is not a demo", out)
        self.assertIn("c1", newcomer.bassin("list", "institutions")[1])
        self.check_stop(newcomer)
        status, out = newcomer.script("demo")
        self.assertEqual(status, 2, "nor while it is stopped: " + out)
        os.mkdir(os.path.join(newcomer.home, "demo"))                   # where it says that the demo may go
        status, out = newcomer.script("demo")
        self.assertEqual(status, 2, "nor once there is a pool within it: " + out)

    def test_an_empty_pool_in_the_foreground_ends_on_ctrl_c_and_with_its_terminal(self):
        for signum in (signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=signum.name):
                self.check_foreground(signum)

    def test_an_empty_pool_in_the_foreground_ends_well_when_it_is_stopped(self):
        newcomer = Newcomer(self)
        running = newcomer.start("pool", "run")
        self.addCleanup(running.stdout.close)
        wait_for(lambda: running.poll() is not None or newcomer.bassin("status")[0] == 0, 60, "the pool is ready")
        self.check_stop(newcomer)
        out, _ = running.communicate(timeout=60)
        self.assertEqual(running.returncode, 0, out)
        self.assertNotIn("has stopped", out)

    def check_foreground(self, signum):
        newcomer = Newcomer(self)
        signal.signal(signum, signal.default_int_handler if signum == signal.SIGINT else signal.SIG_DFL)  # nohup ignores it
        running = newcomer.start("pool", "run")
        self.addCleanup(running.stdout.close)
        wait_for(lambda: running.poll() is not None or newcomer.bassin("status")[0] == 0, 60, "the pool is ready")
        # As a terminal does: to all of the foreground group.
        os.killpg(running.pid, signum)
        out, _ = running.communicate(timeout=60)
        self.assertEqual(running.returncode, 130, out)
        self.assertEqual(newcomer.processes(), [], out)


if __name__ == "__main__":
    unittest.main(verbosity=2)
