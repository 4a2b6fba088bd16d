# SPDX-License-Identifier: Apache-2.0
"""The solver of a round at the size of a large region, with its independent checker, against one read of the same
arrays; and a small round against the reference solver, which is written to be read and not to be quick."""
import json
import os
import random
import sys
import tempfile

from measure import RUNS, TESTS, Figures, Table, timed, tool

LEARNERS, POSTINGS, RANKED = 100000, 20000, 10
SMALL_LEARNERS, SMALL_POSTINGS = 2000, 400

sys.path.insert(0, os.path.join(TESTS, "reference"))
import solve_round  # noqa: E402


def small_instance():
    rng = random.Random(1)
    learners = [{"id": "l%05d" % n, "college": "c%d" % (n % 5), "assignable": False,
                 "ranking": [["p%04d" % p] for p in rng.sample(range(SMALL_POSTINGS), RANKED)]} for n in range(SMALL_LEARNERS)]
    postings = [{"id": "p%04d" % n, "college": "c%d" % (n % 5), "capacity": rng.randint(1, 8), "assignable": False,
                 "ranking": [["l%05d" % l] for l in rng.sample(range(SMALL_LEARNERS), 5)]} for n in range(SMALL_POSTINGS)]
    fit = [[l["id"], tier[0], rng.randint(0, 1000)] for l in learners for tier in l["ranking"]]
    return {"seed": "bench", "guarantee": False, "learners": learners, "postings": postings, "fit": fit}


def columns(text):
    return [Figures(column) for column in zip(*[map(float, line.split()) for line in text.split("\n") if line])]


def per_second(count, seconds):
    return Figures([count / value for value in seconds.values])


def measure():
    large = columns(tool("matching__solver", "made", LEARNERS, POSTINGS, RANKED, max(RUNS, 5)))
    solve, check, read = (per_second(LEARNERS, seconds) for seconds in large)
    instance = small_instance()
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        json.dump(instance, f)
        f.flush()
        small = columns(tool("matching__solver", "file", f.name, max(RUNS, 5)))
    reference = Figures([timed(solve_round.Round(instance).solve) for _ in range(RUNS)])
    table = Table("Round: %d ranked postings each" % RANKED, "learners/s")
    size = "%d x %d" % (LEARNERS, POSTINGS)
    table.add("solve %s" % size, solve, read, words="reading the same arrays once")
    table.add("check %s" % size, check, read, words="the same")
    table.add("solve %d x %d" % (SMALL_LEARNERS, SMALL_POSTINGS), per_second(SMALL_LEARNERS, small[0]),
              per_second(SMALL_LEARNERS, small[2]), per_second(SMALL_LEARNERS, reference),
              "the same; tests/reference/solve_round.py")
    table.print()
