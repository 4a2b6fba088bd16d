# SPDX-License-Identifier: Apache-2.0
"""What all measurements share: repeated runs, medians, the table, and a pool of its own to measure in."""
import contextlib
import os
import statistics
import subprocess
import sys
import time

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TESTS, "integration"))
sys.dont_write_bytecode = True
import psycopg2  # noqa: E402
import pool  # noqa: E402

RUNS = int(os.environ.get("BASSIN_BENCH_RUNS", "3"))
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


@contextlib.contextmanager
def cursor_of(conninfo):
    """A connection of its own on which each statement is a transaction."""
    with contextlib.closing(psycopg2.connect(conninfo)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


class BenchPool(pool.Pool):
    """A pool whose cluster lets 64 callers in at once; what it has of durability is what every pool has."""

    def prepare(self):
        super().prepare()
        with cursor_of(self.admin()) as cursor:
            cursor.execute("ALTER SYSTEM SET max_connections = 100")
        self.script("cluster", "stop")
        self.script("cluster", "start")
        return self

    def conninfo(self, service):
        return self.script("cluster", "conninfo", service)

    def admin(self):
        return self.conninfo("matching").replace("dbname=matching user=matching", "dbname=postgres user=postgres")

    def start_toys(self):
        """The two services of toys.c in place of matching and learner_intake."""
        folder = os.path.join(self.home, "toys")
        os.makedirs(folder)
        for name in ("bassin-matching", "bassin-learner-intake"):
            os.symlink(os.path.join(TOOLS, "toys"), os.path.join(folder, name))
        return self.start("matching", "learner_intake", programs=folder)
