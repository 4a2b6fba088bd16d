# SPDX-License-Identifier: Apache-2.0
"""How often people are written to, by a real SMTP server: one message a day, what somebody asked for, office hours, and who is
told at once. Dates, holidays and months are unit/notifications/test_timing's, which has the clock in hand."""
import unittest

import icalendar

import mailing
from feeding import college, settle
from mailing import parsed, text_of
from pool import OPERATOR, Pool, wait_for
from smtp_server import SmtpServer

BUILDS = ("plain",)
ZOE = "zoe@firme.example"


class Frequency(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.server = SmtpServer()
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.pool = Pool(dict(mailing.SOON, employer_frequency="daily", coordinator_frequency="daily", mail_mode="send",
                             requests_small="1000", requests_medium="1000", smtp_url=cls.server.url))
        cls.addClassCleanup(cls.pool.destroy)
        cls.pool.start()
        cls.one, cls.other = college(cls.pool, "one"), college(cls.pool, "other")

    def firm(self, c, name, address):
        c.rows("employers", {"external_id": name, "contact_email": address, "legal_name": "Firme " + name})

    def posting(self, c, name, employer):
        c.rows("postings", {"external_id": name, "employer": employer, "title": "Stage " + name, "competencies": "", "reserves": ""})

    def to(self, address):
        return [parsed(mail) for mail in self.server.mails if mail.recipients == [address]]

    def row(self, c, **wanted):
        """The mail of this college that has these values, once there is one."""
        def found():
            return [r for r in c.list("mail") if all(r[name] == value for name, value in wanted.items())]
        return wait_for(found, 30, mailing.Why(self.pool))[0]

    def stays(self, message, method):
        part, = message.iter_attachments()
        self.assertEqual(part.get_param("method"), method)
        return icalendar.Calendar.from_ical(part.get_payload(decode=True).decode()).walk("VEVENT")

    def test_one_person_gets_one_message_a_day_of_all_her_colleges(self):
        self.firm(self.one, "e1", ZOE)
        self.firm(self.other, "e7", ZOE.upper())
        self.pool.service("notifications").kill()                       # so that both are due when it rises
        self.posting(self.one, "p1", "e1")
        self.posting(self.other, "p7", "e7")
        self.pool.start("notifications")
        digest = self.row(self.one, kind="digest", state="sent")
        (message,) = [m for m in self.to(ZOE) + self.to(ZOE.upper())]
        for part in ("plain", "html"):
            self.assertIn("Stage p1", text_of(message, part))
            self.assertIn("Stage p7", text_of(message, part))
        folded = self.row(self.other, recipient="other/e7", state="folded")
        self.assertEqual(folded["needs"], "mail:" + digest["mail"])
        self.assertNotIn("Stage p1", self.pool.bassin("mail", "show", folded["mail"], who="other"))
        # Another one on the same day waits for the next, until she asks to hear at once.
        self.posting(self.one, "p2", "e1")
        waiting = self.row(self.one, state="waiting", why="next_digest")
        self.assertGreater(waiting["next_try"], waiting["created"])
        self.pool.bassin("mail", "frequency", "e1", "now", who="one")
        self.row(self.one, mail=waiting["mail"], state="sent")
        self.assertIn('"recipient","institution","to","frequency","scope"', self.pool.bassin("list", "mail_frequencies", "--csv", who="one"))
        rows = self.pool.json("list", "mail_frequencies", who="other")
        self.assertEqual([(r["recipient"], r["frequency"], r["scope"]) for r in rows], [("other/e7", "now", "mine")])
        masked = {r["to"] for r in self.pool.json("list", "mail_frequencies", who=OPERATOR)}
        self.assertNotIn(ZOE, {to.lower() for to in masked})

    def test_who_wants_none_gets_none_and_only_her_college_says_so(self):
        self.firm(self.one, "e2", "luc@calme.example")
        refused = self.pool.run("mail", "frequency", "one/e2", "never", who="other")
        self.assertEqual((refused.returncode, refused.stdout), (3, ""), refused.stderr)
        self.assertEqual(self.pool.run("mail", "frequency", "e2", "hourly", who="one").returncode, 3)
        wait_for(lambda: self.pool.run("mail", "frequency", "luc@calme.example", "never", who="one").returncode == 0, 20,
                 "the contact has come")
        self.posting(self.one, "p3", "e2")
        self.row(self.one, recipient="one/e2", state="suppressed", why="never")
        self.assertEqual(self.to("luc@calme.example"), [])

    def test_a_place_given_up_is_told_to_whom_it_concerns(self):
        c = self.one
        c.rows("programmes", {})
        self.firm(c, "e3", "mia@atelier.example")
        c.rows("postings", {"external_id": "p4", "employer": "e3", "competencies": "", "reserves": "", "seats": "2"})
        c.rows("learners", *({"external_id": l, "given_name": "Prenom-" + l, "competencies": "", "groups": "", "tier": "",
                              "assignable": "no", "permanent_code": ""} for l in ("stays", "leaves")))
        c.rows("learner_rankings", *({"learner": l, "tier": "1", "posting": "p4"} for l in ("stays", "leaves")))
        settle(self.pool)
        self.pool.bassin("mail", "frequency", "e3", "now", who="one")
        self.pool.bassin("round", "open")
        for word in ("freeze", "solve", "publish"):
            self.pool.bassin("round", word)
        coming = self.row(c, recipient="one/e3", kind="candidates", state="sent")
        rounds = self.pool.json("list", "rounds", who=OPERATOR)
        numbers = {r["external_id"]: r["pool_number"] for r in c.list("learners")}
        self.pool.bassin("round", "withdraw", rounds[0]["round"], "--learner", numbers["leaves"], "--reason", "elsewhere", who="one")
        freed = self.row(c, recipient="one/e3", kind="place_freed", state="sent")
        message = [m for m in self.to("mia@atelier.example") if m["Message-Id"] == "<%s>" % freed["message_id"]][0]
        for part in ("plain", "html"):
            self.assertIn("Prenom-stays", text_of(message, part))
            self.assertNotIn("Prenom-leaves", text_of(message, part))
            self.assertNotIn(numbers["leaves"], text_of(message, part))
        # Her stay goes out of the calendar again, under the name that it had there, and says of whom to nobody else.
        told = [m for m in self.to("mia@atelier.example") if m["Message-Id"] == "<%s>" % coming["message_id"]][0]
        event, = [e for e in self.stays(told, "PUBLISH") if "Prenom-leaves" in e["SUMMARY"]]
        gone, = self.stays(message, "CANCEL")
        self.assertEqual((gone["UID"], gone["STATUS"], gone["ORGANIZER"], gone["DTSTART"].dt, gone["DTEND"].dt),
                         (event["UID"], "CANCELLED", event["ORGANIZER"], event["DTSTART"].dt, event["DTEND"].dt))
        self.assertGreater(gone["SEQUENCE"], event["SEQUENCE"])
        for words in ("Prenom-leaves", numbers["leaves"]):
            self.assertNotIn(words, str(gone["SUMMARY"]) + str(gone["DESCRIPTION"]))


class OfficeHours(unittest.TestCase):
    """An hour of the day that is not now."""

    def test_what_comes_out_of_hours_waits_and_says_until_when(self):
        with SmtpServer() as server:
            pool = Pool(dict(mailing.SOON, mail_mode="send", smtp_url=server.url, mail_zone="UTC"))
            self.addCleanup(pool.destroy)
            pool.start()
            hour = int(pool.sql("notifications", "SELECT extract(hour FROM now() AT TIME ZONE 'UTC')")[0][0])
            pool.service("notifications").kill()
            late = (hour + 12) % 24
            pool.settings.update(mail_from_hour=str(late), mail_until_hour=str(late + 1))
            pool.write_configuration()
            pool.start("notifications")
            c = college(pool, "night")
            c.rows("employers", {"external_id": "e1", "contact_email": "zoe@nuit.example"})
            c.rows("postings", {"external_id": "p1", "employer": "e1", "competencies": "", "reserves": ""})
            wait_for(lambda: [r["why"] for r in c.list("mail")] == ["quiet_hours"], 30, mailing.Why(pool))
            (row,) = c.list("mail")
            self.assertIn("T%02d:00:00Z" % late, row["next_try"])
            self.assertEqual(server.mails, [])
            pool.bassin("mail", "retry", row["mail"], who="night")          # a person decides
            mailing.wait_until_ended(pool, 1)
            self.assertEqual([mail.recipients for mail in server.mails], [["zoe@nuit.example"]])


if __name__ == "__main__":
    unittest.main()
