# SPDX-License-Identifier: Apache-2.0
"""`make install` under DESTDIR and chosen folders: the programs speak French from there, man pages and completion name every
command and setting, the example settings pass --check; `make uninstall` leaves nothing behind."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from pool import SERVICES as POOL_SERVICES, Pool

BUILDS = ("plain",)
ROOT = os.environ.get("BASSIN_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
SERVICES = ("bassin-employer-intake", "bassin-learner-intake", "bassin-matching", "bassin-notifications")
PROGRAMS = ("bassin", "bassin-solve", "bassin-verify") + SERVICES
PLACES = ("prefix=/opt/b", "sysconfdir=/opt/b/etc", "localstatedir=/opt/b/var")
FLAG = re.compile(r"^ +(?:-\w, )?--([a-z-]+)", re.MULTILINE)


def make(target, destination):
    # Not a part of the make that runs the tests.
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "BASSIN_"))}
    subprocess.run(["make", "-C", ROOT, target, "DESTDIR=" + destination, *PLACES, "SAN=", "CRASH="], check=True, env=env,
                   stdout=subprocess.DEVNULL)


def files(folder):
    return sorted(os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as f:
        return f.read()


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="install-")
        cls.addClassCleanup(cls.folder.cleanup)
        make("install", cls.folder.name)
        cls.prefix = os.path.join(cls.folder.name, "opt/b")

    def run_program(self, name, *words, **variables):
        done = subprocess.run([os.path.join(self.prefix, "bin", name), *words], capture_output=True, text=True,
                              env={"PATH": os.environ["PATH"], **variables})
        self.assertEqual((done.returncode, done.stderr), (0, ""), (name, words))
        return done.stdout

    def page(self, name, french):
        section = 8 if name in SERVICES else 1
        text = read(self.prefix, "share/man", "fr" if french else ".", "man%d" % section, "%s.%d" % (name, section))
        return re.sub(r"\\f[BIR]", "", text).replace("\\-", "-")

    def test_programs_speak_french_from_where_they_are(self):
        for name in PROGRAMS:
            self.assertRegex(self.run_program(name, "--help", BASSIN_LANG="fr"), "(?m)^Usage\\s:")

    def test_pages_are_in_both_languages_and_name_every_option(self):
        for name in PROGRAMS:
            flags = FLAG.findall(self.run_program(name, "--help"))
            for french in (False, True):
                page = self.page(name, french)
                self.assertIn(".SH NOM\n" if french else ".SH NAME\n", page)
                for flag in flags:
                    self.assertRegex(page, r"(?m)^(-\w, )?(--)?%s\b" % flag.replace("-", "[-_]"))

    def test_the_page_of_bassin_has_every_command(self):
        commands = re.findall(r"^  ([a-z]+(?:[ -][a-z]+)*)  ", self.run_program("bassin", "--help"), re.MULTILINE)
        self.assertGreater(len(commands), 25)
        for command in commands:
            flags = set(FLAG.findall(self.run_program("bassin", *command.split(), "--help")))
            for french in (False, True):
                part = re.search(r"^bassin %s( .*)?$" % command, self.page("bassin", french), re.MULTILINE)
                self.assertIsNotNone(part, command)
            self.assertLessEqual(flags, set(re.findall(r"--([a-z-]+)", self.page("bassin", True))), command)

    def test_pages_are_roff(self):
        if shutil.which("groff") is None:
            self.assertTrue(self.page("bassin", True).startswith("'\\\" -*- coding"))
            return
        for path in files(os.path.join(self.prefix, "share/man")):
            done = subprocess.run(["groff", "-Kutf8", "-man", "-Tutf8", "-ww", "-z", path], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""), path)

    def complete(self, *words):
        """What bash offers for the last of these words."""
        script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bassin; printf "%s\\n" "${COMPREPLY[@]}"'
        file = os.path.join(self.prefix, "share/bash-completion/completions/bassin")
        done = subprocess.run(["bash", "-c", script, "bash", file, *words], check=True, capture_output=True, text=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_bash_completes_commands_kinds_and_options(self):
        self.assertIn("round", self.complete("bassin", ""))
        self.assertEqual(self.complete("bassin", "--lang", "fr", "learner", "er"), ["erase"])
        self.assertEqual(self.complete("bassin", "--lang", "=", "fr", "learner", "er"), ["erase"])
        self.assertEqual(self.complete("bassin", "round", "pub"), ["publish"])
        self.assertEqual(self.complete("bassin", "feed", "learner"), ["learners", "learner_rankings"])
        self.assertEqual(self.complete("bassin", "feed", "learners", ""), [])         # then files
        self.assertEqual(self.complete("bassin", "feed", "learners", "--comp"), ["--complete"])
        self.assertEqual(self.complete("bassin", "round", "solve", "--d"), ["--dry-run"])
        self.assertEqual(self.complete("bassin", "round", "solve", "--h"), ["--home", "--help"])

    def test_bash_completes_the_other_programs(self):
        for name in PROGRAMS[1:]:
            line = read(self.prefix, "share/bash-completion/completions", name)
            self.assertEqual(set(re.findall(r"--([a-z-]+)", line)), set(FLAG.findall(self.run_program(name, "--help"))))

    def example(self, language=""):
        return os.path.join(self.prefix, "share/doc/bassin/examples", "bassin%s.conf" % language)

    def test_the_example_has_every_setting_of_every_service(self):
        parts = [part.partition("]\n") for part in read(self.example()).split("\n[")]
        common = re.findall(r"^(?:# )?([a-z_]+) =", parts[0][0], re.MULTILINE)
        self.assertEqual([name for name, _, _ in parts[1:]], [name[7:].replace("-", "_") for name in SERVICES])
        for program, (_, _, text) in zip(SERVICES, parts[1:]):
            settings = common + re.findall(r"^(?:# )?([a-z_]+) =", text, re.MULTILINE)
            flags = {flag.replace("-", "_") for flag in FLAG.findall(self.run_program(program, "--help").split("--config FILE ")[0])}
            self.assertEqual((len(settings), set(settings)), (len(set(settings)), flags), program)
            self.assertGreater(len(settings), 10)

    def test_the_example_is_sound_as_it_stands_and_with_every_default_said(self):
        lines = []
        for language in ("", ".fr"):
            text = read(self.example(language))
            lines.append(re.findall(r"^(?:# )?([a-z_]+) =(.*)$", text, re.MULTILINE))
            self.assertEqual(len(re.findall(r"^# .*\n(?:# )?[a-z_]+ =", text, re.MULTILINE)), len(lines[-1]))    # each explained
            self.assertIn("\nhome = /opt/b/var/lib/bassin\n", text)
            with tempfile.NamedTemporaryFile("w", suffix=".conf", encoding="utf-8") as f:
                f.write(re.sub(r"^# ([a-z_]+ =)", r"\1", text, flags=re.MULTILINE))
                f.flush()
                for name in SERVICES:
                    self.run_program(name, "--config", self.example(language), "--check")
                    self.run_program(name, "--config", f.name, "--check")
        self.assertEqual(*lines)

    def test_a_pool_starts_from_the_example(self):
        with Pool() as pool:
            pool.prepare()
            text = read(self.example()).replace("home = /opt/b/var/lib/bassin", "home = " + pool.home)
            for name in POOL_SERVICES:
                text = re.sub(r"store = .* dbname=%s .*" % name, "store = " + pool.conninfo(name), text)
            pool.file("etc/whole.conf", re.sub("(?m)^listen = .*$", "", text))       # its port comes from the environment
            for service in pool.services.values():
                service.launch(programs=os.path.join(self.prefix, "bin"), config="whole.conf")
            pool.wait_until_active()
            self.assertEqual(pool.run("status").returncode, 0)

    def test_units_name_the_chosen_places(self):
        unit = read(self.prefix, "share/bassin/deploy/systemd/bassin-matching@.service")
        self.assertIn("/opt/b/bin/bassin-matching --config /opt/b/etc/bassin/bassin.conf --log-id %i", unit)
        self.assertNotIn("/usr/local", unit)
        self.assertTrue(os.access(os.path.join(self.prefix, "share/bassin/deploy/monitoring/bassin-metrics"), os.X_OK))

    def test_uninstall_leaves_nothing_but_what_others_put_there(self):
        with tempfile.TemporaryDirectory(prefix="install-") as folder:
            make("install", folder)
            other = os.path.join(folder, "opt/b/bin/other")
            with open(other, "w", encoding="utf-8"):
                pass
            self.assertGreater(len(files(folder)), 40)
            make("uninstall", folder)
            self.assertEqual(files(folder), [other])
            self.assertFalse(os.path.exists(os.path.join(folder, "opt/b/share/bassin")))


if __name__ == "__main__":
    unittest.main()
