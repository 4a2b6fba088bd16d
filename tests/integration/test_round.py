# SPDX-License-Identifier: Apache-2.0
"""Rounds of a real pool (matching.md): the sample's round against programs that know only its files and the specification,
the example of domain.md, re-matches, the states of a round and what refuses to move it."""
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import unittest

import mailing
import sample
from feeding import college, csv_text, settle
from pool import BIN, Pool, ROOT, wait_for
from smtp_server import SmtpServer

sys.path.append(os.path.join(ROOT, "tests", "reference"))
import solve_round                                                      # noqa: E402

TIMEOUT = 180
MATCHING = ("employer_intake", "learner_intake", "matching")
REASONS = ("programme", "type", "period", "hours", "weekdays", "language", "distance", "place unknown", "consent")
SEED = int(os.environ.get("BASSIN_SEED", random.SystemRandom().randrange(2**32)))


class Round:
    """A round by its commands."""

    def __init__(self, pool, *words):
        self.pool, self.id = pool, pool.bassin("round", "open", "--title", "Winter", *words).strip()

    def do(self, *words, **options):
        return self.pool.bassin("round", words[0], self.id, *words[1:], **options)

    def show(self, **options):
        return self.pool.json("round", "show", self.id, **options)

    def instance(self):
        return self.do("export")

    def outcome(self):
        return self.do("export", "--outcome")


def check_by_others(test, r):
    """Whoever has the instance solves the round again and gets the same bytes; the verifier accepts them; and a program of
    another language, which knows the specification only, finds nothing wrong with them."""
    with tempfile.TemporaryDirectory() as folder:
        instance, outcome, mine = (os.path.join(folder, name) for name in ("i.json", "o.json", "mine.json"))
        r.do("export", "--instance", "-o", instance)
        r.do("export", "--outcome", "-o", outcome)
        for words in (("bassin-solve", instance, "-o", mine), ("bassin-verify", instance, outcome)):
            done = subprocess.run([os.path.join(BIN, words[0]), *words[1:]], capture_output=True, text=True, timeout=60)
            test.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        with open(instance, "rb") as i, open(outcome, "rb") as o, open(mine, "rb") as m:
            found, again, text = o.read(), m.read(), i.read()
        test.assertEqual(found, again, "solved again, the bytes are the same")
        test.assertEqual(found.decode(), r.outcome())
        test.assertEqual(solve_round.check(json.loads(text), json.loads(found)), [])
        return json.loads(text), json.loads(found)


class SampleRound(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.pool = Pool({"places": sample.PLACES})
        cls.addClassCleanup(cls.pool.destroy)
        cls.pool.start(*MATCHING)
        sample.feed(cls.pool)
        cls.expected = sample.Expected(cls.pool)
        cls.round = Round(cls.pool)
        cls.dry = cls.pool.json("round", "solve", cls.round.id, "--dry-run")
        for word in ("freeze", "solve", "publish"):
            cls.round.do(word)
        cls.shown = cls.round.show()
        cls.instance_text, cls.outcome_text = cls.round.instance(), cls.round.outcome()
        cls.instance, cls.outcome = json.loads(cls.instance_text), json.loads(cls.outcome_text)

    def test_the_instance_is_what_the_files_say(self):
        """Who takes part, every wish, every eligible pair and its fit, the direct offers."""
        expected = solve_round.canonical_instance(self.expected.instance(self.shown["seed"]))
        for part in ("learners", "postings", "fit", "fixed"):
            missing = [row for row in expected[part] if row not in self.instance[part]]
            surplus = [row for row in self.instance[part] if row not in expected[part]]
            self.assertEqual((missing[:3], surplus[:3]), ([], []), part)
        self.assertEqual(self.instance_text, solve_round.canonical_json(expected))
        self.assertGreater(len(expected["fit"]), 5000)
        digest = hashlib.blake2b(self.instance_text.encode(), digest_size=32).hexdigest()
        self.assertEqual((self.shown["instance_digest"], self.outcome["instance_digest"]), (digest, digest))

    def test_others_solve_and_verify_it_from_its_files(self):
        check_by_others(self, self.round)

    def test_the_verifier_names_what_is_wrong_with_another_outcome(self):
        with tempfile.TemporaryDirectory() as folder:
            instance, outcome = os.path.join(folder, "i.json"), os.path.join(folder, "o.json")
            for path, text in ((instance, self.instance_text), (outcome, self.outcome_text.replace('"ranked"', '"fixed"', 1))):
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text)
            done = subprocess.run([os.path.join(BIN, "bassin-verify"), instance, outcome], capture_output=True, text=True,
                                  timeout=60)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)

    def test_every_college_places_in_three_ways_and_no_fewer_than_alone(self):
        self.assertTrue(self.shown["guarantee"] and self.shown["verified"])
        for row in self.shown["colleges"]:
            for way in ("placed_direct", "placed_ranked", "placed_assigned"):
                self.assertGreater(row[way], 0, row)
            self.assertGreaterEqual(row["pool"], row["alone"])
            self.assertEqual(row["better_alone"], 0)
        self.assertGreater(sum(row["pool"] - row["alone"] for row in self.shown["colleges"]), 0, "joining gives something")
        self.assertTrue(any(p["reserves"] for p in self.instance["postings"]))
        self.assertEqual({l["tier"] for l in self.instance["learners"]}, {0, 1, 2})

    def reason(self, unplaced):
        """The report's reason: of those who ranked nothing in the instance, the files tell who ranked none that fits."""
        ranked = unplaced["reason"] == "nothing_ranked" and self.expected.rankings.get(unplaced["learner"])
        return "none_fits" if ranked else unplaced["reason"]

    def test_who_ranked_none_that_fits_is_told_which_and_why(self):
        found = {u["learner"] for u in self.shown["unplaced"] if u["reason"] == "none_fits"}
        self.assertTrue(found, "the sample has some")
        left_out = {(row["learner"], row["posting"]) for row in self.shown["left_out"] if row["reasons"]}
        for learner in found:
            self.assertLessEqual({(learner, p) for _, p in self.expected.rankings[learner]}, left_out)
        self.assertIn("ranked none that fits", self.round.do("show", "--lang", "en"))
        self.assertIn("n'a rien classé qui convienne", self.round.do("show", "--lang", "fr"))

    def test_the_numbers_add_up(self):
        shown, outcome = self.shown, self.outcome
        self.assertEqual([row["institution"] for row in shown["colleges"]], sorted(sample.COLLEGES))
        for row in shown["colleges"]:
            own = [l for l, facts in self.expected.learners.items() if facts["college"] == row["institution"]]
            placed = [p for p in outcome["placements"] if p["learner"] in own]
            unplaced = [u for u in outcome["unplaced"] if u["learner"] in own]
            reasons = [u["reason"] for u in unplaced]
            eligible = {l for l, p in self.expected.pairs if l in own and not self.expected.pairs[l, p][0]}
            eligible |= {l for l in own if self.expected.learners[l]["consent"] and (l in self.expected.offers or any(
                self.expected.may_be_ranked(l, p) for _, p in self.expected.rankings.get(l, [])))}
            self.assertEqual(row, {
                "institution": row["institution"], "learners": len(own), "eligible": len(eligible),
                "placed_direct": sum(p["by"] == "fixed" for p in placed),
                "placed_ranked": sum(p["by"] == "ranked" for p in placed),
                "placed_assigned": sum(p["by"] == "assigned" for p in placed), "placed_before": 0,
                "better_alone": 0, "moved_up": 0, "pool": len(placed),
                "alone": next(c["alone"] for c in outcome["colleges"] if c["college"] == row["institution"]),
                "unplaced_no_consent": sum(not self.expected.learners[l]["consent"] for l in own),
                "unplaced_not_eligible": reasons.count("not_eligible"),
                "unplaced_nothing_ranked": sum(self.reason(u) == "nothing_ranked" for u in unplaced),
                "unplaced_none_fits": sum(self.reason(u) == "none_fits" for u in unplaced),
                "unplaced_outranked": reasons.count("outranked"), "unplaced_no_seat": reasons.count("no_seat"),
                "unplaced_withdrawn": 0,
                "postings": sum(p["college"] == row["institution"] for p in self.expected.postings.values()),
                "seats": sum(p["seats"] for p in self.expected.postings.values() if p["college"] == row["institution"]),
                "seats_filled": sum(p["posting"].startswith(row["institution"] + "/") for p in outcome["placements"]),
            })
            self.assertEqual(row["learners"], len(placed) + sum(row[name] for name in row if name.startswith("unplaced_")))
        for name in ("postings", "seats", "seats_filled"):
            self.assertEqual(shown[name], sum(row[name] for row in shown["colleges"]))
        self.assertEqual(shown["seats_filled"], outcome["objective"]["placed"])
        self.assertEqual(sum(shown["rank_counts"]), sum(row["placed_ranked"] for row in shown["colleges"]))
        self.assertEqual(len(shown["placements"]), outcome["objective"]["placed"])
        self.assertEqual([(p["learner"], p["posting"], p["by"]) for p in shown["placements"]],
                         [(p["learner"], p["posting"], p["by"]) for p in outcome["placements"]])
        self.assertEqual([(u["learner"], u["reason"], [(a["posting"], a["ahead"]) for a in u["at"]]) for u in shown["unplaced"]
                          if u["reason"] not in ("no_consent", "withdrawn")],
                         [(u["learner"], self.reason(u), [(a["posting"], a["ahead"]) for a in u.get("at", [])])
                          for u in outcome["unplaced"]])
        self.assertEqual((shown["waiting_references"], shown["withdrawals"], shown["shortened"]), (0, [], False))

    def test_a_reason_is_given_for_each_wish_that_was_left_out(self):
        found = {(row["learner"], row["posting"]): [name for bit, name in enumerate(REASONS) if row["reasons"] >> bit & 1]
                 for row in self.shown["left_out"]}
        self.assertEqual(found, self.expected.left_out())
        self.assertLessEqual(set(REASONS) - {"distance", "place unknown"}, {r for rs in found.values() for r in rs})

    def test_candidates_and_pairs_say_the_same(self):
        for posting in random.Random(SEED).sample(sorted(self.expected.postings), 8):
            who, name = posting.split("/")
            listed = self.pool.json("list", "candidates", name, "round=" + self.round.id, who=who)
            expected = sorted(((-fit, l) for (l, p), (reasons, fit) in self.expected.pairs.items()
                               if p == posting and not reasons))
            self.assertEqual([(-int(row["fit"]), row["learner"]) for row in listed], expected, (SEED, posting))
            for learner in random.Random(SEED).sample(sorted(self.expected.learners), 6):
                pair = self.pool.json("pair", learner, posting, "--round", self.round.id)
                reasons, fit = self.expected.pairs[learner, posting]
                said = pair.get("reason", [])
                said = sorted([said] if isinstance(said, str) else said)
                self.assertEqual((pair["eligible"], said, int(pair["fit"])),
                                 ("no" if reasons else "yes", sorted(r.replace(" ", "_") for r in reasons), fit),
                                 (SEED, learner, posting))

    def test_the_seed_was_fixed_before_the_lists_were(self):
        self.assertEqual(self.shown["seed_hash"], hashlib.blake2b(self.shown["seed"].encode(), digest_size=32).hexdigest())
        self.assertRegex(self.shown["seed"], "^[0-9a-f]{64}$")
        self.assertEqual((self.dry["seed"], self.dry["dry_run"], self.dry["seed_hash"]),
                         ("dry-run", True, self.shown["seed_hash"]))
        self.assertEqual(self.instance["seed"], self.shown["seed"])

    def test_what_a_coordinator_reads_is_french_or_english(self):
        english = self.round.do("show", "--details", "--lang", "en")
        french = self.round.do("show", "--details", "--lang", "fr")
        self.assertIn("placed by direct offer", english)
        for words in ("\nGuarantee: nobody ends worse", "\nThe verifier has accepted the outcome", "\nWhat each college places alone",
                      "placed by assignment", "placed in the pool"):
            self.assertIn(words, english)
        for words in ("\nGarantie\u202f: personne", "\nLe vérificateur a accepté", "\nCe que chaque établissement place seul",
                      "placés par assignation", "placés dans le bassin"):
            self.assertIn(words, french)
        for word in ("placed", "seats", "learners", "reason", "Not ", "ranked", "choice"):
            self.assertNotIn(word, french)
        for figure in ("198", "659", str(self.shown["seats_filled"]), self.shown["seed"]):
            self.assertIn(figure, english)
            self.assertIn(figure, french)

    def test_a_college_reads_its_own_ids_and_figures_and_the_pools_under_their_names(self):
        sums = [0] * len(self.shown["rank_counts"])
        ids = {row["pool_number"]: row["external_id"] for name in sample.COLLEGES
               for row in self.pool.json("list", "learners", who=name)}
        for name in sample.COLLEGES:
            own = self.round.show(who=name)
            (row,) = own["colleges"]
            self.assertEqual(sum(own["own_rank_counts"]), row["placed_ranked"])
            choices = [p["choice"] for p in own["placements"] if p["institution"] == name and p["by"] == "ranked"]
            self.assertEqual([choices.count(n) for n in range(1, max(choices) + 1)], own["own_rank_counts"])
            self.assertEqual({p["choice"] for p in own["placements"] if p["institution"] != name}, {0},
                             "which choice another college's learner got is hers")
            for n, count in enumerate(own["own_rank_counts"]):
                sums[n] += count
            self.assertEqual((own["rank_counts"], own["seats"]), (self.shown["rank_counts"], self.shown["seats"]))
            for part in ("placements", "unplaced", "left_out"):
                self.assertEqual([(l["learner"], l["external_id"]) for l in own[part]],
                                 [(l["learner"], ids[l["learner"]] if l["institution"] == name else "") for l in own[part]])
            text = self.round.do("show", "--details", who=name)
            mine = next(p["learner"] for p in own["placements"] if p["institution"] == name)
            self.assertIn(" %s (%s) " % (ids[mine], mine), text)
            self.assertIn("Your learners placed by ranking (%d in all)" % row["placed_ranked"], text)
            self.assertIn("Placed by ranking in the whole pool (%d in all)" % sum(self.shown["rank_counts"]), text)
            self.assertIn("In the whole pool: %d postings, %d seats" % (self.shown["postings"], self.shown["seats"]), text)
        self.assertEqual(sums, self.shown["rank_counts"])
        self.assertEqual(self.shown["own_rank_counts"], [])
        self.assertEqual({l["external_id"] for part in ("placements", "unplaced", "left_out") for l in self.shown[part]}, {""},
                         "for the operator they are numbers")
        self.assertNotIn("Your learners", self.round.do("show"))

    def test_a_placed_round_takes_the_seats(self):
        """Matching tells the employers' side, which closes what is full."""
        filled = {}
        for placement in self.outcome["placements"]:
            filled[placement["posting"]] = filled.get(placement["posting"], 0) + 1

        def stored():
            rows = self.pool.sql("employer_intake", "SELECT institution || '/' || external_id, seats_taken, state FROM posting")
            return {row[0]: row[1:] for row in rows}
        expected = {p: (filled.get(p, 0), "filled" if filled.get(p, 0) >= facts["seats"] else "open")
                    for p, facts in self.expected.postings.items()}
        wait_for(lambda: stored() == expected, 20, "seats taken")


class FourAndFour(unittest.TestCase):
    """The example at the end of domain.md, as a college's files."""
    EMPLOYERS = {"X": "bcad", "Y": "abcd", "Z": "bacd", "W": "cabd"}
    LEARNERS = {"a": "XYZW", "b": "ZXYW", "c": "WXYZ", "d": "XYZW"}
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.pool = Pool({"freeze_wait_ms": "1500"})
        cls.addClassCleanup(cls.pool.destroy)
        cls.pool.start(*MATCHING)
        cls.college = c = college(cls.pool, "exemple")
        c.rows("programmes", {})
        c.rows("employers", *({"external_id": name} for name in cls.EMPLOYERS))
        c.rows("postings", *({"external_id": name, "employer": name, "seats": "1", "competencies": "", "reserves": ""}
                             for name in cls.EMPLOYERS))
        c.rows("learners", *({"external_id": name, "competencies": "", "groups": "", "tier": "", "assignable": "no"}
                             for name in cls.LEARNERS))
        c.rows("learner_rankings", *({"learner": l, "tier": str(n), "posting": p}
                                     for l, ps in cls.LEARNERS.items() for n, p in enumerate(ps, 1)))
        c.rows("employer_rankings", *({"posting": p, "tier": str(n), "learner": l}
                                      for p, ls in cls.EMPLOYERS.items() for n, l in enumerate(ls, 1)))
        cls.number = {row["external_id"]: row["pool_number"] for row in c.list("learners")}
        cls.name = {number: name for name, number in cls.number.items()}

    def placed(self, report):
        return {p["posting"].split("/")[1] + "-" + self.name[p["learner"]] for p in report["placements"]}

    def refused(self, *words, saying, status=3, who="ccr"):
        done = self.pool.run("round", *words, who=who)
        self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
        self.assertIn(saying, done.stderr)


class SecondRound(unittest.TestCase):
    """What a published round has placed stands: P has three seats, Q two; a and d are placed by the first round."""

    @classmethod
    def setUpClass(cls):
        cls.server = SmtpServer()
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.pool = Pool(dict(mailing.SOON, smtp_url=cls.server.url, mail_mode="send"))
        cls.addClassCleanup(cls.pool.destroy)
        cls.pool.start()
        cls.college = c = college(cls.pool, "suite")
        c.rows("programmes", {})
        c.rows("employers", *({"external_id": name, "contact_email": "%s@firme.example" % name} for name in "PQ"))
        c.rows("postings", *({"external_id": name, "employer": name, "seats": seats, "competencies": "", "reserves": ""}
                             for name, seats in (("P", "3"), ("Q", "2"))))

    def play(self, wishes):
        """Feeds learners who rank one posting each, publishes a round: what it shows, and the letters about it."""
        self.college.rows("learners", *({"external_id": l, "given_name": "Prenom-" + l, "competencies": "", "groups": "",
                                         "tier": "", "assignable": "no"} for l in wishes))
        self.college.rows("learner_rankings", *({"learner": l, "tier": str(n), "posting": p}
                                                for l, ps in wishes.items() for n, p in enumerate(ps, 1)))
        mails = {row["message_id"] for row in self.college.list("mail")}
        r = Round(self.pool)
        for word in ("freeze", "solve", "publish"):
            r.do(word)
        settle(self.pool)
        wait_for(lambda: any(row["kind"] == "round_summary" and row["message_id"] not in mails
                             for row in self.college.list("mail")), 30, mailing.Why(self.pool))
        mailing.wait_until_ended(self.pool, 0)
        new = {row["message_id"]: row["kind"] for row in self.college.list("mail") if row["message_id"] not in mails}
        letters = [mailing.parsed(mail) for mail in self.server.mails]
        return r, [(new[i], m) for m in letters for i in [m["Message-Id"].strip("<>")] if i in new]

    def test_a_second_round_places_nobody_twice_and_writes_only_of_who_is_new(self):
        first, letters = self.play({"a": "P", "d": "Q"})
        self.assertEqual(sorted(m["To"].addresses[0].addr_spec for kind, m in letters if kind == "candidates"),
                         ["P@firme.example", "Q@firme.example"])
        second, letters = self.play({"b": "P", "c": "P", "e": "P"})
        shown, number = second.show(), {row["external_id"]: row["pool_number"] for row in self.college.list("learners")}
        name = {v: k for k, v in number.items()}
        placed = {name[p["learner"]]: (p["posting"], p["by"]) for p in shown["placements"]}
        self.assertEqual((placed.pop("a"), placed.pop("d")), (("suite/P", "standing"), ("suite/Q", "standing")))
        self.assertEqual((set(placed.values()), len(placed)), ({("suite/P", "ranked")}, 2))
        row = shown["colleges"][0]
        self.assertEqual((row["learners"], row["placed_before"], row["placed_ranked"], row["unplaced_outranked"], row["seats"],
                          row["seats_filled"]), (5, 2, 2, 1, 5, 4))
        instance, _ = check_by_others(self, second)
        self.assertEqual(sorted(instance["held"]), sorted([number["a"], "suite/P"] if l == "a" else [number["d"], "suite/Q"]
                                                          for l in "ad"))
        (letter,) = [m for kind, m in letters if kind == "candidates"]
        self.assertEqual(letter["To"].addresses[0].addr_spec, "P@firme.example")
        text = mailing.text_of(letter)
        self.assertEqual({l for l in "abcde" if "Prenom-" + l in text}, set(placed))
        (summary,) = [m for kind, m in letters if kind == "round_summary"]
        self.assertIn("2 élèves placés sur 3", summary["Subject"])
        self.assertNotIn(number["a"], mailing.text_of(summary))
        self.assertIn("Placés avec vos seules offres (tours précédents compris)\u202f: 4", mailing.text_of(summary))
        self.assertIn("Placés dans le bassin (tours précédents compris)\u202f: 4", mailing.text_of(summary))
        self.assertIn("placés auparavant", second.do("show", "--lang", "fr"))
        self.assertNotIn("placés auparavant", first.do("show", "--lang", "fr"))

        def taken():
            return dict(self.pool.sql("employer_intake", "SELECT external_id, seats_taken FROM posting"))
        wait_for(lambda: taken() == {"P": 3, "Q": 1}, 20, "both rounds' seats")
        second.do("withdraw", "--yes", "--reason", "begun anew")
        wait_for(lambda: taken() == {"P": 1, "Q": 1}, 20, "the first round's seats")


    def check_what_show_says(self, first, second):
        """A coordinator looks at a learner's card first."""
        def rounds(learner):
            return [(row["round"], row["posting"], row["placed_by"], row["choice"], row["moved_from"], row["stands"], row["state"])
                    for row in self.pool.json("show", learner, who="suite")["rounds"]]
        self.assertEqual(rounds("f"), [(first.id, "suite/Q", "ranked", "2", "", "no", "published"),
                                       (second.id, "suite/R", "ranked", "1", "suite/Q", "yes", "published")])
        self.assertEqual([row[:2] for row in rounds("g")], [(first.id, "suite/R")])
        card = self.pool.bassin("show", "f", who="suite")
        self.assertRegex(card, r"suite/R +she has this place +ranking +1 +Winter +published +%s" % second.id)
        self.assertRegex(card, r"suite/Q +no longer hers +ranking +2 +Winter +published +%s" % first.id)
        listed = self.pool.json("list", "placements", "posting=R", who="suite")
        self.assertEqual({(row["learner"], row["stands"]) for row in listed}, {("f", "yes"), ("g", "yes")})
        self.assertEqual({len(row["learner"]) for row in self.pool.json("list", "placements")}, {10}, "numbers for the operator")
        self.assertEqual(self.pool.json("list", "placements", "nobody", who="suite"), [])
        self.assertEqual(self.pool.json("list", "placements", who=college(self.pool, "tiers").who), [])

    def test_who_stands_may_move_up_and_nobody_is_moved_otherwise(self):
        """Q has two seats, R one: f and g want R first, g gets it. Then R gets a second seat."""
        self.college.rows("employers", {"external_id": "R", "contact_email": "R@firme.example"})
        for name, seats in (("Q", "2"), ("R", "1")):
            self.college.rows("postings", {"external_id": name, "employer": name, "seats": seats, "competencies": "",
                                           "reserves": "", "assignable": "no"})
        self.college.rows("employer_rankings", {"posting": "R", "tier": "1", "learner": "g"},
                          {"posting": "R", "tier": "2", "learner": "f"})
        first, _ = self.play({"f": "RQ", "g": "R"})
        number = {row["external_id"]: row["pool_number"] for row in self.college.list("learners")}
        name = {v: k for k, v in number.items()}

        def placed(r):
            return {name[p["learner"]]: (p["posting"].split("/")[1], p["by"], p["moved_from"]) for p in r.show()["placements"]
                    if p["learner"] in (number["f"], number["g"], number.get("h"))}
        self.assertEqual(placed(first), {"f": ("Q", "ranked", ""), "g": ("R", "ranked", "")})
        self.college.rows("postings", {"external_id": "R", "employer": "R", "seats": "2", "competencies": "", "reserves": "",
                                       "assignable": "no"})
        second, letters = self.play({"h": "Q"})
        number = {row["external_id"]: row["pool_number"] for row in self.college.list("learners")}
        name = {v: k for k, v in number.items()}
        self.assertEqual(placed(second), {"f": ("R", "ranked", "suite/Q"), "g": ("R", "standing", ""), "h": ("Q", "ranked", "")})
        check_by_others(self, second)
        row = second.show()["colleges"][0]
        self.assertEqual((row["moved_up"], row["placed_ranked"], row["better_alone"]), (1, 2, 0))
        self.assertIn("quitte suite/Q pour mieux", second.do("show", "--details", "--lang", "fr"))
        texts = {m["To"].addresses[0].addr_spec: mailing.text_of(m) for kind, m in letters if kind == "candidates"}
        self.assertEqual(sorted(texts), ["Q@firme.example", "R@firme.example"])
        self.assertIn("NE VIENT PLUS", texts["Q@firme.example"])
        self.assertIn("Prenom-f", texts["Q@firme.example"])
        self.assertIn("Prenom-h", texts["Q@firme.example"])
        self.assertNotIn("NE VIENT PLUS", texts["R@firme.example"])
        third = Round(self.pool)
        for word in ("freeze", "solve"):
            third.do(word)
        self.assertEqual({p["by"] for p in third.show()["placements"]}, {"standing"}, "nobody has a reason to move")
        third.do("withdraw", "--yes", "--reason", "the test is over")
        self.check_what_show_says(first, second)
        second.do("withdraw", "--learner", "h", "--reason", "moved away", who="suite")
        self.assertRegex(self.pool.bassin("show", "h", who="suite"), r"suite/Q +no longer hers +ranking")
        wait_for(lambda: self.pool.sql("employer_intake", "SELECT seats_taken FROM posting WHERE external_id = 'Q'") == [(1,)],
                 20, "the seat that she has given up is free")
        check_by_others(self, second)
        self.assertEqual([w["reason"] for w in second.show()["withdrawals"]], ["moved away"])
        second.do("withdraw", "--yes", "--reason", "begun anew")
        self.assertEqual(sorted(self.pool.sql("matching", "SELECT learner, posting FROM standing WHERE learner IN ('%s', '%s')" % (
            number["f"], number["g"]))), sorted([(number["f"], "suite/Q"), (number["g"], "suite/R")]), "as before it")


class Life(FourAndFour):
    def test_a_round_moves_only_as_its_states_allow(self):
        r = Round(self.pool)
        self.refused("solve", r.id, saying="must be in one of these states: frozen, solved")
        self.refused("publish", r.id, saying="must be in one of these states: solved")
        self.refused("close", r.id, saying="must be in one of these states: published")
        self.refused("export", r.id, saying="must be in one of these states: frozen, solved")
        opened = r.show()
        self.assertEqual((opened["state"], opened["seed"], len(opened["seed_hash"])), ("ROUND_OPENED", "", 64))
        dry = self.pool.json("round", "solve", r.id, "--dry-run")
        self.assertEqual((dry["seed"], dry["dry_run"], r.show()["state"]), ("dry-run", True, "ROUND_OPENED"))
        r.do("freeze")
        frozen = r.show()
        self.assertEqual(frozen["seed_hash"], opened["seed_hash"])
        self.assertEqual(frozen["seed_hash"], hashlib.blake2b(frozen["seed"].encode(), digest_size=32).hexdigest())
        self.refused("freeze", r.id, saying="must be in one of these states: open")
        self.refused("publish", r.id, saying="must be in one of these states: solved")
        self.refused("export", r.id, "--outcome", saying="must be in one of these states: solved, published, closed")
        r.do("solve")
        outcome = r.outcome()
        r.do("solve")
        self.assertEqual(r.outcome(), outcome, "the same again")
        self.refused("close", r.id, saying="must be in one of these states: published")
        r.do("publish")
        self.refused("publish", r.id, saying="must be in one of these states: solved")
        self.refused("solve", r.id, saying="must be in one of these states: frozen, solved")
        r.do("close")
        self.refused("withdraw", r.id, "--yes", "--reason", "late", saying="state")
        self.assertEqual(r.show()["state"], "ROUND_CLOSED")
        self.refused("show", "0" * 32, saying="is not known")


    def test_without_an_id_the_round_that_is_on_its_way_is_meant(self):
        done = Round(self.pool)
        for word in ("freeze", "solve", "publish"):
            done.do(word)
        self.addCleanup(done.do, "close")
        for words in (("solve", "--dry-run"), ("solve",), ("freeze",), ("publish",)):
            self.refused(*words, saying="no round is open, frozen or solved; 'bassin round open' opens one")
        r = Round(self.pool)
        self.assertEqual(self.pool.json("round", "solve", "--dry-run")["round"], r.id)
        for word in ("freeze", "solve", "publish"):
            self.assertEqual(self.pool.json("round", word)["round"], r.id)
        self.assertEqual(r.show()["state"], "ROUND_PUBLISHED")
        r.do("withdraw", "--yes", "--reason", "the test is over")

    def test_who_opens_a_round_is_told_of_another_that_is_not_published(self):
        first = self.pool.run("round", "open", "--title", "Hiver")
        self.assertNotIn("not published", first.stderr)
        second = self.pool.run("round", "open")
        self.assertEqual((first.returncode, second.returncode), (0, 0), second.stderr)
        self.assertRegex(second.stderr, "Another round is not published yet: %s - Hiver .open.*bassin round withdraw %s --yes" % (
            first.stdout.strip(), first.stdout.strip()))
        self.assertRegex(second.stdout, "^[0-9a-f]{32}\n$")
        for opened in (first, second):
            self.pool.bassin("round", "withdraw", opened.stdout.strip(), "--yes", "--reason", "the test is over")


class Example(FourAndFour):
    """A stable match differs from the lowest sum of ranks; and what happens around a round."""

    def solved(self):
        r = Round(self.pool)
        r.do("freeze")
        r.do("solve")
        self.addCleanup(r.do, "withdraw", "--yes", "--reason", "the test is over")
        return r

    def test_the_stable_result_comes_out(self):
        r = self.solved()
        self.assertEqual(self.placed(r.show()), {"X-a", "Y-d", "Z-b", "W-c"})
        r.do("publish")
        self.assertEqual(self.placed(r.show(who="exemple")), {"X-a", "Y-d", "Z-b", "W-c"})
        check_by_others(self, r)

    def test_a_college_may_not_run_rounds(self):
        for words in (("open",), ("freeze", "x"), ("solve", "x"), ("publish", "x"), ("close", "x")):
            self.refused(*words, saying="this key may not do that", who="exemple")

    def test_an_outcome_that_was_changed_in_the_store_is_not_published(self):
        r = self.solved()
        self.pool.sql("matching", """UPDATE round_file SET data = convert_to(replace(convert_from(data, 'UTF8'),
            '"by":"ranked"', '"by":"fixed"'), 'UTF8') WHERE round = '%s'""" % r.id)
        self.refused("publish", r.id, saying="the verifier has not accepted the outcome: ")
        self.assertEqual(r.show()["state"], "ROUND_SOLVED")
        r.do("solve")
        check_by_others(self, r)
        r.do("publish")

    def test_without_the_guarantee_the_rule_is_told_and_the_worse_off_are_counted(self):
        r = Round(self.pool, "--no-guarantee")
        self.addCleanup(r.do, "withdraw", "--yes", "--reason", "the test is over")
        r.do("freeze")
        r.do("solve")
        instance, _ = check_by_others(self, r)
        self.assertFalse(instance["guarantee"] or r.show()["guarantee"])
        self.assertIn("Aucune garantie dans ce tour", r.do("show", "--lang", "fr"))
        self.assertIn("No guarantee in this round", r.do("show", "--lang", "en"))

    def test_what_is_fed_during_a_frozen_round_is_for_the_next_one(self):
        r = Round(self.pool)
        self.addCleanup(r.do, "withdraw", "--yes", "--reason", "the test is over")
        r.do("freeze")
        before = r.instance()
        self.college.rows("learner_rankings", {"learner": "a", "tier": "1", "posting": "Y"})
        self.addCleanup(self.college.rows, "learner_rankings", *({"learner": "a", "tier": str(n), "posting": p}
                                                                 for n, p in enumerate(self.LEARNERS["a"], 1)))
        r.do("solve")
        self.assertEqual(r.instance(), before)
        check_by_others(self, r)
        dry = Round(self.pool)
        self.addCleanup(dry.do, "withdraw", "--yes", "--reason", "the test is over")
        dry.do("freeze")
        self.assertNotEqual(json.loads(dry.instance())["learners"], json.loads(before)["learners"])

    def test_who_withdraws_after_the_freeze_is_listed_for_all_and_out_of_the_next_solution(self):
        r = self.solved()
        self.refused("withdraw", r.id, "--learner", "nobody", "--reason", "x", saying="is not known", who="exemple")
        self.assertEqual(self.pool.run("round", "withdraw", r.id, "--learner", "b", who="exemple").returncode, 2)
        r.do("withdraw", "--learner", "b", "--reason", "moved away", who="exemple")
        frozen = r.show()
        self.assertEqual(frozen["state"], "ROUND_FROZEN", "what was solved with her is void")
        self.refused("publish", r.id, saying="must be in one of these states: solved")
        self.refused("withdraw", r.id, "--learner", "b", "--reason", "again", saying="may stand only once", who="exemple")
        r.do("withdraw", "--posting", "exemple/W", "--reason", "no work left")
        r.do("solve")
        instance = r.instance()
        self.assertNotIn(self.number["b"], instance)
        self.assertNotIn("exemple/W", instance)
        check_by_others(self, r)
        r.do("publish")
        other = college(self.pool, "autre")
        for who in ("ccr", "exemple", other.who):
            listed = [(w["learner"], w["posting"], w["reason"], w["external_id"]) for w in r.show(who=who)["withdrawals"]]
            self.assertEqual(listed, [(self.number["b"], "", "moved away", "b" if who == "exemple" else ""),
                                      ("", "exemple/W", "no work left", "")], who)
        row = r.show()["colleges"][0]
        self.assertEqual((row["learners"], row["unplaced_withdrawn"], row["placed_ranked"]), (4, 1, 3))

    def test_a_distance_that_is_not_known_is_not_told_as_none(self):
        c = self.college
        c.rows("employers", {"external_id": "nowhere", "latitude": "", "longitude": "", "postal_code": "J9Z 9Z9"})
        c.rows("postings", {"external_id": "V", "employer": "nowhere", "seats": "1", "competencies": "", "reserves": "",
                            "latitude": "", "longitude": "", "postal_code": "", "place": "on_site"})
        self.addCleanup(self.pool.bassin, "posting", "withdraw", "V", "--reason", "the test is over", who=c.who)
        c.rows("learners", {"external_id": "e", "competencies": "", "groups": "", "tier": "", "assignable": "no",
                            "max_distance_km": ""})
        self.addCleanup(self.pool.bassin, "learner", "erase", "e", "--yes", who=c.who)
        wait_for(lambda: self.pool.sql("matching", """SELECT FROM view_posting, view_learner
            WHERE posting = 'exemple/V' AND external_id = 'e'"""), 20, "both in the view")
        (row,) = [row for row in c.list("candidates", "V") if row["learner"] not in self.name]
        self.assertEqual((row["distance"], row["competencies"]), ("unknown", "1000"))
        pair = self.pool.json("pair", "e", "V", who=c.who)
        self.assertEqual((pair["eligible"], pair["fit_distance"], pair["distance_m"]), ("yes", "unknown", "unknown"))
        self.assertRegex(self.pool.bassin("pair", "e", "V", who=c.who), "distance, m +unknown, since a place is: give")
        self.assertIn("inconnue", self.pool.bassin("list", "candidates", "V", "--lang", "fr", who=c.who))

    def test_a_feed_says_which_postings_that_it_names_nobody_knows(self):
        c = self.college
        ranking = csv_text([{"learner": "a", "tier": str(n), "posting": p}
                            for n, p in enumerate(("X", "nowhere", "autre/nowhere"), 1)])
        fed = c.run("learner_rankings", ranking, "--dry-run")
        self.assertIn("\n2 postings named here are not known yet: autre/nowhere, nowhere\n", fed.out)
        self.assertIn("waits", fed.out)
        self.assertNotIn("not known", c.run("learner_rankings", csv_text(
            [{"learner": "a", "tier": "1", "posting": "exemple/X"}]), "--dry-run").out)
        self.assertIn("1 offre nommée ici n'est pas encore connue\u202f: nowhere", c.run("direct_offers", csv_text(
            [{"learner": "a", "posting": "nowhere"}]), "--dry-run", "--lang", "fr").out)
        matching = self.pool.service("matching")
        matching.kill(signal.SIGTERM)
        try:
            fed = c.run("learner_rankings", ranking, "--dry-run")
        finally:
            matching.launch()
            self.pool.wait_until_active("matching")
        self.assertEqual(fed.status, 0, "the rows are taken all the same")
        self.assertIn("Matching has not said", fed.out)

    def test_a_freeze_names_the_log_that_it_does_not_hear(self):
        r = Round(self.pool)
        self.addCleanup(r.do, "withdraw", "--yes", "--reason", "the test is over")
        service = self.pool.service("learner_intake")
        service.kill(signal.SIGTERM)
        try:
            self.refused("freeze", r.id, saying="learner_intake a service was not heard in time; try again")
            self.assertEqual(r.show()["state"], "ROUND_OPENED")
        finally:
            service.launch()
            self.pool.wait_until_active("learner_intake")
        r.do("freeze")

    def test_a_service_killed_while_it_solves_solves_again(self):
        print("# seed %d" % SEED)
        rng, matching = random.Random(SEED), self.pool.service("matching")
        r = Round(self.pool)
        self.addCleanup(r.do, "withdraw", "--yes", "--reason", "the test is over")
        r.do("freeze")
        for _ in range(6):
            solving = self.pool.popen("round", "solve", r.id)
            try:
                solving.wait(rng.uniform(0, 0.05))
            except subprocess.TimeoutExpired:
                pass
            matching.kill()
            matching.launch()
            out, err = solving.communicate(timeout=60)
            self.assertEqual(solving.returncode, 0, err)
        check_by_others(self, r)
        r.do("publish")
        self.assertEqual(self.placed(r.show()), {"X-a", "Y-d", "Z-b", "W-c"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
