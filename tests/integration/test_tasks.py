# SPDX-License-Identifier: Apache-2.0
"""Tasks: each arises from its real cause, says what to type, and closes when that is done. All in one pool, whose services
look for tasks at once and have no patience."""
import shlex
import time
import unittest

import mailing
from feeding import Feeder, college, csv_text, settle
from pool import OPERATOR, Pool, wait_for
from smtp_server import SmtpServer

TIMEOUT = 120
AT_ONCE = {"tasks_wait_ms": "50", "waiting_days": "0", "silent_days": "0"}
POSTING = {"competencies": "", "reserves": "", "latitude": "", "longitude": ""}


class Tasks(unittest.TestCase):
    maxDiff = 3000

    @classmethod
    def setUpClass(cls):
        cls.pool = Pool(dict(mailing.SOON, **AT_ONCE))
        cls.addClassCleanup(cls.pool.destroy)
        cls.pool.start()
        cls.a, cls.b = college(cls.pool, "alpha"), college(cls.pool, "beta")
        for feeder in (cls.a, cls.b):
            feeder.rows("programmes", {})

    def tasks(self, *filters, who=OPERATOR):
        return self.pool.json("task", "list", *filters, who=who)

    def wait_task(self, who, kind, subject, state="open"):
        """The one task of this kind about this subject, as soon as it is there."""
        def found():
            return [t for t in self.tasks("kind=" + kind, "state=" + state, who=who) if t["subject"] == subject]
        task, = wait_for(found, 20, "a task %s of %s about %s: %s" % (kind, who, subject, self.tasks("state=open")))
        return task

    def wait_over(self, task, by=""):
        def over():
            return [t for t in self.tasks("state=done") if t["task"] == task["task"] and t["closed_by"] == by]
        return wait_for(over, 20, "the end of %s" % task)[0]

    def type_it(self, task, who, **blanks):
        """Types what the task says, with its words in capitals filled in."""
        words = [blanks.get(word, word) for word in shlex.split(task["command"])]
        self.assertEqual(words[0], "bassin")
        return self.pool.bassin(*words[1:], who=who)

    # ---- every kind, from its cause to its end ------------------------------------------------------------------------
    def test_firms_are_proposed_and_merged_and_their_doubles_withdrawn(self):
        for feeder in (self.a, self.b):
            feeder.rows("employers", {"external_id": "F1", "legal_name": "Forge Memphrémagog inc.", "neq": ""})
            feeder.rows("postings", dict(POSTING, external_id="D1", employer="F1", title="Soudage", answer_by=""))
        mine = self.wait_task("alpha", "firm_suspected", "alpha/F1")
        theirs = self.wait_task("beta", "firm_suspected", "beta/F1")
        self.assertEqual((mine["institution"], mine["other"], theirs["other"]), ("alpha", "beta/F1", "alpha/F1"))
        self.assertEqual(mine["command"], "bassin firm propose alpha/F1 beta/F1")
        self.type_it(mine, "alpha")
        proposed = self.wait_task(OPERATOR, "firm_proposed", "alpha/F1")
        self.assertEqual((proposed["institution"], proposed["other"]), ("", "beta/F1"))
        self.assertEqual([], [t for t in self.tasks("kind=firm_proposed", who="alpha")])
        self.wait_over(mine)
        self.wait_over(theirs)
        self.type_it(proposed, OPERATOR)
        self.wait_over(proposed)
        double = self.wait_task("beta", "posting_duplicate", "beta/D1")
        self.assertEqual(self.wait_task("alpha", "posting_duplicate", "alpha/D1")["other"], "beta/D1")
        self.type_it(double, "beta", TEXT="chez alpha aussi")
        self.wait_over(double)

    def test_an_employer_who_says_nothing_is_asked(self):
        self.a.rows("employers", {"external_id": "S1", "legal_name": "Silence et fils", "neq": "", "postal_code": "G1R 4P5"})
        self.a.rows("postings",
                    dict(POSTING, external_id="S1", employer="S1", accepts_unranked="no", answer_by=""),
                    dict(POSTING, external_id="S2", employer="S1", accepts_unranked="yes", answer_by=""),
                    dict(POSTING, external_id="S3", employer="S1", accepts_unranked="no", answer_by="2199-12-31"))
        task = self.wait_task("alpha", "employer_silent", "alpha/S1")
        self.assertIn("S1", self.type_it(task, "alpha"))
        self.a.rows("learners", dict(external_id="sl1", competencies="", groups=""))
        self.a.rows("employer_rankings", {"posting": "S1", "learner": "sl1"})
        self.wait_over(task)

    def test_references_that_wait_are_shown_and_mended(self):
        self.a.rows("learners", dict(external_id="w1", competencies="", groups=""),
                    dict(external_id="w2", competencies="", groups=""), dict(external_id="w3", competencies="", groups=""))
        self.a.rows("learner_rankings", *({"learner": n, "posting": "beta/W9"} for n in ("w1", "w2")))
        self.a.rows("direct_offers", {"learner": "w3", "posting": "W8"})
        ranked = self.wait_task("alpha", "waiting_learner_ranking", "beta/W9")
        offered = self.wait_task("alpha", "waiting_direct_offer", "alpha/W8")
        self.assertIn("beta/W9", self.type_it(ranked, "alpha"))
        self.assertIn("alpha/W8", self.type_it(offered, "alpha"))
        self.assertEqual([], self.tasks("kind=waiting_learner_ranking", who="beta"))
        self.b.rows("employers", {"external_id": "W1", "legal_name": "Attente ltée", "neq": "", "postal_code": "G1R 4P6"})
        self.b.rows("postings", dict(POSTING, external_id="W9", employer="W1", answer_by=""))
        self.a.rows("direct_offers", {"learner": "w3", "posting": ""})
        self.wait_over(ranked)
        self.wait_over(offered)

    def test_a_list_that_names_nobody_is_told_without_the_name(self):
        self.b.rows("employers", {"external_id": "L1", "legal_name": "Listes inc.", "neq": "", "postal_code": "G1R 4P7"})
        self.b.rows("postings", dict(POSTING, external_id="L1", employer="L1", answer_by=""))
        self.b.rows("employer_rankings", {"posting": "L1", "learner": "Nobodyknowsher"})
        task = self.wait_task("beta", "waiting_employer_ranking", "beta/L1")
        self.assertIn("Nobodyknowsher", self.type_it(task, "beta"))
        self.assertNotIn("Nobodyknowsher", str(self.tasks()))
        self.b.rows("employer_rankings", {"posting": "L1", "learner": "", "tier": ""})
        self.wait_over(task)

    def test_a_posting_without_its_employer_and_the_mail_that_waits_for_it(self):
        fed = self.a.feed("postings", csv_text([dict(self.good_posting(), external_id="N1", employer="N1")]))
        self.assertEqual(fed.status, 0, fed.out)
        missing = self.wait_task("alpha", "waiting_employer", "alpha/N1")
        contact = self.wait_task("alpha", "contact_missing", "alpha/N1")
        self.assertEqual(contact["command"], "bassin feed employers FILE")
        row = {"external_id": "N1", "legal_name": "Enfin inc.", "neq": "", "postal_code": "G1R 4P8", "latitude": "",
               "longitude": "", "language": "fr", "contact_name": "Zoé Côté", "contact_email": "zoe@enfin.example"}
        self.type_it(missing, "alpha", FILE=self.a.path(csv_text([row])))
        self.wait_over(missing)
        self.wait_over(contact)

    def good_posting(self):
        return {"title": "Stage", "wil_type": "coop", "programmes": "420.B0", "seats": "1", "starts_on": "2027-01-18",
                "ends_on": "2027-05-07", "hours_per_week": "35"}

    # ---- by hand ------------------------------------------------------------------------------------------------------
    def suspected(self, number):
        for feeder in (self.a, self.b):
            feeder.rows("employers", {"external_id": number, "legal_name": "Usine %s enr." % number, "neq": "",
                                      "postal_code": "J1X 2A9"})
        return self.wait_task("alpha", "firm_suspected", "alpha/" + number)

    def test_what_is_done_by_hand_stays_done_until_it_arises_anew(self):
        task = self.suspected("H1")
        refused = self.pool.run("task", "done", task["task"], who="beta")
        self.assertEqual(refused.returncode, 3, refused)
        for _ in range(2):                                              # said twice, done once
            self.pool.bassin("task", "done", task["task"], "--note", "deux usines", who="alpha")
        done = self.wait_over(task, by="alpha")
        self.assertEqual((done["note"], done["state"]), ("deux usines", "done"))
        for log in ("employer_intake", "matching"):
            self.pool.bassin("resync", "notifications", log)
        settle(self.pool)
        self.assertEqual(self.wait_over(task, by="alpha"), done)
        self.a.rows("employers", {"external_id": "H1", "legal_name": "Tout autre chose", "neq": "", "postal_code": "G1R 4P9"})
        over = self.wait_task("beta", "firm_suspected", "beta/H1", state="done")
        self.assertEqual(over["closed_by"], "")
        self.suspected("H1")
        self.assertEqual(self.wait_task("alpha", "firm_suspected", "alpha/H1")["task"], task["task"])

    def test_a_resync_brings_the_same_tasks(self):
        self.suspected("R1")
        settle(self.pool)
        before = self.tasks("state=open")
        self.pool.bassin("resync", "notifications", "employer_intake")
        settle(self.pool)
        self.assertEqual([t for t in self.tasks("state=open") if t in before], before)

    def test_people_read_it_in_their_language_and_programs_as_csv(self):
        task = self.suspected("P1")
        english = self.pool.bassin("--lang", "en", "task", "list", who="alpha")
        french = self.pool.bassin("--lang", "fr", "task", "list", "kind=firm_suspected", who="alpha")
        self.assertIn("seem to be one firm", " ".join(english.split()))
        self.assertIn("une même entreprise", " ".join(french.split()))
        self.assertIn(task["command"], french)
        header, *lines = self.pool.bassin("task", "list", "--csv", who="alpha").splitlines()
        self.assertEqual(header.replace('"', ""),
                         "task,kind,institution,subject,other,since_ms,state,closed_by,closed_ms,note,command")
        self.assertTrue(any(task["command"] in line for line in lines))
        self.assertEqual([], self.pool.json("task", "list", "--all", "kind=nosuch", who="alpha"))

    def test_status_counts_them_by_college(self):
        self.suspected("T1")
        def counted():
            text = self.pool.bassin("status", "--metrics")
            return [line for line in text.splitlines() if line.startswith("bassin_tasks_open") and 'institution="beta"' in line
                    and float(line.split()[-1]) >= 1]
        wait_for(counted, 20, "a figure of open tasks")


class DailyMail(unittest.TestCase):
    """One mail a local day to each coordinator who has something to do, in her language."""

    @classmethod
    def setUpClass(cls):
        cls.server = SmtpServer()
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        noon = "Etc/GMT%+d" % (time.gmtime().tm_hour - 12)              # no day ends while this runs
        cls.pool = Pool(dict(mailing.SOON, **AT_ONCE, tasks_mail_wait_ms="200", mail_mode="send", smtp_url=cls.server.url,
                             mail_zone=noon))
        cls.addClassCleanup(cls.pool.destroy)
        cls.pool.start()

    def mails(self):
        return self.pool.json("mail", "list", "kind=tasks")

    def test_each_coordinator_is_told_once_in_her_language(self):
        feeders = {}
        for name, language in (("alpha", "fr"), ("beta", "en"), ("gamma", "fr")):
            Feeder(self.pool, OPERATOR).rows("institutions", {
                "external_id": name, "language": language, "coordinator_email": "stages@%s.example" % name})
            feeders[name] = Feeder(self.pool, self.pool.college(name))
        for name in ("alpha", "beta"):
            feeders[name].rows("employers", {"external_id": "F1", "legal_name": "Forge Memphrémagog inc.", "neq": ""})
        told = wait_for(lambda: len(self.server.mails) >= 2 and self.server.mails, 30, "two mails")
        texts = {message["To"].addresses[0].addr_spec: (message["Subject"], " ".join(mailing.text_of(message).split()))
                 for message in map(mailing.parsed, told)}
        self.assertEqual(set(texts), {"stages@alpha.example", "stages@beta.example"})
        subject, text = texts["stages@alpha.example"]
        self.assertIn("1 tâche", subject)
        self.assertIn("alpha/F1 et beta/F1 semblent être une même entreprise", text)
        self.assertIn("bassin firm propose alpha/F1 beta/F1", text)
        subject, text = texts["stages@beta.example"]
        self.assertIn("1 task", subject)
        self.assertIn("beta/F1 and alpha/F1 seem to be one firm", text)
        self.assertIn("bassin firm propose beta/F1 alpha/F1", text)
        # More to do on the same day: it is in the list, and in tomorrow's mail.
        for name in ("alpha", "beta"):
            feeders[name].rows("employers", {"external_id": "F2", "legal_name": "Usine Orford enr.", "neq": "",
                                             "postal_code": "G1R 4P5"})
        wait_for(lambda: len(self.pool.json("task", "list")) == 4, 20, "four tasks")
        self.pool.bassin("task", "done", "1", who="alpha")
        self.assertEqual(sorted((m["institution"], m["state"]) for m in self.mails()), [("alpha", "sent"), ("beta", "sent")])


if __name__ == "__main__":
    unittest.main()
