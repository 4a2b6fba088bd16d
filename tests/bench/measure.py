# SPDX-License-Identifier: Apache-2.0
"""What all measurements share: interleaved rounds, medians, ratios and what is required of them, and a pool of its own to
measure in."""
import contextlib
import glob
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TESTS, "integration"))
sys.dont_write_bytecode = True
import psycopg2  # noqa: E402
import pool  # noqa: E402

RUNS = int(os.environ.get("BASSIN_BENCH_RUNS", "3"))
ROUNDS = max(RUNS, 3)
TOOLS = os.path.join(os.path.dirname(pool.BIN), "tests", "bench")
PG_BIN = "/usr/lib/postgresql/15/bin"


class Figures:
    """Values of one thing over several runs."""

    def __init__(self, values):
        self.values = sorted(values)
        self.median = statistics.median(values)

    def spread(self):
        return "%s..%s" % (short(self.values[0]), short(self.values[-1]))


def short(value):
    """Three digits that count: 1,234,567 -> 1.23M."""
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return "%.3g%s" % (value / size, unit) if value < size * 1000 else "%.0f%s" % (value / size, unit)
    return "%.3g" % value


class Table:
    """One line a measurement. A ratio is ours over the other: of rates, so that more is better."""

    HEADER = ("name", "ours", "limit", "ratio", "peer", "ratio", "runs", "spread", "limit; peer")

    def __init__(self, title, unit):
        self.title, self.unit, self.lines = title, unit, []

    def add(self, name, ours, limit=None, peer=None, words=""):
        ratio = lambda other: "%.3g" % (ours.median / other.median) if other else "-"
        value = lambda other: short(other.median) if other else "-"
        self.lines.append((name, value(ours), value(limit), ratio(limit), value(peer), ratio(peer), str(len(ours.values)),
                           ours.spread(), words))

    def print(self):
        rows = [self.HEADER] + self.lines
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.HEADER) - 1)]
        print("\n%s (%s)" % (self.title, self.unit))
        for row in rows:
            cells = [row[0].ljust(widths[0])] + [row[i].rjust(widths[i]) for i in range(1, len(widths))]
            print("  " + "  ".join(cells) + "  " + row[-1])
        sys.stdout.flush()


class Goals:
    """What the program is held to: each row compares ours with something else, measured in turn (ours, other, ours, other
    ...) so that a machine that is busy for a while is so for both. The ratio is that of the medians."""

    HEADER = ("what", "ours", "other", "ratio", "required", "", "aim", "", "each round", "unit; against what")

    def __init__(self):
        self.rows, self.missed = [], []

    def compare(self, what, against, unit, ours, other, required, aim, less=False, rounds=0):
        """ours(round) and other(round) each return one figure; less: the ratio is to be small, not large."""
        pairs = [(ours(number), other(number)) for number in range(max(rounds, ROUNDS))]
        return self.add(what, against, unit, *zip(*pairs), required, aim, less)

    def add(self, what, against, unit, ours, other, required, aim, less=False):
        """The same for figures of rounds that were interleaved elsewhere, where one round gives several of them."""
        mine, theirs = Figures(ours), Figures(other)
        ratio, each = mine.median / theirs.median, Figures([a / b for a, b in zip(ours, other)])
        reached = lambda bound: ratio <= bound if less else ratio >= bound
        verdict = lambda bound: "met" if reached(bound) else "missed"
        sign = "<= " if less else ">= "
        self.rows.append((what, short(mine.median), short(theirs.median), "%.3g" % ratio, sign + "%g" % required,
                          verdict(required), sign + "%g" % aim, verdict(aim), each.spread(), "%s; %s" % (unit, against)))
        print("  " + "  ".join(self.rows[-1]), flush=True)
        if not reached(required):
            self.missed.append(what)
        return ratio

    def note(self, what, against, unit, ours, other):
        """A row that nothing is required of."""
        mine, theirs = Figures(ours), Figures(other)
        self.rows.append((what, short(mine.median), short(theirs.median), "%.3g" % (mine.median / theirs.median), "-", "", "-",
                          "", Figures([a / b for a, b in zip(ours, other)]).spread(), "%s; %s" % (unit, against)))
        print("  " + "  ".join(self.rows[-1]), flush=True)

    def print(self):
        rows = [self.HEADER] + self.rows
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.HEADER))]
        print("\nMedians of at least %d interleaved rounds, and their ratio, ours over the other" % ROUNDS)
        for row in rows:
            print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        if self.missed:
            print("\nrequired and missed: " + "; ".join(self.missed))
        sys.stdout.flush()


def timed(function, *arguments):
    since = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - since


def rates(count, function, runs=None):
    """Runs function(run) several times: things per second."""
    return Figures([count / timed(function, run) for run in range(runs or RUNS)])


def tool(name, *words, **options):
    done = subprocess.run([os.path.join(TOOLS, name), *map(str, words)], capture_output=True, text=True, timeout=120, **options)
    if done.returncode != 0:
        raise RuntimeError("%s %s: %s" % (name, " ".join(map(str, words)), done.stderr))
    return done.stdout


def machine():
    """What the figures were measured on."""
    with open("/proc/cpuinfo") as f:
        model = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return "%d processors (%s), %d MiB, Linux %s, %s" % (os.cpu_count(), model, memory, os.uname().release,
                                                       time.strftime("%Y-%m-%d", time.gmtime()))


@contextlib.contextmanager
def cursor_of(conninfo):
    """A connection of its own on which each statement is a transaction."""
    with contextlib.closing(psycopg2.connect(conninfo)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


PGBENCH_S = 1
INSERT = ("INSERT INTO one VALUES (gen_random_uuid()::text,"
          " 'Stage en techniques de l''informatique, hiver 2027, Sherbrooke et environs, 37,5 heures');\n")


def pgbench(database, clients):
    """Single-row inserts, each a transaction, over so many connections: how many a second, p50 of each in milliseconds."""
    with cursor_of(database) as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS one (key text PRIMARY KEY, title text NOT NULL)")
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "script.sql")
        with open(script, "w") as f:
            f.write(INSERT)
        done = subprocess.run([os.path.join(PG_BIN, "pgbench"), "-n", "-M", "prepared", "-f", script, "-c", str(clients), "-j",
                               "1", "-T", str(PGBENCH_S), "-l", "--log-prefix", os.path.join(folder, "log"), database],
                              capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        latencies = []
        for log in glob.glob(os.path.join(folder, "log*")):
            with open(log) as f:
                latencies += [int(line.split()[2]) / 1000 for line in f]
    return float(re.search(r"tps = ([0-9.]+)", done.stdout)[1]), statistics.median(latencies)


def one_commit(database):
    """A commit: one durable single-row insert over one connection, p50 in milliseconds."""
    return pgbench(database, 1)[1]


class BenchPool(pool.Pool):
    """A pool whose cluster lets 64 callers in at once; what it has of durability is what every pool has. A reader that is
    stopped for some seconds keeps its lease."""

    def __init__(self, by_files=False):
        """by_files: services are reached through sockets in the file system, as the cluster is by pgbench and libpq."""
        self.by_files = by_files
        super().__init__(settings={"lease_idle_ms": 60000})

    def prepare(self):
        super().prepare()
        with cursor_of(self.admin()) as cursor:
            cursor.execute("ALTER SYSTEM SET max_connections = 100")
        self.script("cluster", "stop")
        self.script("cluster", "start")
        return self

    def conninfo(self, service):
        return self.script("cluster", "conninfo", service)

    def endpoint_of(self, service):
        path = os.path.join(self.home, "run", "%s-%d.sock" % (service.name, service.instance))
        return "ipc://" + path if self.by_files else super().endpoint_of(service)

    def settings_text(self):
        """What of the server's settings decides how quick it may be; both sides of a row have the same."""
        names = ("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "wal_compression", "shared_buffers",
                 "max_wal_size", "server_version")
        with cursor_of(self.admin()) as cursor:
            cursor.execute("SELECT name, current_setting(name) FROM unnest(%s) AS name", (list(names),))
            return "PostgreSQL: " + ", ".join("%s=%s" % row for row in cursor.fetchall())

    def admin(self):
        return self.conninfo("matching").replace("dbname=matching user=matching", "dbname=postgres user=postgres")

    def start_toys(self):
        """The two services of toys.c in place of matching and learner_intake."""
        folder = os.path.join(self.home, "toys")
        if not os.path.exists(folder):
            os.makedirs(folder)
            for name in ("bassin-matching", "bassin-learner-intake"):
                os.symlink(os.path.join(TOOLS, "toys"), os.path.join(folder, name))
        return self.start("matching", "learner_intake", programs=folder)
