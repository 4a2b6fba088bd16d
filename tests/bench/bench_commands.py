# SPDX-License-Identifier: Apache-2.0
"""Small commands, each durable before its answer: one row, one event, the stored answer, a line of the audit trail.
Beside them pgbench in the same cluster: one INSERT a transaction, as many connections. Our clients have some commands in
flight, as `bassin feed` has them, since an answer says which command it belongs to; what they do one after the other is
told, too."""
import pool
from measure import ROUNDS, Figures, one_commit, pgbench, tool

CLIENTS, IN_FLIGHT = 32, 8
COUNT = {1: 1000, CLIENTS: 16000}


def ours(bench, clients, in_flight=1):
    """Commands a second, and the p50 of their latency in milliseconds."""
    lines = tool("callers", bench.home, pool.OPERATOR, "open", COUNT[clients], clients, in_flight).split("\n")
    return COUNT[clients] / float(lines[0].split()[1]), Figures([int(line) / 1000 for line in lines[1:] if line]).median


def measure(bench, goals):
    """Nobody reads the log meanwhile."""
    database, reader = bench.conninfo("notifications"), bench.services["learner_intake", 1]
    reader.kill()
    ours(bench, CLIENTS, IN_FLIGHT)     # caches are warm
    rounds = [(ours(bench, CLIENTS, IN_FLIGHT)[0], pgbench(database, CLIENTS)[0], ours(bench, CLIENTS)[0])
              for _ in range(ROUNDS)]
    many, other, one_by_one = zip(*rounds)
    goals.add("commands, %d clients" % CLIENTS, "pgbench, %d clients, one INSERT each; ours have %d commands in flight each"
              % (CLIENTS, IN_FLIGHT), "commands/s", many, other, 1.5, 3)
    goals.note("  one after the other", "the same pgbench; each of ours waits for its answer", "commands/s", one_by_one, other)
    goals.compare("one command, one client", "one commit, p50", "ms, p50", lambda _round: ours(bench, 1)[1],
                  lambda _round: one_commit(database), 2.5, 1.7, less=True, rounds=ROUNDS + 2)
    bench.start_toys()
