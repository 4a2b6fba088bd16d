# SPDX-License-Identifier: Apache-2.0
"""Feed files as colleges hand them in (feeds.md): what is taken, what is refused and how that is said, and the exit status."""
import csv
import io
import os
import pty
import signal
import subprocess
import unittest

import bulk
from feeding import GOOD, Feeder, college, contents, csv_text
from pool import BIN, OPERATOR, Pool, wait_for

TIMEOUT = 180
INTAKES = ("employer_intake", "learner_intake")
KINDS = tuple(GOOD)

LONG, ID_LONG = "é" * 501, "x" * 129
ADDRESS_SHAPE = "after the @: labels of letters, digits and inner hyphens, at least one dot"
TYPES = ("applied_research|apprenticeship|coop|entrepreneurship|field_placement|internship|practicum|service_learning|"
         "work_experience|consulting|micro_placement|online_project|incubator|industry_project|competition")
YES_NO = "yes|no|oui|non|true|false|1|0"
DAYS = "mo|tu|we|th|fr|sa|su"
LATITUDES, LONGITUDES = "-90..90 0.0000001", "-180..180 0.0000001"
PHONES = "7..20 digits, + - ( ) . # x"

ID = [("", "required", ""), (ID_LONG, "bad_id", "1..128"), ("a/b", "bad_id", "1..128"), ("a|b", "bad_id", "1..128")]
TEXT = [("", "required", ""), (LONG, "too_long", "500"), ("a\x07b", "not_text", "UTF-8, one line"),
        ("a\nb", "not_text", "UTF-8, one line")]
OPTIONAL_TEXT = TEXT[1:]
EMAIL = [("", "required", ""), ("nobody", "bad_address", "exactly one @"), ("a@b", "bad_address", ADDRESS_SHAPE),
         ("é@b.example", "bad_address", "ASCII only: an international domain in its xn-- form")]
DATE = [("", "required", ""), ("18/01/2027", "not_a_date", "yyyy-mm-dd"), ("2027-02-30", "not_a_date", "yyyy-mm-dd")]
HOURS = [("", "required", ""), ("0.5", "out_of_range", "1..60 0.01"), ("61", "out_of_range", "1..60 0.01"),
         ("37.555", "not_a_number", "1..60 0.01"), ("many", "not_a_number", "1..60 0.01")]
POSTAL = [("H0H", "bad_format", "A1A 1A1"), ("12345", "bad_format", "A1A 1A1")]
LATITUDE = [("91", "out_of_range", LATITUDES), ("north", "not_a_number", LATITUDES)]
LONGITUDE = [("-181", "out_of_range", LONGITUDES), ("west", "not_a_number", LONGITUDES)]
CODE_HOURS = [("0", "out_of_range", "1..20000"), ("2.5", "not_a_number", "1..20000")]


def number(allowed, low, high):
    return [(low, "out_of_range", allowed), (high, "out_of_range", allowed), ("some", "not_a_number", allowed)]


# kind -> field -> cells that are refused: what is found, the code, what is allowed.
FLAWS = {
    "institutions": {"external_id": ID, "name_fr": TEXT, "name_en": TEXT, "coordinator_name": TEXT,
                     "coordinator_email": EMAIL, "phone": [("", "required", ""), ("12", "bad_format", PHONES)],
                     "postal_address": TEXT, "language": [("", "required", ""), ("de", "not_in_list", "fr|en")]},
    "programmes": {"external_id": ID, "title_fr": TEXT, "title_en": OPTIONAL_TEXT,
                   "level": [("", "required", ""), ("bac", "not_in_list", "dep|asp|dec|aec|university|other")],
                   "hours": CODE_HOURS},
    "competencies": {"external_id": ID, "programme": ID, "title_fr": TEXT, "title_en": OPTIONAL_TEXT, "hours": CODE_HOURS},
    "employers": {"external_id": ID, "legal_name": TEXT, "neq": [("123", "bad_format", "10 digits")],
                  "headcount": number("0..1000000", "-1", "1000001"), "naics": [("1", "bad_format", "2..6 digits")],
                  "language": [("", "required", ""), ("xx", "not_in_list", "fr|en")], "contact_name": TEXT,
                  "contact_email": EMAIL, "contact_phone": [("call me", "bad_format", PHONES)], "address": OPTIONAL_TEXT,
                  "municipality": OPTIONAL_TEXT, "postal_code": [("", "required", "")] + POSTAL,
                  "latitude": LATITUDE + [("", "required", "")], "longitude": LONGITUDE + [("", "required", "")]},
    "postings": {"external_id": ID, "employer": ID, "title": TEXT,
                 "wil_type": [("", "required", ""), ("stage", "not_in_list", TYPES)],
                 "description": [("é" * 5001, "too_long", "5000"), ("a\x1bb", "not_text", "UTF-8")],
                 "programmes": [("", "required", ""), ("|", "required", ""), ("a|a", "duplicate", ""),
                                ("a/b", "bad_id", "1..128"), ("|".join("p%d" % n for n in range(101)), "too_long", "100")],
                 "competencies": [("a|a", "duplicate", ""), ("x/y", "bad_id", "1..128")],
                 "noc": [("2222", "bad_format", "5 digits")],
                 "seats": [("", "required", "")] + number("1..500", "0", "501"), "starts_on": DATE,
                 "ends_on": DATE + [("2027-01-17", "before", "starts_on")], "hours_per_week": HOURS,
                 "weekdays": [("monday", "not_in_list", DAYS), ("mo|mo", "duplicate", "")],
                 "paid": [("perhaps", "not_in_list", YES_NO)],
                 "hourly_wage": number("0..1000 0.01", "-1", "1000.01"),
                 "language": [("de", "not_in_list", "fr|en|both")],
                 "place": [("home", "not_in_list", "on_site|hybrid|remote")], "postal_code": POSTAL,
                 "latitude": LATITUDE + [("", "required", "")], "longitude": LONGITUDE + [("", "required", "")],
                 "accepts_unranked": [("perhaps", "not_in_list", YES_NO)], "assignable": [("2", "not_in_list", YES_NO)],
                 "reserves": [("g1", "bad_format", "group:1..500"), ("g1:0", "bad_format", "group:1..500"),
                              ("g1:1|g1:2", "duplicate", "")],
                 "reserve_order": [("middle", "not_in_list", "first|last")], "answer_by": DATE[1:]},
    "learners": {"external_id": ID, "given_name": TEXT, "family_name": TEXT, "email": EMAIL,
                 "language": [("", "required", ""), ("fr|en", "not_in_list", "fr|en")], "programme": ID,
                 "postal_code": [("", "required", "")] + POSTAL, "latitude": LATITUDE + [("", "required", "")],
                 "longitude": LONGITUDE + [("", "required", "")],
                 "max_distance_km": number("0..20000 0.001", "-1", "20001"), "available_from": DATE,
                 "available_to": DATE + [("2027-01-10", "before", "available_from")], "hours_per_week": HOURS,
                 "weekdays": [("lundi", "not_in_list", DAYS)], "competencies": [("a|a", "duplicate", "")],
                 "permanent_code": OPTIONAL_TEXT, "wil_types": [("coop|stage", "not_in_list", TYPES)],
                 "languages": [("fr|es", "not_in_list", "fr|en")], "groups": [("a/b", "bad_id", "1..128")],
                 "assignable": [("perhaps", "not_in_list", YES_NO)], "tier": number("0..99", "-1", "100"),
                 "consent_on": DATE[1:]},
    "learner_rankings": {"learner": ID, "tier": number("1..1000", "0", "1001") + [("", "required", "")],
                         "posting": [("a/b/c", "bad_id", "college/external_id"), ("a|b", "bad_id", "1..128")]},
    "employer_rankings": {"posting": [("", "required", ""), ("a/b/c", "bad_id", "college/external_id"),
                                      ("elsewhere/p1", "not_yours", "")],
                          "tier": number("1..1000", "0", "1001") + [("", "required", "")],
                          "learner": [("a/b", "bad_id", "1..128"), ("", "required", "")]},
    "direct_offers": {"learner": ID, "posting": [("a/b/c", "bad_id", "college/external_id")]},
}


# What names a row in a report, and the column by which the rows of a test are told apart.
NAMED_BY = {"learner_rankings": ("learner", "posting"), "employer_rankings": ("posting", "learner"),
            "direct_offers": ("learner",)}


def flawed_rows(kind):
    """A sound row between all bad ones, each of which has one flaw: (rows, [(line, name, field, code, found, allowed)])."""
    names = NAMED_BY.get(kind, ("external_id",))
    rows, expected, line = [], [], 2

    def add(row):
        nonlocal line
        rows.append(row)
        line += 1 + sum(cell.count("\n") for cell in row.values())
        return row

    for field, cells in FLAWS[kind].items():
        for found, code, allowed in cells:
            add(dict(GOOD[kind], **{names[0]: "good-%d" % len(rows)}))
            at = line
            row = add(dict(GOOD[kind], **{names[0]: "bad-%d" % len(rows), field: found}))
            name = " ".join(row[name] for name in names) if row[names[-1]] else row[names[0]]
            expected.append((at, name, field, code, found, allowed))
    return rows, expected


class FeedTest(unittest.TestCase):
    maxDiff = 4000
    colleges = 0

    @classmethod
    def setUpClass(cls):
        cls.pool = Pool()
        cls.addClassCleanup(cls.pool.destroy)
        cls.pool.start(*INTAKES)
        cls.operator = Feeder(cls.pool, OPERATOR)

    def college(self):
        """A college of its own for each test."""
        FeedTest.colleges += 1
        return college(self.pool, "college-%d" % FeedTest.colleges)

    def waiting(self, feeder, *filters):
        """What the intakes say waits; matching is not there."""
        rows = []
        for service in INTAKES:
            rows += self.pool.json("--service", service, "list", "waiting", *filters, who=feeder.who)
        return [(row["kind"], row["institution"], row["row"], row["refers_to"]) for row in rows]

    def contents(self):
        return {service: contents(self.pool, service) for service in INTAKES}


class Rows(FeedTest):
    def test_the_same_file_fed_twice_changes_nothing(self):
        c = self.college()
        files = bulk.college(self.pool.home, c.who, 7, learners=1500, postings=300, employers=40)
        files = {"institutions": None, **files}
        for kind in list(files):
            who = self.operator if kind == "institutions" else c
            text = csv_text([dict(GOOD[kind], external_id="twice")])
            if files[kind]:
                with open(files[kind], encoding="utf-8") as f:
                    text = f.read()
            first = who.feed(kind, text)
            rows = first.json["rows"]
            self.assertEqual((first.status, sum(first.counts()), first.json["refused"]), (0, rows, 0), kind)
            before = self.contents()
            for _ in range(2):
                again = who.feed(kind, text)
                self.assertEqual((again.status, again.counts()), (0, (0, 0, rows, 0, 0)), kind)
            self.assertEqual(self.contents(), before, kind)

    def test_each_bad_row_has_one_precise_line_and_the_good_rows_are_kept(self):
        c = self.college()
        c.rows("programmes", {})
        c.rows("competencies", {})
        c.rows("employers", {})
        c.rows("postings", {})
        for kind in KINDS:
            with self.subTest(kind=kind):
                rows, expected = flawed_rows(kind)
                fed = (self.operator if kind == "institutions" else c).feed(kind, csv_text(rows))
                self.assertEqual([(p["line"], p["external_id"], p["field"], p["code"], p["found"], p["allowed"])
                                  for p in fed.json["problems"] if p["result"] == "refused"], expected)
                self.assertEqual((fed.status, fed.json["refused"]), (3, len(expected)))
                self.assertEqual(fed.json["created"] + fed.json["waiting"], len(rows) - len(expected))

    def test_a_row_says_all_its_flaws_and_one_that_cannot_be_read_costs_itself_alone(self):
        c = self.college()
        rows = [dict(GOOD["programmes"], external_id=name) for name in ("x1", "x2", "x3")]
        text = csv_text([dict(rows[0], level="bac", hours="none"), rows[1]])
        fed = c.feed("programmes", text + 'x4,"une "citation" mal faite",,dec,\nx5,trop,peu\n' + csv_text(rows[2:]).split("\n")[1] + "\n")
        self.assertEqual(fed.problems("line", "external_id", "field", "code"),
                         [(2, "x1", "level", "not_in_list"), (2, "x1", "hours", "not_a_number"), (4, "", "", "quotes"),
                          (5, "x5", "", "cell_count")])
        self.assertEqual((fed.status, fed.counts()), (3, (2, 0, 0, 0, 3)))

    def test_a_key_that_stands_twice_names_the_line_of_the_first(self):
        c = self.college()
        c.rows("programmes", {})
        text = csv_text([dict(GOOD["learners"], external_id=name, competencies="", given_name=given)
                         for name, given in (("d1", "Une"), ("d2", "Deux"), ("d1", "Trois"), ("d1", "Quatre"))])
        fed = c.feed("learners", text)
        self.assertEqual(fed.problems("line", "external_id", "field", "code", "allowed"),
                         [(4, "d1", "external_id", "duplicate_line", "2"), (5, "d1", "external_id", "duplicate_line", "2")])
        self.assertEqual((fed.status, fed.counts()), (3, (2, 0, 0, 0, 2)))
        self.assertEqual([row["given_name"] for row in c.list("learners")], ["Une", "Deux"])
        people = c.run("learners", text)
        self.assertIn("stands already on line 2 of this file", people.out)

    def test_a_dry_run_reports_and_writes_nothing(self):
        c = self.college()
        c.rows("programmes", {})
        c.rows("competencies", {})
        before = self.contents()
        for kind in KINDS:
            rows, expected = flawed_rows(kind)
            fed = (self.operator if kind == "institutions" else c).feed(kind, csv_text(rows), "--dry-run")
            self.assertEqual((fed.status, fed.json["dry_run"], fed.json["refused"]), (3, True, len(expected)), kind)
            self.assertGreater(len(rows), len(expected))
        self.assertEqual(self.contents(), before)
        self.assertIn("dry run: nothing is changed", c.run("programmes", csv_text([GOOD["programmes"]]), "--dry-run").out)

    def test_an_absent_column_keeps_and_an_empty_cell_clears_but_never_consent(self):
        c = self.college()
        c.rows("programmes", {})
        c.rows("learners", {"competencies": "", "external_id": "k1"})
        required = {name: GOOD["learners"][name] for name in GOOD["learners"]
                    if name in ("given_name", "family_name", "email", "language", "programme", "postal_code", "available_from",
                                "available_to", "hours_per_week", "consent_on")}
        row = dict(required, external_id="k1")
        fed = c.feed("learners", csv_text([row]))
        self.assertEqual(fed.counts(), (0, 0, 1, 0, 0))
        fed = c.feed("learners", csv_text([dict(row, consent_on="")]))
        self.assertEqual(fed.counts(), (0, 0, 1, 0, 0), "consent is never cleared by a file")
        fed = c.feed("learners", csv_text([dict(row, max_distance_km="", tier="", weekdays="", latitude="", longitude="")]))
        self.assertEqual(fed.counts(), (0, 1, 0, 0, 0))
        stored = self.pool.sql("learner_intake", """SELECT max_distance_km, tier, weekdays, latitude, consent_on::text,
            permanent_code FROM learner WHERE external_id = 'k1' AND institution = %s""", c.who)
        self.assertEqual(stored, [(None, 0, [], None, "2026-10-01", "OCON01010101")])

    def test_a_row_that_refers_to_one_that_is_not_known_yet_waits_and_is_complete_once_that_is_fed(self):
        c = self.college()
        posting = csv_text([dict(GOOD["postings"], employer="later", competencies="")])
        fed = c.feed("postings", posting)
        self.assertEqual((fed.status, fed.counts()), (0, (0, 0, 0, 1, 0)))
        self.assertEqual(fed.problems("line", "external_id", "field", "code"), [(2, "p1", "employer", "waits")])
        self.assertEqual([(row["posting"], row["state"]) for row in c.list("postings")], [(c.who + "/p1", "open")])
        head = self.pool.sql("employer_intake", "SELECT seq FROM event_head")
        self.assertEqual(c.feed("postings", posting).counts(), (0, 0, 0, 1, 0))
        self.assertEqual(self.pool.sql("employer_intake", "SELECT seq FROM event_head"), head, "waiting still, and unchanged")
        self.assertEqual(self.waiting(c), [("posting", c.who, c.who + "/p1", "employer:%s/later" % c.who)])
        c.rows("employers", {"external_id": "later"})
        self.assertEqual(self.waiting(c), [])
        self.assertEqual(c.feed("postings", posting).counts(), (0, 0, 1, 0, 0))
        ranking = csv_text([{"learner": "l9", "tier": "1", "posting": "p1"}])
        self.assertEqual(c.feed("learner_rankings", ranking).counts(), (0, 0, 0, 1, 0))
        learner = csv_text([dict(GOOD["learners"], external_id="l8", programme="999.Z9", competencies="99Z9")])
        self.assertEqual(c.feed("learners", learner).counts(), (0, 0, 0, 1, 0))
        self.assertEqual(self.waiting(c), [("learner", c.who, "l8", "competency:99Z9"), ("learner", c.who, "l8", "programme:999.Z9"),
                                           ("learner_ranking", c.who, "l9", "learner:l9")])
        self.assertEqual([row[2] for row in self.waiting(c, "kind=learner_ranking")], ["l9"])
        self.assertEqual([row for row in self.waiting(self.operator) if row[0] != "posting"], [], "learners are their college's")
        self.assertEqual(self.waiting(self.college()), [])
        c.rows("programmes", {})
        c.rows("learners", {"external_id": "l9", "competencies": ""})
        self.assertEqual(c.feed("learner_rankings", ranking).counts(), (0, 0, 1, 0, 0))
        self.assertEqual([row["posting"] for row in c.list("learner_rankings")], [c.who + "/p1"])

    def test_learners_without_consent_are_counted_and_named_in_the_report_file(self):
        c = self.college()
        rows = [dict(GOOD["learners"], external_id="n%d" % n, consent_on="" if n < 2 else GOOD["learners"]["consent_on"]) for n in range(4)]
        path, report = c.path(csv_text(rows)), os.path.join(self.pool.home, "without.csv")
        for _ in range(2):                      # also of rows that stand already
            said = self.pool.bassin("feed", "learners", path, "--report", report, who=c.who)
            self.assertIn("2 learners stay out of the pool", said)
            self.assertNotIn("consent_on", said)
        with open(report, encoding="utf-8") as f:
            self.assertEqual([row["external_id"] for row in csv.DictReader(f) if row["field"] == "consent_on"], ["n0", "n1"])
        self.assertEqual(self.pool.json("feed", "learners", path, who=c.who)["out_of_pool"], 2)

    def test_a_ranking_file_replaces_the_whole_list_of_each_that_it_names(self):
        c = self.college()
        entries = lambda *triples: csv_text([list(t) for t in triples], ["posting", "tier", "learner"])
        lists = lambda: [(row["posting"], int(row["tier"]), row["learner"]) for row in c.list("employer_rankings")]
        c.feed("employer_rankings", entries(("p1", 1, "a"), ("p1", 2, "b"), ("p2", 1, "a")))
        c.feed("employer_rankings", entries(("p1", 1, "c"), ("p1", 1, "b")))
        self.assertEqual(lists(), [("p1", 1, "b"), ("p1", 1, "c"), ("p2", 1, "a")])
        self.assertEqual(c.feed("employer_rankings", entries(("p2", "", ""))).status, 0)
        self.assertEqual(lists(), [("p1", 1, "b"), ("p1", 1, "c")])
        entries = lambda *triples: csv_text([list(t) for t in triples], ["learner", "tier", "posting"])
        lists = lambda: [(row["learner"], int(row["tier"]), row["posting"]) for row in c.list("learner_rankings")]
        c.feed("learner_rankings", entries(("l1", 1, "p1"), ("l1", 2, "far/p1"), ("l2", 1, "p1")))
        c.feed("learner_rankings", entries(("l1", 1, "far/p2"), ("l1", 3, c.who + "/p1")))
        self.assertEqual(lists(), [("l1", 1, "far/p2"), ("l1", 3, c.who + "/p1"), ("l2", 1, c.who + "/p1")])
        self.assertEqual(c.feed("learner_rankings", entries(("l2", "", ""))).status, 0)
        self.assertEqual(lists(), [("l1", 1, "far/p2"), ("l1", 3, c.who + "/p1")])
        fed = c.feed("learner_rankings", entries(("l3", 1, "p1"), ("l3", 2, c.who + "/p1")))
        self.assertEqual(fed.problems("line", "code"), [(2, "waits"), (3, "duplicate")])

    def test_a_list_of_a_thousand_is_taken_and_one_more_refused(self):
        c = self.college()
        rows = lambda count: [["many", "1", "p%d" % n] for n in range(count)]
        text = csv_text(rows(1000) + [["one", "1", "p1"]], ["learner", "tier", "posting"])
        self.assertEqual(c.feed("learner_rankings", text).counts(), (0, 0, 0, 1001, 0))
        fed = c.feed("learner_rankings", csv_text(rows(1001) + [["two", "1", "p1"]], ["learner", "tier", "posting"]))
        self.assertEqual((fed.status, fed.counts()), (3, (0, 0, 0, 1, 1001)))
        self.assertEqual({(p["code"], p["allowed"]) for p in fed.json["problems"] if p["result"] == "refused"},
                         {("list_too_long", "1000")})
        self.assertEqual(len(c.list("learner_rankings")), 1002)

    def test_the_first_title_of_a_code_stands_and_another_is_reported(self):
        first, other = self.college(), self.college()
        first.rows("programmes", {"external_id": "T1", "title_fr": "Soins infirmiers"})
        text = csv_text([dict(GOOD["programmes"], external_id="T1", title_fr="Soins")])
        fed = other.feed("programmes", text)
        self.assertEqual((fed.status, fed.counts()), (0, (0, 0, 1, 0, 0)))
        self.assertEqual(fed.problems("line", "result", "field", "code", "found", "allowed"),
                         [(2, "note", "title_fr", "other_title", "Soins", "Soins infirmiers")])

    def test_a_closed_or_withdrawn_posting_is_not_reopened_by_a_file(self):
        c = self.college()
        c.rows("employers", {})
        c.rows("postings", {"external_id": "open"}, {"external_id": "shut"}, {"external_id": "gone"}, {"external_id": "wait"})
        self.pool.bassin("posting", "close", "shut", "--reason", "found somebody", who=c.who)
        self.pool.bassin("posting", "withdraw", "gone", "--reason", "no work", who=c.who)
        self.pool.bassin("posting", "pause", "wait", "--reason", "holidays", who=c.who)
        text = csv_text([dict(GOOD["postings"], external_id=name, seats="5") for name in ("open", "shut", "gone", "wait")])
        fed = c.feed("postings", text)
        self.assertEqual((fed.status, fed.counts()), (3, (0, 2, 0, 0, 2)))
        self.assertEqual(fed.problems("external_id", "code"), [("shut", "withdrawn"), ("gone", "withdrawn")])
        self.assertEqual({row["external_id"]: row["state"] for row in c.list("postings")},
                         {"open": "open", "shut": "closed", "gone": "withdrawn", "wait": "paused"})


class Complete(FeedTest):
    def test_what_is_missing_is_listed_and_withdrawn_only_after_a_yes(self):
        c = self.college()
        c.rows("programmes", {})
        c.rows("learners", *({"external_id": name, "competencies": ""} for name in ("l1", "l2", "l3")))
        file = csv_text([dict(GOOD["learners"], external_id="l2", competencies="")])
        in_pool = lambda: sorted(row["external_id"] for row in c.list("learners", "in_pool=yes"))
        asked = c.run("learners", file, "--complete")
        self.assertEqual(asked.status, 0)
        self.assertIn("2 are in the pool, but not in the file:\n  l1\n  l3\n", asked.err)
        self.assertIn("nobody said yes", asked.err)
        self.assertEqual(in_pool(), ["l1", "l2", "l3"])
        self.assertNotIn("nobody", c.run("learners", file, "--complete", "--dry-run", "--yes").err)
        self.assertEqual(in_pool(), ["l1", "l2", "l3"])
        self.assertEqual(self.on_a_terminal("n\n", c, "learners", file), 0)
        self.assertEqual(in_pool(), ["l1", "l2", "l3"])
        self.assertEqual(self.on_a_terminal("oui\n", c, "learners", file), 0)
        self.assertEqual(in_pool(), ["l2"])
        self.assertEqual(c.feed("learners", file, "--complete", "--yes").counts(), (0, 0, 1, 0, 0))

    def test_postings_rankings_and_offers_can_be_completed_and_employers_cannot(self):
        c = self.college()
        c.rows("employers", {})
        c.rows("postings", {"external_id": "p1"}, {"external_id": "p2"})
        done = c.run("postings", csv_text([GOOD["postings"]]), "--complete", "--yes", "--reason", "not offered any more")
        self.assertEqual(done.status, 0, done.err)
        self.assertEqual([(row["external_id"], row["state"], row["state_reason"]) for row in c.list("postings")],
                         [("p1", "open", ""), ("p2", "withdrawn", "not offered any more")])
        for kind, one in (("learner_rankings", "learner"), ("employer_rankings", "posting"), ("direct_offers", "learner")):
            rows = [dict(GOOD[kind], **{one: name}) for name in ("x1", "x2")]
            self.assertEqual(c.run(kind, csv_text(rows)).status, 0, kind)
            self.assertEqual(c.run(kind, csv_text(rows[1:]), "--complete", "--yes").status, 0, kind)
            self.assertEqual([row[one] for row in c.list(kind)], ["x2"], kind)
        refused = c.run("employers", csv_text([GOOD["employers"]]), "--complete")
        self.assertEqual(refused.status, 2)

    def on_a_terminal(self, answer, c, kind, text):
        """Feeds with --complete from a terminal on which somebody types an answer."""
        ours, theirs = pty.openpty()
        path = c.path(text)
        process = subprocess.Popen([os.path.join(BIN, "bassin"), "feed", kind, path, "--complete"], stdin=theirs,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env=dict(os.environ, BASSIN_HOME=self.pool.home, BASSIN_AS=c.who, LANG="C.UTF-8"))
        os.close(theirs)
        os.write(ours, answer.encode())
        status = process.wait(timeout=60)
        os.close(ours)
        return status


class Files(FeedTest):
    def test_a_file_without_a_required_column_is_refused_before_a_row_is_sent(self):
        c = self.college()
        audit = lambda: self.pool.sql("learner_intake", "SELECT count(*) FROM audit")
        before = audit()
        rows = [{name: text for name, text in GOOD["learners"].items() if name not in ("email", "consent_on")}]
        refused = c.run("learners", csv_text(rows))
        self.assertEqual(refused.status, 2)
        self.assertIn("nothing was sent; the file lacks columns that it must have: email, consent_on", refused.err)
        self.assertEqual(audit(), before)
        self.assertEqual(c.list("learners"), [])

    def test_an_unknown_column_is_reported_once_and_ignored(self):
        c = self.college()
        rows = [dict(GOOD["programmes"], external_id="u%d" % n, remarks="x", Notes="y") for n in range(3)]
        fed = c.feed("programmes", csv_text(rows))
        self.assertEqual((fed.status, fed.counts(), fed.json["unknown_columns"]), (0, (3, 0, 0, 0, 0), ["remarks", "Notes"]))
        people = c.run("programmes", csv_text(rows))
        self.assertEqual(people.out.count("Unknown column, ignored: remarks"), 1)

    def test_the_forms_in_which_spreadsheets_save_give_the_same_rows(self):
        c = self.college()
        c.rows("employers", {})
        rows = [dict(GOOD["postings"], external_id="s%d" % n, hours_per_week="37,5", hourly_wage="21,75", latitude="45,4",
                     longitude="-71,9", title="Ébénisterie; atelier, cour", competencies="") for n in range(3)]
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        writer.writerow(GOOD["postings"])
        writer.writerows(row.values() for row in rows)
        fed = c.feed("postings", ("\ufeff" + out.getvalue()).encode())
        self.assertEqual((fed.status, fed.counts(), fed.json["windows_1252"]), (0, (3, 0, 0, 0, 0), False), fed.out)
        plain = csv_text([dict(row, hours_per_week="37.50", hourly_wage="21.75", latitude="45.4", longitude="-71.90")
                          for row in rows])
        self.assertEqual(c.feed("postings", plain).counts(), (0, 0, 3, 0, 0))
        self.assertEqual(c.feed("postings", plain.replace("\n", "\r\n").encode("utf-8-sig")).counts(), (0, 0, 3, 0, 0))
        shuffled = csv_text(rows, list(reversed(GOOD["postings"])))
        self.assertEqual(c.feed("postings", shuffled).counts(), (0, 0, 3, 0, 0), "columns come in any order")
        latin = c.feed("postings", plain.encode("cp1252"))
        self.assertEqual((latin.status, latin.counts(), latin.json["windows_1252"]), (0, (0, 0, 3, 0, 0), True))
        self.assertIn("it was read as Windows-1252", c.run("postings", plain.encode("cp1252")).out)
        self.assertEqual(c.feed("postings", plain.rstrip("\n")).counts(), (0, 0, 3, 0, 0), "no line end at the end")

    def test_files_that_are_no_text_are_refused_with_a_hint(self):
        c = self.college()
        text = csv_text([GOOD["programmes"]])
        for content, hint in ((text.encode("utf-16"), "is UTF-16"), (text.encode("utf-16-le"), "CSV UTF-8"),
                              (b"PK\x03\x04" + b"\0" * 50, "workbook"), (text.encode() + b"a\0b,c\n", "NUL"),
                              (b"", "is empty"), (b"a,a\n1,2\n", "stands twice in the header")):
            refused = c.run("programmes", content)
            self.assertEqual((refused.status, refused.out), (2, ""), hint)
            self.assertIn(hint, refused.err)
        self.assertEqual(self.pool.run("feed", "programmes", "/nonexistent.csv", who=c.who).returncode, 2)
        self.assertEqual(self.pool.run("feed", "recipes", c.path(text), who=c.who).returncode, 2)


class Reports(FeedTest):
    def test_every_row_is_in_the_report_file(self):
        c = self.college()
        rows = [dict(GOOD["programmes"], external_id=name, level=level)
                for name, level in (("r1", "dec"), ("r2", "bac"), ("r3", "aec"))]
        path = os.path.join(self.pool.home, "report.csv")
        self.assertEqual(c.run("programmes", csv_text(rows), "--report", path).status, 3)
        with open(path, encoding="utf-8-sig", newline="") as f:
            report = list(csv.reader(f))
        self.assertEqual(report[0], ["line", "external_id", "result", "field", "found", "allowed"])
        self.assertEqual([row[:5] for row in report[1:]],
                         [["2", "r1", "created", "", ""], ["3", "r2", "refused", "level", "bac"],
                          ["4", "r3", "created", "", ""]])
        self.assertEqual(report[2][5], "must be one of: dep, asp, dec, aec, university, other")

    def test_nothing_in_a_report_or_a_list_is_taken_for_a_formula_or_obeyed_by_a_terminal(self):
        c = self.college()
        c.rows("programmes", {})
        evil = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\tx", "\rx", "=1\",\"=2"]
        rows = [dict(GOOD["employers"], external_id="e%d" % n, language=text, legal_name=text.strip() or "x")
                for n, text in enumerate(evil)]
        path = os.path.join(self.pool.home, "formulas.csv")
        self.assertEqual(c.run("employers", csv_text(rows), "--report", path).status, 3)
        stored = [dict(GOOD["employers"], external_id="=%d" % n, legal_name=text.strip(), municipality=text.strip())
                  for n, text in enumerate(evil)]
        self.assertEqual(c.feed("employers", csv_text(stored)).status, 0)
        listed = self.pool.bassin("list", "employers", "--csv", who=c.who)
        with open(path, encoding="utf-8", newline="") as f:
            report = f.read()
        for text in (report, listed):
            cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
            self.assertGreater(len(cells), 40)
            numbers = [cell for cell in cells if cell.replace(".", "").lstrip("-").isdigit()]
            self.assertEqual([cell for cell in cells if cell[:1] in tuple("=+-@\t\r") and cell not in numbers], [])
        shown = c.run("programmes", csv_text([dict(GOOD["programmes"], external_id="t1", level="\x1b]0;title\x07\x1b[31m")]))
        self.assertEqual(shown.status, 3)
        self.assertNotIn("\x1b", shown.out)

    def test_what_people_read_is_french_or_english_as_they_wish(self):
        c = self.college()
        rows, expected = flawed_rows("postings")
        english = c.run("postings", csv_text(rows), "--lang", "en")
        french = c.run("postings", csv_text(rows), "--lang", "fr")
        self.assertEqual((english.status, french.status), (3, 3))
        self.assertIn("rows; created", english.out)
        self.assertIn("lignes", french.out)
        for sentence in ("must be", "created", "refused", "rows", "allowed"):
            self.assertNotIn(sentence, french.out)
        missing = c.run("postings", "external_id\nx\n", "--lang", "fr")
        self.assertEqual(missing.status, 2)
        self.assertNotIn("nothing was sent", missing.err)

    def test_a_pipe_gets_no_progress_bar(self):
        c = self.college()
        fed = c.run("programmes", csv_text([dict(GOOD["programmes"], external_id="b%d" % n) for n in range(2500)]))
        self.assertEqual((fed.status, fed.err), (0, ""))
        self.assertNotIn("\r", fed.out)


class Away(FeedTest):
    def test_a_pool_that_is_away_loses_nothing(self):
        c = self.college()
        c.rows("programmes", {})
        service = self.pool.service("learner_intake")
        rows = [dict(GOOD["learners"], external_id="w%d" % n, competencies="") for n in range(3000)]
        service.kill(signal.SIGTERM)
        away = c.run("learners", csv_text(rows), "--wait", "1")
        self.assertEqual((away.status, away.out), (1, ""))
        self.assertIn("nothing is lost, run it again", away.err)
        service.launch()
        self.pool.wait_until_active("learner_intake")
        # Stopped in the middle: what was answered is told, the rest counts as unanswered.
        feeding = self.pool.popen("--json", "feed", "learners", c.path(csv_text(rows)), "--wait", "2", who=c.who)
        wait_for(lambda: self.count(c), 30, "rows are there")
        service.kill(signal.SIGSTOP)
        out, err = feeding.communicate(timeout=60)
        service.kill(signal.SIGCONT)
        self.assertIn(feeding.returncode, (0, 1), err)
        again = c.feed("learners", csv_text(rows))
        self.assertEqual((again.status, sum(again.counts())), (0, 3000))
        self.assertEqual(self.count(c), 3000)
        self.assertEqual(c.feed("learners", csv_text(rows)).counts(), (0, 0, 3000, 0, 0))
        self.assertEqual(self.pool.sql("learner_intake", "SELECT DISTINCT version FROM learner WHERE institution = %s", c.who),
                         [(1,)])

    def count(self, c):
        return self.pool.sql("learner_intake", "SELECT count(*) FROM learner WHERE institution = %s", c.who)[0][0]

    def test_who_may_not_feed_is_told_so(self):
        c = self.college()
        forbidden = self.pool.run("feed", "institutions", c.path(csv_text([GOOD["institutions"]])), who=c.who)
        self.assertEqual(forbidden.returncode, 3)
        self.assertIn("this key may not do that", forbidden.stderr)
        complete = self.pool.run("feed", "learners", c.path(csv_text([GOOD["learners"]])), "--complete", "--yes", who=OPERATOR)
        self.assertEqual((complete.returncode, complete.stdout), (3, ""))
        stranger = Feeder(self.pool, self.pool.college("unfed-college"))
        self.assertEqual(stranger.run("employers", csv_text([GOOD["employers"]])).status, 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
