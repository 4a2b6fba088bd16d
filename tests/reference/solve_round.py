#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A round solved a second time, slowly and plainly, from the text of matching.md alone.

It shares nothing with the solver in C but the specification, so that both can only be wrong in the same way if they have
misread it in the same way. Where the specification leaves a choice (which optimal assignment, in the pool or in a solo
run) the outcome's choice is taken, after checking that it is optimal; everything else is worked out and compared.
Prices are not looked at: that nothing can be improved by exchanging seats is found out without them.

    solve_round.py INSTANCE.json --check OUTCOME.json   exit 1 and what is wrong, a line each
"""
import argparse
import hashlib
import json
import sys
from collections import defaultdict


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


class Slot:
    """One seat: its kind (place in the posting's reserves, None: open), its group, and the endowed learner who owns it."""

    def __init__(self, kind, group):
        self.kind, self.group, self.owner = kind, group, None


class Round:
    def __init__(self, instance):
        self.instance = canonical_instance(instance)
        self.learners = {l["id"]: l for l in self.instance["learners"]}
        self.postings = {p["id"]: p for p in self.instance["postings"]}
        self.fit = {(l, p): fit for l, p, fit in self.instance["fit"]}
        self.fixed = {l: p for l, p in self.instance["fixed"]}
        self.held = {l: p for l, p in self.instance["held"]}
        key = self.instance["seed"].encode()
        self.lottery = {l: hashlib.blake2b(l.encode(), digest_size=8, key=key).digest() for l in self.learners}
        self.wish = {(l["id"], p): t for l in self.learners.values() for t, tier in enumerate(l["ranking"]) for p in tier}
        self.choice = {(l, p["id"]): t for p in self.postings.values() for t, tier in enumerate(p["ranking"]) for l in tier}

    def employer_tier(self, learner, posting):
        """The employer's tier of the learner; None: unacceptable."""
        employer = self.postings[posting]
        otherwise = len(employer["ranking"]) if employer["accepts_unranked"] else None
        return self.choice.get((learner, posting), otherwise)

    def key(self, learner, posting):
        """Priority at a posting: the smaller comes first. Only of those who are acceptable."""
        return (self.employer_tier(learner, posting), -self.fit.get((learner, posting), 0), self.lottery[learner],
                bytewise(learner))

    def ranked(self, learner):
        """All postings that a learner ranked, in her order."""
        entries = [(t, -self.fit.get((learner, p), 0), bytewise(p), p)
                   for t, tier in enumerate(self.learners[learner]["ranking"]) for p in tier]
        return [entry[-1] for entry in sorted(entries)]


class Run:
    """The pool, or one college by itself."""

    def __init__(self, r, college, endowed):
        self.r, self.endowed = r, endowed
        out = r.fixed if college is None else {**r.fixed, **r.held}
        self.postings = [p for p in r.postings if college is None or r.postings[p]["college"] == college]
        self.members = [l for l in r.learners if l not in out and (college is None or r.learners[l]["college"] == college)]
        self.seats = {p: r.postings[p]["capacity"] - sum(1 for q in out.values() if q == p) for p in self.postings}
        self.slots = {p: self.lay_slots(r.postings[p]) for p in self.postings}
        offered = set(self.postings)
        self.lists = {l: [p for p in r.ranked(l) if p in offered] for l in self.members}
        for learner in sorted(endowed, key=bytewise):
            self.give_slot(learner, self.slots[endowed[learner]])
            if endowed[learner] not in self.lists[learner]:
                self.lists[learner].append(endowed[learner])

    def lay_slots(self, posting):
        left, reserved = self.seats[posting["id"]], []
        for kind, reserve in enumerate(posting["reserves"]):
            count = min(left, reserve["seats"])
            left -= count
            reserved += [Slot(kind, reserve["group"]) for _ in range(count)]
        plain = [Slot(None, None) for _ in range(left)]
        return plain + reserved if posting["reserve_order"] == "last" else reserved + plain

    def give_slot(self, learner, slots):
        groups, free = self.r.learners[learner]["groups"], [s for s in slots if s.owner is None]
        own = [s for s in free if s.group in groups] or [s for s in free if s.kind is None] or free
        own[0].owner = learner

    def fill(self, posting, applicants):
        """[(slot, learner or None)]: each slot in turn takes the best of those who are left."""
        left, filled = set(applicants), []
        for slot in self.slots[posting]:
            able = [l for l in left if l == slot.owner or self.r.employer_tier(l, posting) is not None]
            best = min(able, key=lambda l, s=slot: self.slot_key(s, l, posting), default=None)
            left.discard(best)
            filled.append((slot, best))
        return filled

    def slot_key(self, slot, learner, posting):
        if learner == slot.owner:
            return (0,)
        member = slot.group is not None and slot.group in self.r.learners[learner]["groups"]
        return (1, not member, self.r.key(learner, posting))

    def ranked_phase(self):
        """{learner: posting}: deferred acceptance, all who are free propose at once."""
        step, at, free = dict.fromkeys(self.members, 0), defaultdict(list), list(self.members)
        while free:
            touched = set()
            for learner in free:
                if step[learner] < len(self.lists[learner]):
                    posting = self.lists[learner][step[learner]]
                    step[learner] += 1
                    at[posting].append(learner)
                    touched.add(posting)
            free = []
            for posting in touched:
                kept = [l for _, l in self.fill(posting, at[posting]) if l is not None]
                free += [l for l in at[posting] if l not in kept]
                at[posting] = kept
        return {l: p for p, holders in at.items() for l in holders}

    def stands_unranked(self, learner, result):
        posting = self.endowed.get(learner)
        return posting is not None and result.get(learner) == posting and (learner, posting) not in self.r.wish

    def certify(self, result):
        at = defaultdict(list)
        for learner, posting in result.items():
            at[posting].append(learner)
        return [self.certify_posting(p, self.fill(p, at[p])) for p in sorted(self.postings, key=bytewise)]

    def certify_posting(self, posting, filled):
        reserves = self.r.postings[posting]["reserves"]

        def group(kind):
            return None if kind is None else reserves[kind]["group"]
        kinds = [*range(len(reserves)), None]
        return {"posting": posting,
                "cutoffs": [{"reserve": group(k), "cutoff": self.cutoff(posting, [x for x in filled if x[0].kind == k])}
                            for k in kinds],
                "slots": [{"learner": l, "reserve": group(s.kind), "endowed": l == s.owner} for s, l in filled if l is not None]}

    def cutoff(self, posting, filled):
        if any(l is None for _, l in filled):
            return None
        earned = [(s, l) for s, l in filled if l != s.owner]
        if not earned:
            return "closed"
        tier, minus_fit, lottery, _ = max(
            (s.group is not None and s.group not in self.r.learners[l]["groups"], self.r.key(l, posting))
            for s, l in earned)[1]
        learner = next(l for _, l in earned if self.r.lottery[l] == lottery)
        return {"tier": tier, "fit": -minus_fit, "lottery": lottery.hex(), "learner": learner}


class Assignment:
    """What is open to whom once the ranked phase has ended with `result`."""

    def __init__(self, run, result):
        self.run, self.r = run, run.r
        self.stood = {l for l in result if run.stands_unranked(l, result)}
        self.who = sorted(self.stood | {l for l in run.members if l not in result and self.r.learners[l]["assignable"]},
                          key=bytewise)
        self.seats = dict(run.seats)
        for learner, posting in result.items():
            self.seats[posting] -= learner not in self.stood
        self.open = {l: {p: self.r.fit[l, p] for p in run.postings if (l, p) in self.r.fit
                         and self.r.postings[p]["assignable"] and self.seats[p] > 0} for l in self.who}
        for learner in self.stood:
            own = run.endowed[learner]
            self.open[learner][own] = self.r.fit.get((learner, own), 0)

    def worth(self, learner, posting):
        """What that pair adds, the most important first: stood, placed, of each need, fit."""
        needs = 1 + max((l["tier"] for l in self.r.learners.values()), default=0)
        tiers = [int(self.r.learners[learner]["tier"] == n) for n in range(needs)]
        return (int(learner in self.stood), 1, *tiers, self.open[learner][posting])

    def weights(self):
        """The same as one number, in a base that no sum can reach: compared as one compares digits."""
        base = 1001 * (len(self.who) + 1)
        weight = {}
        for learner in self.who:
            for posting in self.open[learner]:
                number = 0
                for digit in self.worth(learner, posting):
                    number = number * base + digit
                weight[learner, posting] = number
        return weight

    def faults(self, assigned):
        """Is that assignment possible, and as good as can be? If not, some round of changes improves it."""
        for learner, posting in assigned.items():
            if learner not in self.open or posting not in self.open[learner]:
                return [f"{posting} is not open to {learner} for assignment"]
        left = dict(self.seats)
        for posting in assigned.values():
            left[posting] -= 1
        if any(n < 0 for n in left.values()):
            return [f"more are assigned than there are seats: {sorted(p for p in left if left[p] < 0)}"]
        return ["the assignment can be improved by exchanging seats"] if self.improves(assigned, left) else []

    def improves(self, assigned, left):
        """Bellman and Ford over postings and nowhere (None): who moves from where to where, and what that gains."""
        weight, moves = self.weights(), {}
        for learner in self.who:
            here = assigned.get(learner)
            now = weight[learner, here] if here is not None else 0
            for posting in [*self.open[learner], None]:
                gain = (weight[learner, posting] if posting is not None else 0) - now
                if posting != here:
                    moves[here, posting] = max(gain, moves.get((here, posting), gain))
        for posting in self.run.postings:
            moves[None, posting] = max(0, moves.get((None, posting), 0))
            if left[posting] > 0:
                moves[posting, None] = max(0, moves.get((posting, None), 0))
        gain = dict.fromkeys([*self.run.postings, None], 0)
        for _ in range(len(gain) + 1):
            again = False
            for (here, there), more in moves.items():
                if gain[here] + more > gain[there]:
                    gain[there], again = gain[here] + more, True
            if not again:
                return False
        return True


class Check:
    """Works out what the outcome must be, taking its choice of optimal assignments."""

    def __init__(self, instance, outcome):
        self.r, self.outcome, self.faults = Round(instance), outcome, []

    def run(self, run, said):
        """(ranked, assigned, result, certificate) of one run; `said`: {learner: posting} that the outcome tells."""
        result = run.ranked_phase()
        assignment = Assignment(run, result)
        assigned = {l: said[l] for l in assignment.who if l in said}
        self.faults += assignment.faults(assigned)
        ranked = {l: p for l, p in result.items() if l not in assignment.stood}
        fit = sum(assignment.open[l][p] for l, p in assigned.items() if l in assignment.open and p in assignment.open[l])
        return ranked, assigned, result, run.certify(result), fit

    def solo_runs(self):
        r, said = self.r, self.outcome["certificate"]["alone"]["placements"]
        said = {row["learner"]: row["posting"] for row in said}
        colleges = {x["college"] for x in [*r.learners.values(), *r.postings.values()]} - {None}
        ranked, assigned, postings = {}, {}, []
        for college in sorted(colleges, key=bytewise):
            one = self.run(Run(r, college, {}), said)
            ranked.update(one[0])
            assigned.update(one[1])
            postings += one[3]
        self.solo = {**ranked, **assigned}
        return {"placements": self.placements({}, ranked, assigned),
                "postings": sorted(postings, key=lambda row: bytewise(row["posting"]))}

    @staticmethod
    def placements(fixed, ranked, assigned):
        rows = [{"learner": l, "posting": p, "by": by}
                for by, pairs in (("fixed", fixed), ("ranked", ranked), ("assigned", assigned)) for l, p in pairs.items()]
        return sorted(rows, key=lambda row: bytewise(row["learner"]))

    def expected(self):
        r = self.r
        alone = self.solo_runs()
        endowed = {**(self.solo if r.instance["guarantee"] else {}), **r.held}
        pool = Run(r, None, endowed)
        said = {row["learner"]: row["posting"] for row in self.outcome["placements"]}
        ranked, assigned, result, postings, fit = self.run(pool, said)
        at = {**r.fixed, **ranked, **assigned}
        needs = [l["tier"] for l in r.learners.values()]
        tiers = [sum(1 for l in at if r.learners[l]["tier"] == n) for n in range(max(needs, default=-1) + 1)]
        self.promise(endowed, at)
        return {
            "instance_digest": hashlib.blake2b(canonical_json(r.instance).encode(), digest_size=32).hexdigest(),
            "placements": self.placements(r.fixed, ranked, assigned),
            "endowments": [[l, endowed[l]] for l in sorted(endowed, key=bytewise)],
            "unplaced": [self.unplaced(pool, l, result) for l in r.learners if l not in at],
            "colleges": self.colleges(at),
            "objective": {"placed": len(at), "tiers": tiers, "fit": fit},
            "certificate": {"pool": {"postings": postings}, "alone": alone},
        }

    def promise(self, endowed, at):
        """Nobody ends worse than with what she had: placed, and at least as high on her own ranking."""
        for learner, had in endowed.items():
            order = self.r.ranked(learner)
            if learner not in at:
                self.faults.append(f"{learner} had {had} and is not placed")
            elif had in order and at[learner] not in order[:order.index(had) + 1]:
                self.faults.append(f"{learner} had {had} and ends worse")

    def colleges(self, at):
        r, rows = self.r, []
        for college in sorted({l["college"] for l in r.learners.values()} - {None}, key=bytewise):
            own = [l for l in r.learners if r.learners[l]["college"] == college]
            rows.append({"college": college, "learners": len(own),
                         "alone": sum(1 for l in own if l in self.solo or l in r.fixed or l in r.held),
                         "pool": sum(1 for l in own if l in at)})
        return rows

    def ahead(self, pool, learner, posting, result):
        count = 0
        for other in pool.members:
            order, place = pool.lists[other], result.get(other)
            above = (other, posting) in self.r.wish and (place is None or order.index(posting) < order.index(place))
            if other != learner and (above or place == posting) and self.r.employer_tier(other, posting) is not None:
                count += self.r.key(other, posting) < self.r.key(learner, posting)
        return count

    def unplaced(self, pool, learner, result):
        r, who = self.r, self.r.learners[learner]
        acceptable = [p for p in r.ranked(learner) if r.employer_tier(learner, p) is not None]
        eligible = who["assignable"] and any((learner, p) in r.fit for p in r.postings if r.postings[p]["assignable"])
        if not who["ranking"] and not who["assignable"]:
            return {"learner": learner, "reason": "nothing_ranked"}
        if not acceptable and not eligible:
            return {"learner": learner, "reason": "not_eligible"}
        if who["assignable"]:
            return {"learner": learner, "reason": "no_seat"}
        return {"learner": learner, "reason": "outranked",
                "at": [{"posting": p, "ahead": self.ahead(pool, learner, p, result)} for p in acceptable]}


def check(instance, outcome):
    """What is wrong with the outcome, in words; empty: nothing."""
    told = Check(instance, outcome)
    expected = told.expected()
    found = json.loads(json.dumps(outcome))
    for part in found["certificate"].values():
        part.pop("prices", None)
    if (difference := first_difference(expected, found)):
        told.faults.append(difference)
    return told.faults


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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance")
    parser.add_argument("--check", metavar="OUTCOME", required=True)
    args = parser.parse_args()
    sys.stdout.reconfigure(encoding="utf-8")
    with open(args.instance, encoding="utf-8") as file:
        instance = json.load(file)
    with open(args.check, encoding="utf-8") as file:
        faults = check(instance, json.load(file))
    print("\n".join(faults) or "nothing is wrong with the outcome")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
