# SPDX-License-Identifier: Apache-2.0
"""The event log: an owner appends through the real core with durable commits, a reader in another process applies
durably what comes over ZeroMQ with CURVE. For each event the owner writes its state and the event, the reader its own
state and the version of the key; each batch moves the cursor in the same transaction."""
import io
import os
import signal
import time

import pool
from measure import ROUNDS, Figures, cursor_of, one_commit, timed, tool

EVENTS = 100000
BACKLOG = 150000
COPIED = 10000      # rows a transaction
INSERTED = 500
PACED, EVERY_MS = 400, 5


class Log:
    """The toys of one pool."""

    def __init__(self, bench):
        self.bench, self.owner, self.reader = bench, bench.conninfo("matching"), bench.conninfo("learner_intake")
        self.head = self.seq(self.owner, "event_head")

    def seq(self, database, table):
        with cursor_of(database) as cursor:
            cursor.execute("SELECT coalesce(max(seq), 0) FROM " + table)
            return cursor.fetchone()[0]

    def append(self, count, pace=""):
        tool("callers", self.bench.home, pool.OPERATOR, "append", "%d%s" % (count, pace))
        self.head += count

    def wait(self, database, table, seconds=120):
        """Polls seldom: who looks takes the processor from who is measured."""
        with cursor_of(database) as cursor:
            def has_come():
                cursor.execute("SELECT coalesce(max(seq), 0) FROM " + table)
                return cursor.fetchone()[0] >= self.head
            pool.wait_for(has_come, seconds, "%s is at the head" % table)

    def flat_out(self, _round=0, events=EVENTS):
        """From the order to append until the reader has committed the last."""
        since = time.perf_counter()
        self.append(events)
        self.wait(self.reader, "log_cursor")
        return events / (time.perf_counter() - since)

    def catch_up(self, _round):
        """The reader's process is stopped while the owner appends, and then goes on."""
        process = self.bench.services["learner_intake", 1].process
        process.send_signal(signal.SIGSTOP)
        self.append(BACKLOG)
        self.wait(self.owner, "event_head")
        since = time.perf_counter()
        process.send_signal(signal.SIGCONT)
        self.wait(self.reader, "log_cursor")
        return BACKLOG / (time.perf_counter() - since)

    def times(self, name):
        with open(os.path.join(self.bench.home, "run", name + ".times"), encoding="ascii") as f:
            return dict(map(int, line.split()) for line in f)

    def paced(self, _round):
        """Milliseconds from the owner's commit until the reader's, p50."""
        before = len(self.times("owner")) if self.head_of_paced else 0
        self.head_of_paced = True
        self.append(PACED, "/%d" % EVERY_MS)
        self.wait(self.reader, "log_cursor")
        pool.wait_for(lambda: len(self.times("reader")) >= before + PACED, 10, "all were seen")
        seen = self.times("reader")
        return Figures([(seen[n] - at) / 1e6 for n, at in list(self.times("owner").items())[before:]]).median

    head_of_paced = False

    def rows(self):
        """The rows of one run as COPY takes them, in pieces of COPIED."""
        pieces = []
        with cursor_of(self.owner) as cursor:
            for at in range(0, EVENTS, COPIED):
                out = io.BytesIO()
                cursor.copy_expert("COPY (SELECT * FROM event WHERE seq > %d ORDER BY seq LIMIT %d) TO STDOUT"
                                   " (FORMAT binary)" % (at, COPIED), out)
                pieces.append(out.getvalue())
        return pieces


class Copy:
    """The same rows by binary COPY into a table with the log's columns and primary key, and no other index."""

    def __init__(self, database, pieces):
        self.database, self.pieces = database, pieces
        with cursor_of(database) as cursor:
            cursor.execute("CREATE TABLE plain (seq bigint PRIMARY KEY, version bigint NOT NULL, at_ms bigint NOT NULL,"
                           " type integer NOT NULL, topic text NOT NULL, key text NOT NULL, body bytea NOT NULL)")

    def __call__(self, _round):
        with cursor_of(self.database) as cursor:
            cursor.execute("TRUNCATE plain")
            def run():
                for piece in self.pieces:
                    cursor.copy_expert("COPY plain FROM STDIN (FORMAT binary)", io.BytesIO(piece), 1 << 18)
            return EVENTS / timed(run)


class Unnest:
    def __init__(self, database):
        self.database = database
        with cursor_of(database) as cursor:
            cursor.execute('CREATE TABLE bare (key text COLLATE "C" PRIMARY KEY, title text NOT NULL)')

    def __call__(self, _round):
        with cursor_of(self.database) as cursor:
            cursor.execute("TRUNCATE bare")
        return BACKLOG / float(tool("peer", self.database, BACKLOG, INSERTED))


def measure(bench, goals):
    log, database = Log(bench), bench.conninfo("employer_intake")
    log.flat_out()      # connections and caches are warm
    goals.compare("events, end to end", "binary COPY, %d rows a commit" % COPIED, "events/s", log.flat_out,
                  Copy(database, log.rows()), 0.2, 0.3)
    goals.compare("backlog of %d" % BACKLOG, "unnest inserts of %d rows" % INSERTED, "events/s", log.catch_up,
                  Unnest(database), 0.4, 0.65)
    goals.compare("commit to visible, %d/s" % (1000 // EVERY_MS), "one commit, p50", "ms, p50", log.paced,
                  lambda _round: one_commit(database), 4, 2.5, less=True, rounds=ROUNDS + 2)
