# SPDX-License-Identifier: Apache-2.0
"""Small commands, each durable before its reply: one row, one event, the stored reply, a line of the audit trail. Beside
them pgbench in the same cluster: one INSERT a transaction (what flushing allows), and the same five writes in one
transaction for each caller, which is what a service does that hands a connection to each request."""
import glob
import os
import re
import subprocess
import tempfile

import pool
from measure import PG_BIN, Figures, RUNS, Table, cursor_of, tool

CALLERS = (1, 8, 64)
COUNT = {1: 800, 8: 4000, 64: 16000}
PGBENCH_S = 1

TABLES = """
CREATE TABLE one (key text PRIMARY KEY, title text NOT NULL);
CREATE TABLE state (key text PRIMARY KEY, title text NOT NULL);
CREATE TABLE outbox (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic text, key text, version bigint, at_ms bigint,
                     body bytea);
CREATE TABLE answered (request_id uuid PRIMARY KEY, digest bytea, code int, reply bytea, at_ms bigint);
CREATE TABLE trail (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at_ms bigint, principal text, role text,
                    request_id uuid, type int, code int, subject text);
"""
TITLE = "'Stage en techniques de l''informatique, hiver 2027, Sherbrooke et environs, 37,5 heures'"
ONE = "INSERT INTO one VALUES (gen_random_uuid()::text, %s);\n" % TITLE
FIVE = """SELECT gen_random_uuid() AS id \\gset
BEGIN;
SELECT code FROM answered WHERE request_id = :id::uuid;
INSERT INTO state VALUES (:id, %s);
INSERT INTO outbox (topic, key, version, at_ms, body) VALUES ('round', :id, 1, 1795240800000, %s::bytea);
INSERT INTO answered VALUES (:id::text::uuid, sha256(:id::text::bytea), 1, '\\x00', 1795240800000);
INSERT INTO trail (at_ms, principal, role, request_id, type, code, subject)
    VALUES (1795240800000, 'ccr', 'intermediary', :id::text::uuid, 50, 1, :id::text);
COMMIT;
""" % (TITLE, TITLE)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


class Result:
    """One run: commands a second, and the latency of each in milliseconds."""

    def __init__(self, per_second, latencies):
        self.per_second, self.p50, self.p99 = per_second, percentile(latencies, 0.5), percentile(latencies, 0.99)


def ours(bench, callers):
    lines = tool("callers", bench.home, pool.OPERATOR, "open", COUNT[callers], callers).split("\n")
    seconds = float(lines[0].split()[1])
    return Result(COUNT[callers] / seconds, [int(line) / 1000 for line in lines[1:] if line])


def pgbench(conninfo, script, callers):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "script.sql")
        with open(path, "w") as f:
            f.write(script)
        done = subprocess.run([os.path.join(PG_BIN, "pgbench"), "-n", "-M", "prepared", "-f", path, "-c", str(callers), "-j", "1",
                               "-T", str(PGBENCH_S), "-l", "--log-prefix", os.path.join(folder, "log"), conninfo],
                              capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        latencies = []
        for log in glob.glob(os.path.join(folder, "log*")):
            with open(log) as f:
                latencies += [int(line.split()[2]) / 1000 for line in f]
    return Result(float(re.search(r"tps = ([0-9.]+)", done.stdout)[1]), latencies)


def figures(results, name):
    return Figures([getattr(r, name) for r in results])


def measure(bench):
    database = bench.conninfo("notifications")
    with cursor_of(database) as cursor:
        cursor.execute(TABLES)
    rate = Table("Commands: each answered when it is durable", "commands/s")
    slow = Table("Commands: from asking to the answer; a ratio below 1 is quicker", "ms")
    for callers in CALLERS:
        runs = [(ours(bench, callers), pgbench(database, ONE, callers), pgbench(database, FIVE, callers))
                for _ in range(RUNS)]
        mine, one, five = zip(*runs)
        name = "%d caller%s" % (callers, "s" if callers > 1 else "")
        rate.add(name, *(figures(x, "per_second") for x in (mine, one, five)),
                 words="pgbench: one INSERT each; the same writes, a transaction and a connection for each caller")
        for p in ("p50", "p99"):
            slow.add("%s, %s" % (name, p), *(figures(x, p) for x in (mine, one, five)), words="the same two")
    rate.print()
    slow.print()
