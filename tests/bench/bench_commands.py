# SPDX-License-Identifier: Apache-2.0
"""Small commands, each durable before its answer: one row, one event, the stored answer, a line of the audit trail.
Beside them pgbench in the same cluster: one INSERT a transaction, as many connections."""
import pool
from measure import PG_BIN, ROUNDS, Figures, one_commit, pgbench, tool

CLIENTS = 32
COUNT = {1: 1000, CLIENTS: 16000}


def ours(bench, clients):
    """Commands a second, and the p50 of their latency in milliseconds."""
    lines = tool("callers", bench.home, pool.OPERATOR, "open", COUNT[clients], clients).split("\n")
    return COUNT[clients] / float(lines[0].split()[1]), Figures([int(line) / 1000 for line in lines[1:] if line]).median


def measure(bench, goals):
    database = bench.conninfo("notifications")
    ours(bench, CLIENTS)        # caches are warm
    goals.compare("commands, %d clients" % CLIENTS, "pgbench, %d clients, one INSERT each" % CLIENTS, "commands/s",
                  lambda _round: ours(bench, CLIENTS)[0], lambda _round: pgbench(database, CLIENTS)[0], 1.5, 3)
    goals.compare("one command, one client", "one commit, p50", "ms, p50", lambda _round: ours(bench, 1)[1],
                  lambda _round: one_commit(database), 2.5, 1.7, less=True, rounds=ROUNDS + 2)
