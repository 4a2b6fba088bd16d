# SPDX-License-Identifier: Apache-2.0
"""The event log: an owner appends through the real core with durable commits, a reader in another process applies
durably what comes over ZeroMQ with CURVE. Three rows are written for each event: state and event at the owner, effect
at the reader (and the version of its key)."""
import io
import socket
import threading

import pool
from measure import Table, cursor_of, rates, tool

EVENTS = 100000
BATCH = 1000
CHUNK = 1 << 18


class Log:
    def __init__(self, bench):
        self.bench, self.owner, self.reader = bench, bench.conninfo("matching"), bench.conninfo("learner_intake")
        self.head = 0

    def run(self, _run=0, events=EVENTS):
        self.head += events
        with cursor_of(self.reader) as cursor:
            def has_come():
                cursor.execute("SELECT coalesce(max(seq), 0) FROM log_cursor")
                return cursor.fetchone()[0] >= self.head
            tool("callers", self.bench.home, pool.OPERATOR, "append", events)
            pool.wait_for(has_come, 60, "the reader is at the head")

    def rows(self):
        """The rows of one run as COPY takes them, and the bytes that went over the wire."""
        out = io.BytesIO()
        with cursor_of(self.owner) as cursor:
            cursor.copy_expert("COPY (SELECT * FROM event ORDER BY seq LIMIT %d) TO STDOUT (FORMAT binary)" % EVENTS, out)
        return out.getvalue()


def copied(database, rows):
    with cursor_of(database) as cursor:
        cursor.execute("CREATE TABLE plain (seq bigint, version bigint, at_ms bigint, type integer, topic text, key text,"
                       " body bytea)")
    def run(_run):
        with cursor_of(database) as cursor:
            cursor.execute("TRUNCATE plain")
            cursor.copy_expert("COPY plain FROM STDIN (FORMAT binary)", io.BytesIO(rows))
    return rates(EVENTS, run)


def moved(size):
    """The same bytes over one TCP connection of loopback."""
    def run(_run):
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen(1)
            sender = threading.Thread(target=send, args=(server.getsockname(), size))
            sender.start()
            peer, _ = server.accept()
            with peer:
                while peer.recv(CHUNK):
                    pass
            sender.join()
    return rates(EVENTS, run)


def send(address, size):
    with socket.create_connection(address) as s:
        chunk = b"x" * CHUNK
        for at in range(0, size, CHUNK):
            s.sendall(chunk[:min(CHUNK, size - at)])


QUEUE = """
CREATE TABLE queue (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic text, key text, body text);
CREATE TABLE state (key text PRIMARY KEY, body text);
CREATE TABLE effect (key text PRIMARY KEY, body text);
"""
PRODUCE = """
WITH new AS (SELECT 'posting' AS topic, 'college-' || n %% 7 || '/stage-' || lpad((%s + n)::text, 12, '0') AS key,
                    repeat('Stage en techniques ', 6) AS body FROM generate_series(1, %s) AS n),
     kept AS (INSERT INTO state SELECT key, body FROM new)
INSERT INTO queue (topic, key, body) SELECT topic, key, body FROM new
"""
CONSUME = """
WITH taken AS (DELETE FROM queue WHERE id IN (SELECT id FROM queue ORDER BY id FOR UPDATE SKIP LOCKED LIMIT %s)
               RETURNING key, body)
INSERT INTO effect SELECT key, body FROM taken
"""


def queued(database, events, batch):
    """A queue in a table, taken from with SKIP LOCKED, as pgmq and the like do; everything stays inside one server, the
    rows are even made there. One producer, one consumer, batches of the same size."""
    with cursor_of(database) as cursor:
        cursor.execute(QUEUE)

    def produce(first):
        with cursor_of(database) as cursor:
            for at in range(0, events, batch):
                cursor.execute(PRODUCE, (first + at, batch))

    def run(run):
        producer = threading.Thread(target=produce, args=(run * events,))
        producer.start()
        taken = 0
        with cursor_of(database) as cursor:
            while taken < events:
                cursor.execute(CONSUME, (batch,))
                taken += cursor.rowcount
        producer.join()
    figures = rates(events, run)
    with cursor_of(database) as cursor:
        cursor.execute("DROP TABLE queue, state, effect")
    return figures


def measure(bench):
    log = Log(bench)
    log.run(events=BATCH)     # connections and caches are warm, the head is known
    ours = rates(EVENTS, log.run)
    rows, database = log.rows(), bench.conninfo("employer_intake")
    table = Table("Log: an event from the owner's commit to the reader's", "events/s")
    table.add("end to end", ours, copied(database, rows), queued(database, EVENTS, BATCH),
              "COPY of the event rows; SQL queue with SKIP LOCKED, %d a commit" % BATCH)
    table.add("end to end", ours, moved(len(rows)), queued(database, 1000, 1),
              "TCP moving their bytes; the same queue, one a commit")
    table.print()
