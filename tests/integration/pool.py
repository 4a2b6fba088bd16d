# SPDX-License-Identifier: Apache-2.0
"""A real pool for tests: an own PostgreSQL, the services as processes, keys, and the `bassin` command.

    with Pool() as pool:
        pool.start()
        pool.bassin("feed", "institutions", path, who="ccr")

Each pool has its own folder, ports and cluster, and all of it is gone at the end. Services may run in several instances
(`pool.launch("matching", 2)`), with a crash point (`crash_at="after_commit:3"`), and be killed at any time.
"""
import atexit
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import psycopg2

ROOT = os.environ.get("BASSIN_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BIN = os.path.abspath(os.environ.get("BASSIN_BIN", os.path.join(ROOT, "build/bin")))
BIN_CRASH = os.path.abspath(os.environ.get("BASSIN_BIN_CRASH", os.path.join(ROOT, "build/test/bin")))
SERVICES = ("employer_intake", "learner_intake", "matching", "notifications")
OPERATOR = "ccr"


def wait_for(condition, seconds, what):
    """Waits for a condition, never for a duration; returns its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("not within %s s: %s" % (seconds, what))
        time.sleep(0.02)


def free_port():
    """Below the range from which the kernel takes ports for outgoing connections."""
    while True:
        port = random.SystemRandom().randrange(10000, 30000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


class Service:
    """One instance of a service as a process."""

    def __init__(self, pool, name, instance, port):
        self.pool, self.name, self.instance, self.port, self.process = pool, name, instance, port, None
        self.starts = 0

    def launch(self, crash_at=None, programs=None, config=None, **environment):
        program = os.path.join(programs or (BIN_CRASH if crash_at else BIN), "bassin-" + self.name.replace("_", "-"))
        env = dict(os.environ, BASSIN_HOME=self.pool.home, BASSIN_LISTEN=self.pool.endpoint_of(self), **environment)
        if crash_at:
            env["CRASH_AT"] = crash_at
        log = open(os.path.join(self.pool.home, "log", "%s.%d.log" % (self.name, self.instance)), "ab")
        self.process = subprocess.Popen([program, "--config", os.path.join(self.pool.home, "etc", config or self.name + ".conf")],
                                        env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        log.close()
        self.starts += 1
        return self

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self, how=signal.SIGKILL):
        if self.is_running():
            self.process.send_signal(how)
        if how in (signal.SIGKILL, signal.SIGTERM):
            return self.process.wait(timeout=30)
        return None

    def log(self):
        with open(os.path.join(self.pool.home, "log", "%s.%d.log" % (self.name, self.instance)), errors="replace") as f:
            return f.read()


class Pool:
    """`settings` are lines of bassin.conf, read by every program; `instances` of each service share its store."""

    def __init__(self, settings=None, instances=1):
        self.home = tempfile.mkdtemp(prefix="bassin-test-")
        # Tasks are looked for after changes; a test that is not about them is not disturbed by it.
        self.settings, self.conninfos = {"tasks_wait_ms": "3600000", **(settings or {})}, {}
        self.services = {(name, n): Service(self, name, n, free_port())
                         for name in SERVICES for n in range(1, instances + 1)}
        atexit.register(self.destroy)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.destroy()

    def endpoint_of(self, service):
        return "tcp://127.0.0.1:%d" % service.port

    # ---- set-up ----------------------------------------------------------------------------------------------------
    def script(self, *words):
        done = subprocess.run([os.path.join(ROOT, "scripts", words[0]), *words[1:]], stdin=subprocess.DEVNULL,
                              env=dict(os.environ, BASSIN_HOME=self.home), capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise AssertionError("%s: %s %s" % (" ".join(words), done.stdout, done.stderr))
        return done.stdout.strip()

    def prepare(self):
        """Cluster, keys and configuration; no service yet."""
        for folder in ("etc", "run", "log", "keys"):
            os.makedirs(os.path.join(self.home, folder), exist_ok=True)
        os.chmod(os.path.join(self.home, "keys"), 0o700)
        self.script("cluster", "start")
        self.write_configuration()
        for name in SERVICES:
            self.bassin("keys", "make", name, "--role", name, who=None)
        self.bassin("keys", "make", OPERATOR, "--role", "intermediary", who=None)
        return self

    def write_configuration(self):
        etc = os.path.join(self.home, "etc")
        with open(os.path.join(etc, "directory"), "w") as f:
            for name in SERVICES:
                endpoints = [self.endpoint_of(s) for (n, _), s in sorted(self.services.items()) if n == name]
                f.write("%s %s\n" % (name, ",".join(endpoints)))
        common = {"home": self.home, "directory": os.path.join(etc, "directory"),
                  "keyring": os.path.join(self.home, "keys", "keyring")}
        common.update(self.settings)
        with open(os.path.join(etc, "bassin.conf"), "w") as f:
            f.writelines("%s = %s\n" % item for item in common.items())
        for name in SERVICES:
            with open(os.path.join(etc, name + ".conf"), "w") as f:
                f.write("include = %s\nstore = %s\n" % (os.path.join(etc, "bassin.conf"), self.conninfo(name)))

    def start(self, *names, **launch):
        """Prepares where needed and starts the services named (all), waiting until they serve."""
        if not os.path.exists(os.path.join(self.home, "etc", "directory")):
            self.prepare()
        for key, service in self.services.items():
            if (not names or key[0] in names) and not service.is_running():
                service.launch(**launch)
        self.wait_until_active(*names)
        return self

    def destroy(self):
        if self.home is None:
            return
        # A build with sanitizers tells of leaks when it ends by itself.
        gentle = "address" in BIN
        for service in self.services.values():
            if service.is_running():
                service.process.send_signal(signal.SIGCONT)
                service.process.send_signal(signal.SIGTERM if gentle else signal.SIGKILL)
        findings = [self.end_of(service) for service in self.services.values()] + self.sanitizer_findings()
        self.script("cluster", "destroy")
        shutil.rmtree(self.home, ignore_errors=True)
        self.home = None
        findings = [text for text in findings if text]
        if findings:
            raise AssertionError("\n".join(findings))

    @staticmethod
    def end_of(service):
        """What is to be said of how it ended."""
        try:
            if service.is_running():
                service.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            service.process.kill()
            service.process.wait()
            return "%s.%d did not stop" % (service.name, service.instance)
        return ""

    def sanitizer_findings(self):
        """What AddressSanitizer, LeakSanitizer and UBSan said in the services' logs."""
        found = []
        for service in self.services.values():
            log = service.log() if service.starts else ""
            at = min((log.find(mark) for mark in ("Sanitizer:", "runtime error:") if mark in log), default=-1)
            if at >= 0:
                found.append("%s.%d: %s" % (service.name, service.instance, log[max(0, at - 200):at + 4000]))
        return found

    # ---- use -------------------------------------------------------------------------------------------------------
    def service(self, name, instance=1):
        return self.services[(name, instance)]

    def popen(self, *words, who=OPERATOR, **options):
        env = dict(os.environ, BASSIN_HOME=self.home, LANGUAGE="en", LANG="C.UTF-8")
        if who is not None:
            env["BASSIN_AS"] = who
        return subprocess.Popen([os.path.join(BIN, "bassin"), *words], env=env, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    def run(self, *words, who=OPERATOR, timeout=120):
        """The command's result, whatever its exit status."""
        process = self.popen(*words, who=who)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError("bassin %s: no end after %s s: %s %s" % (" ".join(words), timeout, out, err)) from None
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def bassin(self, *words, who=OPERATOR, timeout=120, status=0):
        """The command's output; it must end with this status."""
        done = self.run(*words, who=who, timeout=timeout)
        if done.returncode != status:
            raise AssertionError("bassin %s: status %d\n%s\n%s" % (" ".join(words), done.returncode, done.stdout, done.stderr))
        return done.stdout

    def json(self, *words, who=OPERATOR, timeout=120, status=0):
        return json.loads(self.bassin("--json", *words, who=who, timeout=timeout, status=status))

    def college(self, name):
        """A key for a college; its institution has the same name."""
        self.bassin("keys", "make", name, "--role", "college", "--institution", name, who=None)
        return name

    def conninfo(self, service):
        """Where a service's store is; asked once, since it does not change while the pool lives."""
        if service not in self.conninfos:
            self.conninfos[service] = self.script("cluster", "conninfo", service)
        return self.conninfos[service]

    def sql(self, service, query, *values):
        """Rows of a store, looked at from outside."""
        connection = psycopg2.connect(self.conninfo(service))
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall() if cursor.description else cursor.rowcount
        finally:
            connection.close()

    def file(self, name, text):
        path = os.path.join(self.home, name)
        with open(path, "w", newline="") as f:
            f.write(text)
        return path

    def status(self):
        return self.run("--json", "status", timeout=30)

    def wait_until_active(self, *names, seconds=60):
        """Those that are not named may be away, which `status` would wait for; so each is asked alone."""
        for name in names or SERVICES:
            def active(name=name):
                done = self.run("--json", "--service", name, "--wait", "1", "status", timeout=30)
                try:
                    return any(row["state"] == "active" for row in json.loads(done.stdout))
                except (ValueError, KeyError):
                    return False
            wait_for(active, seconds, "%s active" % name)

    def logs(self):
        return "\n".join("== %s.%d\n%s" % (key[0], key[1], service.log()[-3000:])
                         for key, service in self.services.items() if service.starts)
