# SPDX-License-Identifier: Apache-2.0
"""Correcting: single fields with their history, states of postings, employers who pause, --complete, the audit trail with its
filters, and every list as CSV with the columns that services/cli/LISTS.md promises."""
import csv
import datetime
import io
import os
import re
import signal
import unittest

from feeding import GOOD, college, csv_text
from pool import OPERATOR, ROOT, Pool, wait_for

LISTS = os.path.join(ROOT, "services", "cli", "LISTS.md")
KINDS = tuple(GOOD)


def day(days):
    return (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days)).isoformat()


class Correct(unittest.TestCase):
    colleges = 0

    @classmethod
    def setUpClass(cls):
        cls.pool = Pool()
        cls.addClassCleanup(cls.pool.destroy)
        cls.pool.start()

    def college(self):
        """A college of its own for each test, with a row of each kind."""
        Correct.colleges += 1
        c = college(self.pool, "college-%d" % Correct.colleges)
        for kind in ("programmes", "competencies", "employers", "postings", "learners"):
            c.rows(kind, {})
        return c

    def bassin(self, c, *words):
        return self.pool.bassin(*words, who=c.who)

    def refused(self, c, *words):
        done = self.pool.run(*words, who=c.who)
        self.assertEqual(done.returncode, 3, words)
        return done.stderr

    def history(self, c, row):
        return [tuple(line[name] for name in ("command", "field", "was", "is", "reason"))
                for line in self.pool.json("show", row, "--history", who=c.who)]

    # ---- single fields ---------------------------------------------------------------------------------------------
    def test_a_field_is_corrected_and_its_history_tells_who_when_and_why(self):
        c = self.college()
        self.assertIn("would be changed", self.bassin(c, "set", "p1", "seats=3", "--reason", "x", "--dry-run"))
        self.assertEqual(c.list("postings", "scope=own")[0]["seats"], "2")
        self.assertIn("changed", self.bassin(c, "set", "p1", "seats=3", "title=Autre titre", "--reason", "the firm called"))
        self.assertIn("nothing changes", self.bassin(c, "set", "p1", "seats=3", "--reason", "again"))
        self.bassin(c, "posting", "pause", "p1", "--reason", "holidays")
        self.bassin(c, "posting", "open", "p1")
        self.assertEqual(self.history(c, "p1"), [
            ("posting_move", "state", "paused", "open", ""), ("posting_move", "state", "open", "paused", "holidays"),
            ("employer_intake_set", "title", "Stage en réseau", "Autre titre", "the firm called"),
            ("employer_intake_set", "seats", "2", "3", "the firm called"), ("", "created", "", "", "")])
        card = self.bassin(c, "show", "p1")
        self.assertIn("Changes, newest first:", card)
        self.assertIn("the firm called", card)
        self.assertIn("the firm called", self.pool.bassin("show", c.who + "/p1", "--history", who=OPERATOR))

    def test_what_a_file_would_be_refused_for_is_refused_here_too(self):
        c = self.college()
        self.assertIn("seats must be within 1..500", self.refused(c, "set", "p1", "seats=0", "--reason", "x"))
        self.assertIn("consent_on must be given", self.refused(c, "set", "l1", "consent_on=", "--reason", "x"))
        self.assertIn("title must be given", self.refused(c, "set", "p1", "title=", "--reason", "x"))
        self.assertIn("must be one of: ", self.refused(c, "set", "p1", "seat=3", "--reason", "x"))
        self.assertEqual(self.pool.run("set", "p1", "seats=3", who=c.who).returncode, 2)
        self.assertEqual(self.pool.run("set", "p1", "seats", "--reason", "x", who=c.who).returncode, 2)
        self.bassin(c, "posting", "close", "p1", "--reason", "gone")
        self.assertIn("is closed or withdrawn", self.refused(c, "set", "p1", "seats=3", "--reason", "x"))

    def test_of_a_person_only_that_something_was_changed_is_kept(self):
        c = self.college()
        number = c.list("learners")[0]["pool_number"]
        self.bassin(c, "set", number, "email=nouvelle@l1.example", "tier=2", "--reason", "she wrote")
        self.bassin(c, "set", "employer:e1", "contact_name=Luc Nouveau", "--reason", "new contact")
        self.assertEqual(self.history(c, "learner:l1")[:2], [("learner_intake_set", "tier", "1", "2", "she wrote"),
                                                            ("learner_intake_set", "email", "***", "***", "she wrote")])
        self.assertEqual(self.history(c, "employer:e1")[0], ("employer_intake_set", "contact_name", "***", "***", "new contact"))
        self.bassin(c, "learner", "erase", "l1", "--yes")
        self.assertEqual(self.pool.sql("learner_intake", "SELECT * FROM history WHERE institution = %s", c.who), [])

    # ---- pauses ----------------------------------------------------------------------------------------------------
    def test_a_paused_employer_s_postings_enter_no_round(self):
        c = self.college()
        number = c.list("learners")[0]["pool_number"]
        pair = lambda: self.pool.bassin("pair", number, c.who + "/p1", who=c.who)
        wait_for(lambda: self.pool.run("pair", number, c.who + "/p1", who=c.who).returncode == 0, 20, "matching knows them")
        self.assertNotIn("posting not open", pair())
        self.assertIn("must be within", self.refused(c, "employer", "pause", "e1", "--until", day(0)))
        self.bassin(c, "employer", "pause", "e1", "--until", day(30), "--reason", "moving")
        self.assertEqual(c.list("employers")[0]["paused_until"], day(30))
        wait_for(lambda: "posting not open" in pair(), 20, "matching knows of the pause")
        self.bassin(c, "employer", "resume", "e1")
        wait_for(lambda: "posting not open" not in pair(), 20, "matching knows that it is over")
        self.assertEqual([line[1:] for line in self.history(c, "employer:e1")][:2],
                         [("paused_until", day(30), "", ""), ("paused_until", "", day(30), "moving")])

    # ---- --complete ------------------------------------------------------------------------------------------------
    def test_a_refused_row_is_not_missing_and_an_unreadable_one_hides_what_is(self):
        c = self.college()
        c.rows("postings", {"external_id": "p2"}, {"external_id": "p3"})
        states = lambda: {row["external_id"]: row["state"] for row in c.list("postings", "scope=own")}
        file = csv_text([GOOD["postings"], dict(GOOD["postings"], external_id="p2", seats="0")])
        done = c.run("postings", file, "--complete", "--yes", "--reason", "not offered")
        self.assertEqual(done.status, 3)
        self.assertEqual(states(), {"p1": "open", "p2": "open", "p3": "withdrawn"})
        self.assertIn(("posting_move", "state", "open", "withdrawn", "not offered"), self.history(c, "p3"))
        nameless = csv_text([GOOD["postings"], dict(GOOD["postings"], external_id="")])
        self.assertIn("does not say which row it is", c.run("postings", nameless, "--complete", "--yes").err)
        self.assertIn("has no rows", c.run("postings", csv_text([], list(GOOD["postings"])), "--complete", "--yes").err)
        self.assertEqual(states(), {"p1": "open", "p2": "open", "p3": "withdrawn"})

    def test_a_complete_that_was_killed_is_finished_by_running_it_again(self):
        c = self.college()
        c.rows("postings", *({"external_id": "x%03d" % n} for n in range(200)))
        words = ("feed", "postings", c.path(csv_text([GOOD["postings"]])), "--complete", "--yes", "--reason", "gone")
        withdrawn = lambda: sum(row["state"] == "withdrawn" for row in c.list("postings", "scope=own"))
        running = self.pool.popen(*words, who=c.who)
        wait_for(lambda: withdrawn() > 0 or running.poll() is not None, 60, "it withdraws")
        running.send_signal(signal.SIGKILL)
        running.communicate()
        self.pool.bassin(*words, who=c.who)
        self.assertEqual(withdrawn(), 200)

    def test_a_file_that_undoes_what_was_set_says_so(self):
        c = self.college()
        rows = [dict(GOOD["postings"], external_id=name) for name in ("u1", "u2")]
        path = c.path(csv_text(rows))
        self.bassin(c, "feed", "postings", path)
        self.bassin(c, "set", "u1", "seats=7", "--reason", "the firm called")
        notes = lambda *words: [(n["external_id"], n["field"], n["code"]) for n in
                                self.pool.json("feed", "postings", *words, who=c.who)["problems"]]
        self.assertEqual(notes(path, "--dry-run"), [("u1", "seats", "undoes_set")])
        self.assertEqual(notes(c.path(csv_text([dict(rows[0], seats="7", title="Autre")]))), [], "it stays as it was set")
        self.assertIn("replaces what 'bassin set' had put there", self.bassin(c, "feed", "postings", path))
        self.assertEqual(notes(c.path(csv_text([dict(rows[0], seats="5")]))), [], "the file's own value is not a person's")

    # ---- the audit trail -------------------------------------------------------------------------------------------
    def test_the_trail_is_one_by_time_and_its_filters_are_the_services(self):
        c = self.college()
        self.bassin(c, "posting", "pause", "p1", "--reason", "x")
        self.refused(c, "posting", "pause", "p1", "--reason", "x")
        trail = lambda *words: self.pool.json("audit", *words, who=OPERATOR)
        whole = trail()
        self.assertEqual([line["at"] for line in whole], sorted((line["at"] for line in whole), reverse=True))
        self.assertGreater(len({line["service"] for line in whole}), 1)
        mine = trail("--who", c.who)
        self.assertEqual({line["principal"] for line in mine}, {c.who})
        moves = trail("--who", c.who, "--command", "posting_move", "--since", day(0), "--until", day(0))
        self.assertEqual([line["code"] for line in moves], ["REFUSED", "OK"])
        self.assertEqual([line["code"] for line in trail("--who", c.who, "--command", "posting-move", "--result", "refused")], ["REFUSED"])
        self.assertEqual({line["command"] for line in trail("--id", c.who + "/p1")}, {"POSTING_MOVE"})
        # What was only looked at, or refused, is told from what was done.
        self.bassin(c, "set", "p1", "seats=7", "--reason", "x", "--dry-run")
        self.refused(c, "set", "p1", "seats=0", "--reason", "x")
        self.bassin(c, "set", "p1", "seats=7", "--reason", "x")
        sets = trail("--who", c.who, "--command", "employer_intake_set")
        self.assertEqual([(line["code"], line["refusal"], line["about"]) for line in sets[:3]],
                         [("OK", "", c.who + "/p1"), ("REFUSED", "out_of_range", c.who + "/p1"), ("DRY_RUN", "", c.who + "/p1")])
        self.assertEqual(trail("--who", c.who, "--command", "employer_intake_set", "--result", "dry-run"), sets[2:3])
        self.assertEqual(trail("--since", day(1)), [])
        self.assertEqual(trail("--until", day(-1)), [])
        self.assertEqual({line["institution"] for line in self.pool.json("audit", who=c.who)}, {c.who})
        self.assertEqual(self.pool.json("audit", "--who", OPERATOR, who=c.who), [])
        for words in (("--since", "yesterday"), ("--command", "nonsense"), ("--result", "nonsense")):
            self.assertEqual(self.pool.run("audit", *words).returncode, 3, words)

    # ---- lists -----------------------------------------------------------------------------------------------------
    def test_every_list_has_the_columns_that_are_promised(self):
        c = self.college()
        if not self.pool.json("round", "list", who=OPERATOR):
            self.pool.bassin("round", "open", "--title", "T", who=OPERATOR)
        with open(LISTS, encoding="utf-8") as f:
            promised, meant = f.read().split("## What they mean")
        lists = dict(re.findall(r"^\| `([^`]+)` \| ([a-z0-9_ ]+) \|$", promised, re.MULTILINE))
        meanings = {cells[1].strip(): cells[2:4] for cells in
                    (re.split(r"(?<!\\)\|", line) for line in meant.splitlines() if line.startswith("| "))}
        own = ("list learners", "list learner_rankings", "list direct_offers")
        for command, columns in lists.items():
            words = [{"POSTING": c.who + "/p1", "ID": c.who + "/e1"}.get(word, word) for word in command.split()]
            out = self.pool.bassin(*words, "--csv", who=c.who if command in own else OPERATOR)
            self.assertEqual(next(csv.reader(io.StringIO(out))), columns.split(), command)
            for column in columns.split():
                said = meanings.get(re.sub("_[ab]$", "", column))
                self.assertTrue(said is not None and all(text.strip() for text in said), column)
        self.assertEqual([kind for kind in KINDS if "list " + kind not in lists], [])
        self.assertEqual(set(meanings) - {"column · colonne", "---"},
                         {re.sub("_[ab]$", "", column) for columns in lists.values() for column in columns.split()})

    def test_help_is_help_and_a_typing_error_is_understood(self):
        c = self.college()
        text = self.bassin(c, "help")
        self.assertIn("A coordinator begins, in this order:", text)
        self.assertEqual(text, self.bassin(c, "--help"))
        self.assertEqual(self.bassin(c, "help", "feed"), self.bassin(c, "feed", "--help"))
        for word, said in (("posting", "did you mean: postings?"), ("tasks", "did you mean 'bassin task list'?")):
            self.assertIn(said, self.pool.run("list", word, who=c.who).stderr)
        self.assertIn("stat is not a filter of this list; it has: scope,", self.refused(c, "list", "postings", "stat=open"))
        self.assertIn("Did you mean 'bassin posting withdraw'?", self.pool.run("posting", "withdrow", "p1").stderr)


if __name__ == "__main__":
    unittest.main()
