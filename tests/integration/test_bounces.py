# SPDX-License-Identifier: Apache-2.0
"""Mails that do not arrive: delivery reports in a real Maildir, refusals of a real SMTP server, and what people do about them.
Which reports there are, of all makes, is tests/unit/notifications/test_bounce.c's."""
import os
import unittest

import mailing
from feeding import college, settle
from mailing import parsed
from pool import OPERATOR, Pool, wait_for
from smtp_server import Rule, SmtpServer

BUILDS = ("plain",)
BOUNCE_ADDRESS = "bounces@ccr.example"
REPORT = """Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <{address}>: not here

--b
Content-Type: message/rfc822

Message-ID: <{message_id}>
From: x@example.example

{text}
--b--
"""


class Bounces(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.server = SmtpServer()
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.pool = Pool(dict(mailing.SOON, mail_mode="send", smtp_url=cls.server.url, bounce_address=BOUNCE_ADDRESS,
                             bounce_check_ms="50", tasks_wait_ms="50"))
        cls.maildir = os.path.join(cls.pool.home, "reports")
        cls.pool.settings["bounce_maildir"] = cls.maildir
        for folder in ("tmp", "new", "cur"):
            os.makedirs(os.path.join(cls.maildir, folder))
        cls.addClassCleanup(cls.pool.destroy)
        cls.pool.start()
        cls.number = 0

    # ---- what a test does ------------------------------------------------------------------------------------------
    def college(self):
        Bounces.number += 1
        return college(self.pool, "b%d" % self.number)

    def employer(self, c, address, name="f"):
        c.rows("employers", {"external_id": name, "contact_email": address, "contact_name": "Personne " + name})

    def posting(self, c, posting, employer="f"):
        c.rows("postings", {"external_id": posting, "employer": employer, "competencies": ""})

    def written_to(self, c, address):
        """A firm of this college is written to at this address; the mail's row once it has left."""
        self.employer(c, address)
        self.posting(c, "p1")
        return self.ended(c, ["sent"])[0]

    def mails(self, c):
        """To its employers; the day's mail about tasks comes when it comes."""
        return sorted((row for row in c.list("mail") if row["kind"] != "tasks"), key=lambda row: int(row["mail"]))

    def ended(self, c, states):
        wait_for(lambda: [row["state"] for row in self.mails(c)] == states, 30, mailing.Why(self.pool))
        return self.mails(c)

    def files(self, folder):
        return sorted(os.listdir(os.path.join(self.maildir, folder)))

    def deliver(self, content, name=None):
        """As a mail system does: written elsewhere, then moved in."""
        Bounces.number += 1
        name = name or "179524080%d.M1P%d.mx" % (Bounces.number, os.getpid())
        path = os.path.join(self.maildir, "tmp", name)
        with open(path, "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        os.rename(path, os.path.join(self.maildir, "new", name))
        return name

    def report(self, row, status="5.1.1", action="failed", address=None, message_id=None, text="Bonjour"):
        return REPORT.format(to=BOUNCE_ADDRESS, address=address or row["to"], action=action, status=status, text=text,
                             message_id=message_id or row["message_id"])

    def handled(self, name, flag):
        wait_for(lambda: name + ":2," + flag in self.files("cur"), 30, "%s in cur/: %s" % (name, self.files("cur")))
        self.assertNotIn(name, self.files("new"))

    def suppressions(self, c):
        return [(row["address"], row["cause"], row["status"]) for row in c.list("suppressions")]

    def tasks(self, c):
        """Those about mail; that the firms of all these colleges look alike is another matter."""
        return [(row["kind"], row["subject"]) for row in self.pool.json("task", "list", "state=open", who=c.who)
                if not row["kind"].startswith("firm_")]

    # ---- reports ---------------------------------------------------------------------------------------------------
    def test_nobody_there_fails_the_mail_and_suppresses_its_address_for_its_college(self):
        c, other = self.college(), self.college()
        row, theirs = self.written_to(c, "Gone@f.example"), self.written_to(other, "gone@f.example")
        self.assertEqual({mail.sender for mail in self.server.mails}, {BOUNCE_ADDRESS})
        self.assertEqual(parsed(self.server.mails[0])["From"].addresses[0].addr_spec, mailing.SENDER["sender_address"])
        self.handled(self.deliver(self.report(row, address="GONE@F.EXAMPLE")), "S")
        failed, = self.ended(c, ["failed"])
        self.assertEqual((failed["why"], failed["last_code"]), ("bounced", "550"))
        self.assertIn("not here", failed["answer"])
        self.assertEqual(self.suppressions(c), [("gone@f.example", "bounced", "5.1.1")])
        self.assertEqual((self.suppressions(other), self.mails(other)), ([], [theirs]))
        seen = [r for r in self.pool.json("mail", "suppressions", who=OPERATOR) if r["institution"] == c.who]
        self.assertEqual([(r["address"], r["mail"]) for r in seen], [("g***@f.example", row["mail"])])
        self.posting(c, "p2")
        self.assertEqual(self.ended(c, ["failed", "suppressed"])[1]["why"], "address_suppressed")
        refused = self.pool.run("mail", "unsuppress", "gone@f.example", who=other.who)
        self.assertEqual(refused.returncode, 3)
        self.pool.bassin("mail", "unsuppress", "GONE@f.example", who=c.who)
        self.assertEqual(self.suppressions(c), [])
        self.pool.bassin("mail", "retry", self.mails(c)[1]["mail"], who=c.who)
        self.ended(c, ["failed", "sent"])
        self.assertEqual(self.pool.run("mail", "unsuppress", "gone@f.example", who=c.who).returncode, 3)

    def test_what_is_late_or_was_refused_for_other_reasons_suppresses_nobody(self):
        c = self.college()
        row = self.written_to(c, "slow@f.example")
        self.handled(self.deliver(self.report(row, status="4.4.1", action="delayed")), "S")
        self.assertEqual(self.mails(c)[0]["state"], "sent")
        self.assertIn("4.4.1", self.mails(c)[0]["answer"])
        self.handled(self.deliver(self.report(row, status="5.2.2")), "S")
        self.assertEqual(self.ended(c, ["failed"])[0]["why"], "bounced")
        self.assertEqual(self.suppressions(c), [])
        # Her college decides, by what the task says to type.
        wait_for(lambda: self.tasks(c) == [("mail_failed", c.who + "/f")], 30, self.tasks(c))
        task, = self.pool.json("task", "list", "kind=mail_failed", who=c.who)
        words = task["command"].split()
        self.assertEqual(words[0], "bassin")
        self.assertEqual([r["mail"] for r in self.pool.json(*words[1:], who=c.who)], [row["mail"]])
        self.pool.bassin("mail", "suppress", row["mail"], "--reason", "called them", who=c.who)
        wait_for(lambda: self.tasks(c) == [], 30, self.tasks(c))

    def test_a_report_touches_only_the_address_to_which_that_message_went(self):
        c = self.college()
        row = self.written_to(c, "kept@f.example")
        for forged in (self.report(row, address="other@f.example"), self.report(row, message_id="0" * 32 + "@ccr.example"),
                       self.report(row, message_id=row["message_id"].upper())):
            self.handled(self.deliver(forged), "F")
        self.assertEqual((self.mails(c), self.suppressions(c)), ([row], []))

    def test_a_corrected_address_is_written_to_without_a_word(self):
        c = self.college()
        row = self.written_to(c, "typo@f.example")
        self.deliver(self.report(row))
        self.ended(c, ["failed"])
        self.posting(c, "p2")
        self.ended(c, ["failed", "suppressed"])
        self.employer(c, "typo@f.example")                               # nothing has changed
        settle(self.pool)
        self.assertEqual(self.suppressions(c), [("typo@f.example", "bounced", "5.1.1")])
        wait_for(lambda: self.tasks(c) == [("address_refused", c.who + "/f")], 30, self.tasks(c))
        self.employer(c, "right@f.example")
        wait_for(lambda: self.tasks(c) == [], 30, self.tasks(c))
        mails = self.ended(c, ["sent", "sent"])
        self.assertEqual({r["to"] for r in mails}, {"right@f.example"})
        self.assertNotEqual(mails[0]["message_id"], row["message_id"])
        self.assertEqual(self.suppressions(c), [])
        self.assertEqual(len([m for m in self.server.mails if m.recipients == ["right@f.example"]]), 2)

    def test_garbage_is_set_aside_and_named_in_no_log(self):
        c = self.college()
        row = self.written_to(c, "fine@f.example")
        part = "Content-Type: multipart/mixed; boundary=x\n\n--x\n"
        huge = self.report(row, address="secretmark@f.example", message_id="x@y.example", text="x" * (8 << 20))
        names = [self.deliver(content, "secretmark%d" % n) for n, content in enumerate((
            b"", b"\0" * 1000, os.urandom(100000), huge, part * 20000, "\n" * 500000, "A: b\n" * 100000,
            "Subject: secretmark\n\nJe suis absent.\n"))]
        new = os.path.join(self.maildir, "new")
        os.symlink("/etc/passwd", os.path.join(new, "secretmark-link"))
        os.mkfifo(os.path.join(new, "secretmark-pipe"))
        os.mkdir(os.path.join(new, "secretmark-folder"))
        names += ["secretmark-link", "secretmark-pipe", "secretmark-folder", self.deliver("x", "s" * 255)]
        wait_for(lambda: not self.files("new"), 30, self.files("new"))
        for name in names[:-1]:
            self.handled(name, "F")
        self.assertEqual(self.mails(c), [row])
        log = self.pool.service("notifications").log()
        self.assertIn("aside=not_a_report", log)
        for secret in ("secretmark", "f.example"):
            self.assertNotIn(secret, log)

    def test_a_kill_between_recording_and_moving_has_one_effect(self):
        c = self.college()
        row = self.written_to(c, "killed@f.example")
        service = self.pool.service("notifications")
        service.kill()
        service.launch(crash_at="bounce_recorded:1")
        name = self.deliver(self.report(row))
        service.process.wait(timeout=60)
        self.assertEqual(self.files("new"), [name])
        self.assertEqual(self.pool.sql("notifications", "DELETE FROM suppression WHERE mail = %s", row["mail"]), 1)
        self.pool.start("notifications")
        self.handled(name, "S")
        self.assertEqual(self.mails(c)[0]["state"], "failed")
        self.assertEqual(self.suppressions(c), [])
        self.handled(self.deliver(self.report(row)), "S")                # the same bytes once more
        self.assertEqual(self.suppressions(c), [])

    def test_an_erasure_empties_what_was_set_aside(self):
        c = self.college()
        row = self.written_to(c, "kept@g.example")
        c.rows("programmes", {})
        c.rows("learners", {"external_id": "l1", "competencies": "", "permanent_code": ""})
        settle(self.pool)
        aside = self.deliver("Subject: about Noemie\n\nNoemie O'Connor\n")
        self.handled(aside, "F")
        self.pool.bassin("learner", "erase", "l1", "--yes", who=c.who)
        wait_for(lambda: not self.files("cur"), 30, "cur/ is not empty: %s" % self.files("cur"))
        # What comes later about a message that is no longer kept is not kept either.
        self.pool.sql("notifications", "UPDATE mail SET body = NULL WHERE mail = %s", row["mail"])
        self.deliver(self.report(row))
        self.ended(c, ["failed"])
        wait_for(lambda: not self.files("new"), 30, "new/ is not empty")
        self.assertEqual([f for f in self.files("cur") if not f.startswith("secretmark")], [])

    # ---- refusals in the dialogue ----------------------------------------------------------------------------------
    def test_a_relay_that_knows_nobody_suppresses_as_a_report_does(self):
        c = self.college()
        self.server.rules += [Rule("rcpt", "550 5.1.1 no such user", times=1, recipient="nobody@f.example"),
                              Rule("rcpt", "554 5.7.1 not from you", times=1, recipient="policy@f.example")]
        self.employer(c, "nobody@f.example", "n")
        self.posting(c, "p1", "n")
        self.ended(c, ["failed"])
        self.employer(c, "policy@f.example", "p")
        self.posting(c, "p2", "p")
        failed = self.ended(c, ["failed", "failed"])
        self.assertEqual(self.suppressions(c), [("nobody@f.example", "refused", "5.1.1")])
        for row in failed:                                               # a person says that it works now
            self.pool.bassin("mail", "retry", row["mail"], who=c.who)
        self.ended(c, ["sent", "sent"])
        self.assertEqual(self.suppressions(c), [])

    def test_who_wants_no_mail_stays_so_whatever_a_report_says(self):
        c = self.college()
        row = self.written_to(c, "no@f.example")
        self.pool.bassin("mail", "suppress", "no@f.example", "--reason", "asked", who=c.who)
        self.deliver(self.report(row))
        self.ended(c, ["failed"])
        self.assertEqual(self.suppressions(c), [("no@f.example", "asked", "")])
        self.pool.bassin("mail", "retry", row["mail"], who=c.who)
        self.assertEqual(self.ended(c, ["suppressed"])[0]["why"], "address_suppressed")

    def test_a_maildir_that_is_away_is_an_alarm_and_stops_nothing(self):
        os.rename(self.maildir, self.maildir + "-away")
        wait_for(lambda: "bounce_maildir" in self.pool.run("status").stdout, 30, "alarm")
        c = self.college()
        row = self.written_to(c, "still@f.example")
        os.rename(self.maildir + "-away", self.maildir)
        self.handled(self.deliver(self.report(row)), "S")
        wait_for(lambda: "bounce_maildir" not in self.pool.run("status").stdout, 30, "no alarm")


if __name__ == "__main__":
    unittest.main()
