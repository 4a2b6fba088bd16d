# SPDX-License-Identifier: Apache-2.0
"""Firms out of records of several colleges. Real names and places (BASSIN_TEST_DATA), split among five colleges with
overlaps, written as five people would write them: other case, accents, legal forms and misspellings, at random. The test
knows which records are one firm; contacts and NEQs are invented. BASSIN_TEST_SEED gives a run again."""
import csv
import io
import itertools
import os
import random
import re
import unicodedata
import unittest

from feeding import GOOD, college, csv_text
from pool import OPERATOR, Pool, ROOT

BUILDS = ("plain", "asan")
TIMEOUT = 240
DATA = os.environ.get("BASSIN_TEST_DATA", os.path.join(os.path.dirname(ROOT), "shared", "data"))
FIRMS = os.path.join(DATA, "lmia_2023q3_pos_en.csv")
POSTAL_CODE = re.compile(r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] ?\d[ABCEGHJ-NPRSTV-Z]\d")
COLLEGES = ["c%d" % n for n in range(1, 6)]
COUNT = 2500
COLUMNS = ["external_id", "legal_name", "neq", "language", "contact_name", "contact_email", "municipality", "postal_code"]
FORMS = ["inc.", "Inc", "INC.", "ltée", "Ltd.", "ltd", "Limited", "limitée", "enr.", "S.E.N.C.", "corp.", "Corporation", "LLC",
         "& Co.", "et cie", ""]
FORM = re.compile(r"[ ,]+(inc|ltd|ltée|ltee|limited|corp|corporation|incorporated|llc|enr|senc|s\.e\.n\.c)\.?$", re.IGNORECASE)


def plain(text):
    """Letters and digits alone: the truth's own way of saying that two rows of the source name one firm."""
    text = unicodedata.normalize("NFKD", FORM.sub("", text.strip())).casefold()
    return "".join(c for c in text if c.isalnum())


def source():
    """Firms of the file as (name, municipality, postal code), all those of a postal code next to each other."""
    with open(FIRMS, "rb") as f:
        raw = f.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    firms = {}
    for row in csv.DictReader(io.StringIO(text, newline="")):
        code = POSTAL_CODE.search(row["Address"] or "")
        if code and plain(row["Employer"]):
            place = code.group(0).replace(" ", "")
            firms.setdefault((place, plain(row["Employer"])), (row["Employer"].strip(), row["Address"].split(",")[0], place))
    return [firms[key] for key in sorted(firms)]


class Hand:
    """Somebody who writes a firm's name in her own way."""

    def __init__(self, rng):
        self.rng = rng

    def chance(self, share):
        return self.rng.random() < share

    def misspell(self, name):
        words = re.findall(r"[^\W\d_]{5,}", name)
        if not words:
            return name
        word = self.rng.choice(words)
        at = self.rng.randrange(1, len(word) - 1)
        wrong = self.rng.choice([word[:at] + word[at + 1:], word[:at] + word[at] + word[at:],
                                 word[:at] + word[at + 1] + word[at] + word[at + 2:],
                                 word[:at] + self.rng.choice("aeinrst") + word[at + 1:]])
        return name.replace(word, wrong, 1)

    def write(self, name):
        if self.chance(0.4):
            name = (FORM.sub("", name) + " " + self.rng.choice(FORMS)).strip()
        if self.chance(0.5):
            name = self.misspell(name)
        if self.chance(0.3):
            name = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
        if self.chance(0.3):
            name = name.replace(" & ", self.rng.choice([" et ", " and ", " &  "]))
        if self.chance(0.2):
            name = name.replace("-", " ").replace(" ", "  ", 1)
        if self.chance(0.1):
            name = name.replace("'", "’")
        return self.rng.choice([str, str.upper, str.lower, str.title])(name)


class Truth:
    """Rows for each college, and which pairs of them are one firm."""

    def __init__(self, seed, count=COUNT):
        rng = random.Random(seed)
        hand, firms = Hand(rng), source()
        start = rng.randrange(len(firms) - count)
        self.rows = {name: [] for name in COLLEGES}
        self.pairs, self.neqs = set(), 0
        for number, (name, municipality, place) in enumerate(firms[start:start + count]):
            neq = "11%08d" % number if rng.random() < 0.3 else ""
            records = []
            for owner in rng.sample(COLLEGES, rng.choice([1, 1, 2, 2, 3])):
                row = {"external_id": "%s%d" % (owner[1:], number), "legal_name": hand.write(name),
                       "neq": neq if rng.random() < 0.7 else "", "language": rng.choice(["fr", "en"]),
                       "contact_name": "Zoraïde Qwx%d" % number, "contact_email": "%s.%d@firms.example" % (owner, number),
                       "municipality": rng.choice([municipality, municipality.upper()]),
                       "postal_code": rng.choice([place, place[:3] + " " + place[3:]])}
                self.rows[owner].append(row)
                records.append("%s/%s" % (owner, row["external_id"]))
            self.pairs.update(itertools.combinations(sorted(records), 2))
        for rows in self.rows.values():
            rng.shuffle(rows)


@unittest.skipUnless(os.path.exists(FIRMS), "no third-party data")
class RealFirms(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.seed = int(os.environ.get("BASSIN_TEST_SEED") or random.SystemRandom().randrange(1 << 32))
        print("# firms: BASSIN_TEST_SEED=%d" % cls.seed, flush=True)
        cls.truth = Truth(cls.seed)
        cls.pool = Pool()
        cls.addClassCleanup(cls.pool.destroy)
        cls.pool.start()
        cls.colleges = {name: college(cls.pool, name) for name in COLLEGES}
        for name, feeder in cls.colleges.items():
            fed = feeder.feed("employers", csv_text(cls.truth.rows[name], COLUMNS))
            assert fed.status == 0, fed.out[:1000]

    def suspects(self, *filters, who=OPERATOR):
        return {(row["employer_a"], row["employer_b"]): row for row in self.pool.json("firm", "suspects", *filters, who=who)}

    def test_firms_are_found_and_few_that_are_none(self):
        found, names = set(self.suspects()), {"%s/%s" % (owner, row["external_id"]): row["legal_name"]
                                              for owner, rows in self.truth.rows.items() for row in rows}
        right = len(found & self.truth.pairs)
        precision, recall = right / len(found), right / len(self.truth.pairs)
        print("# firms: %d records, %d pairs are one firm, %d suspected: precision %.4f recall %.4f" % (
            len(names), len(self.truth.pairs), len(found), precision, recall), flush=True)
        wrong = [(names[a], names[b]) for a, b in sorted(found - self.truth.pairs)]
        missed = [(names[a], names[b]) for a, b in sorted(self.truth.pairs - found)]
        self.assertGreaterEqual(precision, 0.98, "seed %d: %r" % (self.seed, wrong[:20]))
        self.assertGreaterEqual(recall, 0.9, "seed %d: %r" % (self.seed, missed[:20]))

    def test_a_college_sees_its_own_pairs_and_nobodys_contacts(self):
        every = self.suspects()
        for name in COLLEGES:
            own = self.suspects(who=name)
            self.assertEqual(set(own), {pair for pair in every if name in (pair[0].split("/")[0], pair[1].split("/")[0])})
            out = self.pool.bassin("firm", "suspects", "--csv", who=name)
            self.assertEqual(len(out.splitlines()), len(own) + 1)
            self.assertNotIn("firms.example", out)
            self.assertNotIn("Qwx", out)

    def firms(self):
        return sorted(self.pool.sql("employer_intake", "SELECT * FROM firm_member"))

    def records(self):
        return sorted(self.pool.sql("employer_intake", "SELECT * FROM employer"), key=str)

    def test_merging_and_unmerging_are_exact(self):
        rng, records = random.Random(self.seed), self.records()
        suspected = sorted(self.suspects("state=suspected"))
        pairs, firms = rng.sample(suspected, 12), self.firms()
        states = []
        for one, other in pairs:
            self.pool.bassin("firm", "propose", one, other, "--reason", "même enseigne", who=one.split("/")[0])
            self.pool.bassin("firm", "merge", *rng.sample([one, other], 2))
            states.append(self.firms())
            for who in (one.split("/")[0], other.split("/")[0], OPERATOR):
                shown = {row["employer"] for row in self.pool.json("firm", "show", one, who=who)}
                self.assertLessEqual({one, other}, shown)
        self.assertEqual(len(self.suspects("state=merged")), len(pairs))
        for pair, state in zip(reversed(pairs), reversed([firms] + states[:-1])):
            self.pool.bassin("firm", "unmerge", *pair, "--reason", "deux entreprises")
            self.assertEqual(self.firms(), state)
        self.assertEqual(sorted(self.suspects("state=suspected")), suspected)
        self.assertEqual(self.records(), records)
        acts = [row["command"] for row in self.pool.json("firm", "history", pairs[0][0])]
        self.assertEqual(acts[:1] + acts[-1:], ["propose", "unmerge"])

    def test_each_does_what_is_hers(self):
        one, other = sorted(self.suspects("state=suspected"))[-1]
        a, b = one.split("/")[0], other.split("/")[0]
        third = next(name for name in COLLEGES if name not in (a, b))
        self.pool.bassin("firm", "merge", one, other, status=3)
        self.pool.bassin("firm", "propose", one, other, who=third, status=3)
        self.pool.bassin("firm", "show", one, who=third, status=3)
        self.pool.bassin("firm", "propose", one, other, status=3)
        self.pool.bassin("firm", "propose", one.split("/")[1], other, who=a)
        for who in (a, b, third):
            self.assertEqual(self.pool.run("firm", "merge", one, other, who=who).returncode, 3)
            self.assertEqual(self.pool.run("firm", "unmerge", one, other, "--reason", "x", who=who).returncode, 3)
        self.assertEqual(self.suspects("state=proposed", who=b)[(one, other)]["proposed_by"], a)
        self.assertEqual(self.pool.run("firm", "unmerge", one, other).returncode, 2)
        self.pool.bassin("firm", "unmerge", one, other, "--reason", "non")
        self.assertEqual(self.suspects("state=proposed"), {})
        self.assertEqual(self.pool.run("firm", "reject", one, other, who=a).returncode, 2)
        self.pool.bassin("firm", "reject", one, other, "--reason", "two of them", who=third, status=3)
        self.assertIn("not one firm", self.pool.bassin("firm", "reject", one, other, "--reason", "two of them", who=a))
        self.assertEqual(set(self.suspects("state=rejected", who=b)), {(one, other)})
        self.pool.bassin("firm", "unmerge", one, other, "--reason", "one after all")

    def test_duplicated_postings_are_shown_to_both_and_stay(self):
        pair = next(p for p in sorted(self.suspects("state=suspected")))
        owners, ids = zip(*(reference.split("/") for reference in pair))
        for owner, external_id, title in zip(owners, ids, ("Technicien, génie civil", "TECHNICIEN GENIE CIVIL")):
            row = dict(GOOD["postings"], external_id="dup", employer=external_id, title=title, competencies="")
            self.assertEqual(self.colleges[owner].feed("postings", csv_text([row])).status, 0)
        self.assertEqual(self.pool.json("firm", "duplicates"), [])
        self.pool.bassin("firm", "propose", *pair, who=owners[1])
        self.pool.bassin("firm", "merge", *pair)
        for who in (*owners, OPERATOR):
            shown = [(row["posting_a"], row["posting_b"]) for row in self.pool.json("firm", "duplicates", who=who)]
            self.assertEqual(shown, [(owners[0] + "/dup", owners[1] + "/dup")])
        third = next(name for name in COLLEGES if name not in owners)
        self.assertEqual(self.pool.json("firm", "duplicates", who=third), [])
        self.assertEqual(len(self.colleges[owners[0]].list("postings")), 1)
        self.pool.bassin("firm", "unmerge", *pair, "--reason", "fin")
        self.assertEqual(self.pool.json("firm", "duplicates"), [])
        french = self.pool.bassin("--lang", "fr", "firm", "suspects", "reason=name_address", who=owners[0])
        self.assertIn("même nom et même code postal", french)


if __name__ == "__main__":
    unittest.main(verbosity=2)
