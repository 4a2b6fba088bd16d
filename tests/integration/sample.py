# SPDX-License-Identifier: Apache-2.0
"""The demo's sample data in a test's pool, and what its files say by the slow rules of tests/oracle.py."""
import os
import sys

from pool import ROOT

sys.path.append(os.path.join(ROOT, "tests"))
import oracle                                                           # noqa: E402

FOLDER = os.path.join(ROOT, "scripts", "sample")
PLACES = os.path.join(FOLDER, "places.csv")
COLLEGES = ("cegep-memphremagog", "massawippi-college", "cfp-mont-orford")
FIRST = ("programmes", "competencies", "employers", "postings", "learners")
LISTS = ("learner_rankings", "employer_rankings", "direct_offers")


def path(college, kind):
    return os.path.join(FOLDER, college, kind + ".csv")


def feed(pool):
    """Feeds everything as `make demo` does; every row must be taken."""
    pool.bassin("feed", "institutions", os.path.join(FOLDER, "institutions.csv"))
    for college in COLLEGES:
        pool.college(college)
    for kinds in (FIRST, LISTS):
        for college in COLLEGES:
            for kind in kinds:
                pool.bassin("feed", kind, path(college, kind), who=college)


class Expected:
    """What the files say. Learners are named by their pool numbers, postings as college/external_id."""

    def __init__(self, pool):
        self.number = {}
        for college in COLLEGES:
            for row in pool.json("list", "learners", who=college):
                self.number[college, row["external_id"]] = row["pool_number"]
        self.places = oracle.Places(oracle.read_feed(PLACES))
        self.learners, self.postings, self.rankings, self.choices, self.offers = {}, {}, {}, {}, {}
        for college in COLLEGES:
            self.read(college)
        self.pairs = self.judge_pairs()

    def read(self, college):
        employers = {row["external_id"]: row for row in oracle.read_feed(path(college, "employers"))}
        for row in oracle.read_feed(path(college, "learners")):
            facts = oracle.learner_facts(row, self.places)
            facts.update(college=college, groups=oracle.cells(row.get("groups")), tier=int(row.get("tier") or 0),
                         assignable=oracle.is_yes(row.get("assignable"), True))
            self.learners[self.number[college, row["external_id"]]] = facts
        for row in oracle.read_feed(path(college, "postings")):
            facts = oracle.posting_facts(row, employers[row["employer"]], self.places)
            facts.update(college=college, assignable=oracle.is_yes(row.get("assignable"), True),
                         reserve_order=row.get("reserve_order") or "first", reserves=self.reserves(row.get("reserves")))
            self.postings[self.posting(college, row["external_id"])] = facts
        for row in oracle.read_feed(path(college, "learner_rankings")):
            entries = self.rankings.setdefault(self.number[college, row["learner"]], [])
            entries.append((int(row["tier"]), self.posting(college, row["posting"])))
        for row in oracle.read_feed(path(college, "employer_rankings")):
            learner = self.number.get((college, row["learner"]), row["learner"])
            self.choices.setdefault(self.posting(college, row["posting"]), []).append((int(row["tier"]), learner))
        for row in oracle.read_feed(path(college, "direct_offers")):
            self.offers[self.number[college, row["learner"]]] = self.posting(college, row["posting"])

    @staticmethod
    def reserves(text):
        return [{"group": group, "seats": int(seats)}
                for group, _, seats in (entry.rpartition(":") for entry in oracle.cells(text))]

    @staticmethod
    def posting(college, reference):
        return reference if "/" in reference else "%s/%s" % (college, reference)

    def judge_pairs(self):
        """(learner, posting) -> (failing reasons, fit)"""
        pairs = {}
        for learner, l in self.learners.items():
            for posting, p in self.postings.items():
                d = oracle.pair_distance(l, p)
                pairs[learner, posting] = (oracle.failing_reasons(l, p, d), oracle.fit(l, p, d))
        return pairs

    def may_be_ranked(self, learner, posting):
        return not set(self.pairs[learner, posting][0]) - {"distance"}

    def instance(self, seed):
        """The round's instance, every default written out."""
        taking_part = {number for number, learner in self.learners.items() if learner["consent"]}
        return {
            "seed": seed, "guarantee": True, "held": [],
            "learners": [{"id": n, "college": l["college"], "assignable": l["assignable"], "tier": l["tier"], "groups": l["groups"],
                          "ranking": self.tiers(e for e in self.rankings.get(n, []) if self.may_be_ranked(n, e[1]))}
                         for n, l in self.learners.items() if n in taking_part],
            "postings": [{"id": p, "college": facts["college"], "capacity": facts["seats"],
                          "assignable": facts["assignable"],
                          "accepts_unranked": facts["accepts_unranked"], "reserves": facts["reserves"],
                          "reserve_order": facts["reserve_order"],
                          "ranking": self.tiers(e for e in self.choices.get(p, []) if e[1] in taking_part)}
                         for p, facts in self.postings.items()],
            "fit": [[l, p, fit] for (l, p), (reasons, fit) in self.pairs.items() if not reasons],
            "fixed": [[l, p] for l, p in self.offers.items() if l in taking_part],
        }

    @staticmethod
    def tiers(entries):
        tiers = {}
        for tier, to in entries:
            tiers.setdefault(tier, []).append(to)
        return [tiers[tier] for tier in sorted(tiers)]

    def left_out(self):
        """{(learner, posting): reasons} of what was ranked or offered and does not take part."""
        found = {(l, p): self.pairs[l, p][0] for l, entries in self.rankings.items() for _, p in entries
                 if not self.may_be_ranked(l, p)}
        found.update({(l, p): ["consent"] for l, p in self.offers.items() if not self.learners[l]["consent"]})
        return found
