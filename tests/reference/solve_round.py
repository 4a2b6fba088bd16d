#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A round solved a second time, slowly and plainly, from the text of matching.md alone.

It shares nothing with the solver in C but the specification, so that both can only be wrong in the same way if they have
misread it in the same way. Covered: fixed pairs, the ranked phase with plain seats and tiers, `alone`, reasons, certificate.
An instance that asks for more (guarantee, assignable, reserves, held) is refused.

    solve_round.py INSTANCE.json                        prints the outcome in canonical form
    solve_round.py INSTANCE.json --check OUTCOME.json   compares; exit 1 and the first difference if they are not the same
    solve_round.py --lines < INSTANCES                  one instance a line in, one outcome a line out
    solve_round.py --vectors < rounds.jsonl             for each test vector, two lines: its instance reduced to what is
                                                        covered, and the outcome of that
"""
import argparse
import hashlib
import json
import sys


def canonical_json(value):
    """RFC 8785 for what we write: ASCII keys, whole numbers, any text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def bytewise(text):
    return text.encode()


def canonical_tiers(ranking):
    return [sorted(tier, key=bytewise) for tier in ranking]


def canonical_instance(instance):
    """Every default written out, everything sorted as the specification says."""
    learners = [{
        "id": l["id"],
        "college": l.get("college"),
        "ranking": canonical_tiers(l.get("ranking", [])),
        "assignable": l.get("assignable", True),
        "tier": l.get("tier", 0),
        "groups": sorted(l.get("groups", []), key=bytewise),
    } for l in instance.get("learners", [])]
    postings = [{
        "id": p["id"],
        "college": p.get("college"),
        "capacity": p["capacity"],
        "ranking": canonical_tiers(p.get("ranking", [])),
        "accepts_unranked": p.get("accepts_unranked", True),
        "assignable": p.get("assignable", True),
        "reserves": p.get("reserves", []),
        "reserve_order": p.get("reserve_order", "first"),
    } for p in instance.get("postings", [])]

    def rows(key):
        return sorted(instance.get(key, []), key=lambda row: (bytewise(row[0]), bytewise(row[1])))
    return {
        "seed": instance["seed"],
        "guarantee": instance.get("guarantee", True),
        "learners": sorted(learners, key=lambda l: bytewise(l["id"])),
        "postings": sorted(postings, key=lambda p: bytewise(p["id"])),
        "fit": rows("fit"), "fixed": rows("fixed"), "held": rows("held"),
    }


def asks_for_more(instance):
    return (instance["guarantee"] or instance["held"]
            or any(l["assignable"] for l in instance["learners"])
            or any(p["assignable"] or p["reserves"] for p in instance["postings"]))


def reduced(instance):
    """The same instance without what is not solved yet: for comparing on vectors that ask for more."""
    instance = canonical_instance(instance)
    instance.update(guarantee=False, held=[])
    for learner in instance["learners"]:
        learner["assignable"] = False
    for posting in instance["postings"]:
        posting.update(assignable=False, reserves=[])
    return instance


class Round:
    def __init__(self, instance):
        self.instance = canonical_instance(instance)
        if asks_for_more(self.instance):
            raise ValueError("the instance asks for guarantee, assignment, reserves or held pairs")
        self.learners = {l["id"]: l for l in self.instance["learners"]}
        self.postings = {p["id"]: p for p in self.instance["postings"]}
        self.fit = {(l, p): fit for l, p, fit in self.instance["fit"]}
        self.fixed = {l: p for l, p in self.instance["fixed"]}
        key = self.instance["seed"].encode()
        self.lottery = {l: hashlib.blake2b(l.encode(), digest_size=8, key=key).digest() for l in self.learners}
        self.employer_tier = {(l, p["id"]): t for p in self.postings.values()
                              for t, tier in enumerate(p["ranking"]) for l in tier}
        self.lists = {l: self.list_of(l) for l in self.learners}

    def tier(self, learner, posting):
        """The employer's tier of the learner; None: unacceptable."""
        if (learner, posting) in self.employer_tier:
            return self.employer_tier[learner, posting]
        employer = self.postings[posting]
        return len(employer["ranking"]) if employer["accepts_unranked"] else None

    def key(self, learner, posting):
        """Priority at a posting: the smaller comes first."""
        return (self.tier(learner, posting), -self.fit.get((learner, posting), 0), self.lottery[learner], bytewise(learner))

    def list_of(self, learner):
        """The acceptable postings of a learner, best first."""
        entries = [(t, -self.fit.get((learner, p), 0), bytewise(p), p)
                   for t, tier in enumerate(self.learners[learner]["ranking"]) for p in tier
                   if self.tier(learner, p) is not None]
        return [entry[-1] for entry in sorted(entries)]

    def seats(self, posting):
        return self.postings[posting]["capacity"] - sum(1 for p in self.fixed.values() if p == posting)

    def ranked_phase(self, learners, postings):
        """Deferred acceptance in rounds: everybody who is free proposes, every posting keeps its best."""
        lists = {l: [p for p in self.lists[l] if p in postings] for l in learners if l not in self.fixed}
        step = {l: 0 for l in lists}
        holders = {p: [] for p in postings}
        free = list(lists)
        while free:
            touched = set()
            for l in free:
                if step[l] < len(lists[l]):
                    holders[lists[l][step[l]]].append(l)
                    touched.add(lists[l][step[l]])
                    step[l] += 1
            free = []
            for p in touched:
                holders[p].sort(key=lambda l: self.key(l, p))
                free += holders[p][self.seats(p):]
                del holders[p][self.seats(p):]
        return holders

    def certify(self, holders):
        rows = []
        for p in sorted(holders, key=bytewise):
            cutoff = "closed"
            if len(holders[p]) < self.seats(p):
                cutoff = None
            elif holders[p]:
                tier, minus_fit, lottery, _ = self.key(holders[p][-1], p)
                cutoff = {"tier": tier, "fit": -minus_fit, "lottery": lottery.hex(), "learner": holders[p][-1]}
            rows.append({"posting": p, "cutoffs": [{"reserve": None, "cutoff": cutoff}],
                         "slots": [{"learner": l, "reserve": None, "endowed": False} for l in holders[p]]})
        return rows

    def ahead(self, learner, posting, result):
        """Others who rank the posting above their result or hold it, are acceptable there, and have a better key."""
        count = 0
        for other, wanted in self.lists.items():
            if other == learner or other in self.fixed or posting not in wanted:
                continue
            if other in result and wanted.index(result[other]) < wanted.index(posting):
                continue
            count += self.key(other, posting) < self.key(learner, posting)
        return count

    def unplaced(self, learner, result):
        if not self.learners[learner]["ranking"]:
            return {"learner": learner, "reason": "nothing_ranked"}
        if not self.lists[learner]:
            return {"learner": learner, "reason": "not_eligible"}
        return {"learner": learner, "reason": "outranked",
                "at": [{"posting": p, "ahead": self.ahead(learner, p, result)} for p in self.lists[learner]]}

    def solo_runs(self):
        """Each college by itself, as (holders of all its postings, placed learners by college)."""
        holders, placed = {}, {}
        colleges = {x["college"] for x in [*self.learners.values(), *self.postings.values()]} - {None}
        for college in colleges:
            own = [l for l in self.learners if self.learners[l]["college"] == college]
            run = self.ranked_phase(own, [p for p in self.postings if self.postings[p]["college"] == college])
            holders.update(run)
            placed[college] = sum(map(len, run.values())) + sum(1 for l in own if l in self.fixed)
        return holders, placed

    def solve(self):
        pool = self.ranked_phase(list(self.learners), list(self.postings))
        result = {l: p for p, ls in pool.items() for l in ls}
        at = {**result, **self.fixed}
        solo, alone = self.solo_runs()
        rows = []
        for college in sorted(alone, key=bytewise):
            own = [l for l in self.learners if self.learners[l]["college"] == college]
            if own:
                rows.append({"college": college, "learners": len(own), "alone": alone[college],
                             "pool": sum(1 for l in own if l in at)})
        needs = [l["tier"] for l in self.learners.values()]
        tiers = [sum(1 for l in at if self.learners[l]["tier"] == n) for n in range(max(needs, default=-1) + 1)]
        return {
            "instance_digest": hashlib.blake2b(canonical_json(self.instance).encode(), digest_size=32).hexdigest(),
            "placements": [{"learner": l, "posting": at[l], "by": "fixed" if l in self.fixed else "ranked"}
                           for l in self.learners if l in at],
            "endowments": [],
            "unplaced": [self.unplaced(l, result) for l in self.learners if l not in at],
            "colleges": rows,
            "objective": {"placed": len(at), "tiers": tiers, "fit": 0},
            "certificate": {"pool": self.certify(pool), "alone": self.certify(solo)},
        }


def first_difference(ours, theirs, path="outcome"):
    """Where two JSON values differ first, in words; None: nowhere."""
    if type(ours) is not type(theirs):
        return f"{path}: {canonical_json(ours)} expected, {canonical_json(theirs)} found"
    if isinstance(ours, dict):
        for key in sorted(set(ours) | set(theirs)):
            if key not in ours or key not in theirs:
                return f"{path}.{key}: {'expected' if key in ours else 'not expected'}"
            if (found := first_difference(ours[key], theirs[key], f"{path}.{key}")):
                return found
    elif isinstance(ours, list):
        for k, (a, b) in enumerate(zip(ours, theirs)):
            if (found := first_difference(a, b, f"{path}[{k}]")):
                return found
        if len(ours) != len(theirs):
            return f"{path}: {len(ours)} entries expected, {len(theirs)} found"
    elif ours != theirs:
        return f"{path}: {canonical_json(ours)} expected, {canonical_json(theirs)} found"
    return None


def main():
    parser = argparse.ArgumentParser(description="Solve a round by the reference solver.")
    parser.add_argument("instance", nargs="?")
    parser.add_argument("--check", metavar="OUTCOME")
    parser.add_argument("--lines", action="store_true")
    parser.add_argument("--vectors", action="store_true")
    args = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8")
    if args.lines:
        for line in sys.stdin.buffer:
            print(canonical_json(Round(json.loads(line)).solve()))
        return 0
    if args.vectors:
        for line in sys.stdin.buffer:
            instance = reduced(json.loads(line)["instance"])
            print(canonical_json(instance))
            print(canonical_json(Round(instance).solve()))
        return 0
    with open(args.instance, encoding="utf-8") as file:
        outcome = Round(json.load(file)).solve()
    if args.check is None:
        print(canonical_json(outcome))
        return 0
    with open(args.check, encoding="utf-8") as file:
        difference = first_difference(outcome, json.load(file))
    print(difference or "the outcome is the same")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main())
