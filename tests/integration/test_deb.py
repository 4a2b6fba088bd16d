# SPDX-License-Identifier: Apache-2.0
"""`make deb`: the package is installed in a bare Debian, set up as deploy/README.md says, removed, and purged without a trace. Needs
root (or sudo without a password), and the package mirror that this machine's apt is set to."""
import glob
import json
import os
import shutil
import subprocess
import tempfile
import unittest

BUILDS = ("plain",)
FULL_ONLY = True
TIMEOUT = 1800
ROOT = os.environ.get("BASSIN_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
RELEASE = "bookworm"
SERVICES = ("employer_intake", "learner_intake", "matching", "notifications")
PROGRAMS = ["bassin", "bassin-solve", "bassin-verify"] + ["bassin-" + name.replace("_", "-") for name in SERVICES]
AS_ROOT = [] if os.getuid() == 0 else ["sudo", "-n"]
# What the package system itself writes, and what is no disk.
NOT_OURS = ("proc", "sys", "dev", "run", "tmp", "root", "var/lib/dpkg", "var/lib/apt", "var/cache", "var/log", "var/backups")


def run(*words, **options):
    done = subprocess.run([*words], capture_output=True, text=True, stdin=subprocess.DEVNULL, **options)
    if done.returncode != 0:
        raise AssertionError("%s: %d\n%s\n%s" % (" ".join(words), done.returncode, done.stdout[-4000:], done.stderr[-4000:]))
    return done.stdout


def mirror():
    """Where this machine's apt takes the release from."""
    lines = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages").splitlines()
    return next(uri for uri, codename in (line.split() for line in lines) if codename == RELEASE)


class Deb(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "BASSIN_"))}
        run("make", "-C", ROOT, "deb", "SAN=", "CRASH=", env=env)
        cls.deb, = glob.glob(os.path.join(ROOT, "build/deb/bassin_*.deb"))
        cls.root = tempfile.mkdtemp(prefix="bassin-deb-")
        cls.addClassCleanup(lambda: run(*AS_ROOT, "rm", "-rf", "--one-file-system", cls.root))
        run(*AS_ROOT, "debootstrap", "--variant=minbase", RELEASE, cls.root, mirror())
        cls.prepare()

    @classmethod
    def prepare(cls):
        """This machine's apt inside; then what the package depends on, so that what it brings itself can be seen."""
        for path in ("/etc/apt/sources.list", "/etc/apt/sources.list.d", "/etc/resolv.conf", "/etc/hosts", cls.deb):
            if os.path.exists(path):
                run(*AS_ROOT, "cp", "-rL", path, cls.root + ("/tmp/" if path == cls.deb else os.path.dirname(path) + "/"))
        with tempfile.NamedTemporaryFile("w", suffix="acquire") as f:
            f.write(run("apt-config", "dump", "Acquire"))
            f.flush()
            run(*AS_ROOT, "cp", f.name, cls.root + "/etc/apt/apt.conf.d/99acquire")
        cls.inside("apt-get", "update")
        cls.inside("apt-get", "satisfy", "-y", "--no-install-recommends", run("dpkg-deb", "--field", cls.deb, "Depends").strip())

    @classmethod
    def inside(cls, *words, status=0):
        done = subprocess.run([*AS_ROOT, "unshare", "--mount", "--pid", "--fork", "--mount-proc=%s/proc" % cls.root, "env", "-i",
                               "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
                               "BASSIN_HOME=/var/lib/bassin", "chroot", cls.root, *words], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        if done.returncode != status:
            raise AssertionError("%s: %d\n%s\n%s" % (" ".join(words), done.returncode, done.stdout[-4000:], done.stderr[-4000:]))
        return done.stdout

    def files(self):
        prune = [word for path in NOT_OURS for word in ("-path", "./" + path, "-o")][:-1]
        found = self.inside("sh", "-c", 'cd / && find . \\( "$@" \\) -prune -o -print', "sh", *prune).splitlines()
        # The users' files keep their last but one state beside them.
        return sorted(path for path in found if not path.startswith("./etc/") or not path.endswith("-"))

    def accounts(self):
        return self.inside("sort", "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow")

    def failures(self, status):
        found = json.loads(self.inside("bassin", "--json", "doctor", status=status))
        return [(f["check"], f["text"], f["do"]) for f in found if f["level"] == "FAIL"]

    def mode(self, path):
        return self.inside("stat", "-c", "%a %U:%G", path).strip()

    def test_installed_set_up_removed_and_purged_without_a_trace(self):
        files, accounts = self.files(), self.accounts()
        self.inside("apt-get", "install", "-y", "--no-install-recommends", "/tmp/" + os.path.basename(self.deb))
        self.assertGreater(len(self.files()) - len(files), 60)
        for program in PROGRAMS:
            self.assertRegex(self.inside(program, "--version"), r"^\S+ 0\.1$")
            page = "man%d/%s.%d.gz" % ((1, program, 1) if program in PROGRAMS[:3] else (8, program, 8))
            for folder in ("", "fr/"):
                self.inside("gzip", "-t", "/usr/share/man/%s%s" % (folder, page))
        self.assertIn("commandes", self.inside("bassin", "--lang", "fr", "--help").lower())
        for service in PROGRAMS[3:]:
            self.inside(service, "--config", "/etc/bassin/bassin.conf", "--check")
        self.assertEqual(self.mode("/etc/bassin/bassin.conf"), "640 root:bassin")
        self.assertEqual(self.mode("/var/lib/bassin/keys"), "711 root:root")

        # What is missing is said, with what to type; typed, it is said no more.
        failed = self.failures(1)
        self.assertIn("bassin keys make notifications --role notifications", [do for _, _, do in failed])
        self.assertEqual(len([1 for check, _, _ in failed if check == "database"]), len(SERVICES), failed)
        for name in SERVICES:
            self.inside("bassin", "keys", "make", name, "--role", name)
        self.inside("systemd-tmpfiles", "--create", "bassin.conf")
        self.assertEqual({check for check, _, _ in self.failures(1)}, {"database"})
        self.assertEqual(self.mode("/var/lib/bassin/keys/matching.key"), "600 bassin-matching:bassin-matching")
        self.assertEqual(self.mode("/var/lib/bassin/keys/pool.key"), "640 bassin-learner-intake:bassin-employer-intake")

        self.inside("apt-get", "remove", "-y", "bassin")
        self.inside("test", "!", "-e", "/usr/bin/bassin")
        self.inside("test", "-e", "/etc/bassin/bassin.conf", "-a", "-e", "/var/lib/bassin/keys/pool.key")
        self.inside("apt-get", "purge", "-y", "bassin")
        self.assertEqual(self.files(), files)
        self.assertEqual(self.accounts(), accounts)

    def test_the_package_is_well_made(self):
        if shutil.which("lintian") is None:
            raise AssertionError("lintian is missing: scripts/setup deb")
        self.assertEqual(run("lintian", "--fail-on", "error", "--tag-display-limit", "0", self.deb).count("E: "), 0)
        conffiles = run("dpkg-deb", "--info", self.deb, "conffiles").split()
        self.assertEqual(conffiles, ["/etc/bassin/bassin.conf", "/etc/bassin/directory"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
