# SPDX-License-Identifier: Apache-2.0
"""Who fits where in a region, as a freeze computes it (the index), against the plain loop over the pairs of one programme:
matching__fit.c takes both in turns on one thread, and fails where they differ in one pair or its fit."""
from measure import ROUNDS, tool

LEARNERS, POSTINGS = 100000, 10000


def measure(goals):
    lines = [line.split() for line in tool("matching__fit", LEARNERS, POSTINGS, ROUNDS).splitlines()]
    seconds = lambda who: [float(words[1]) for words in lines if words[0] == who]
    tested, eligible = lines[-1][1], lines[-1][3]
    goals.add("eligibility and fit, %d x %d" % (LEARNERS, POSTINGS),
              "plain C loop over the %s pairs of one programme, %s eligible" % (tested, eligible), "s", seconds("ours"),
              seconds("plain"), 1, 0.2, less=True)
