# SPDX-License-Identifier: Apache-2.0
"""What the pool writes to whom, read back from a real SMTP server: from a college's file to an employer's inbox. How each
letter looks is tests/integration/test_mail_compose.py's, a rude server's dialogue test_mail_delivery.py's."""
import collections
import csv
import io
import re
import signal
import unittest

import mailing
import sample
from feeding import GOOD, college, csv_text, settle
from mailing import parsed, text_of
from pool import OPERATOR, Pool, wait_for
from sample import oracle
from smtp_server import Rule, SmtpServer

BUILDS = ("plain",)
HEADERS = ["From", "Reply-To", "To", "Subject", "Date", "Message-Id", "Auto-Submitted", "Content-Language",
           "List-Unsubscribe", "MIME-Version", "Content-Type"]
SUMMARY = {
    "fr": [("Élèves dans le tour", "learners"), ("Admissibles", "eligible"), ("Placés par offre directe", "placed_direct"),
           ("Placés par classement", "placed_ranked"), ("Sans place", None), ("Offres", "postings"),
           ("Places", "seats"), ("Places comblées", "seats_filled")],
    "en": [("Learners in the round", "learners"), ("Eligible", "eligible"), ("Placed by direct offer", "placed_direct"),
           ("Placed by ranking", "placed_ranked"), ("Not placed", None), ("Postings", "postings"), ("Seats", "seats"),
           ("Seats filled", "seats_filled")],
}


class MailTest(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def open_pool(cls, **settings):
        cls.server = SmtpServer()
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.pool = Pool(dict(mailing.SOON, smtp_url=cls.server.url, **settings))
        cls.addClassCleanup(cls.pool.destroy)
        cls.pool.start()

    def well_formed(self, mail, message):
        """One sender, one recipient, the headers that we write and no others, both parts."""
        self.assertEqual((mail.sender, len(mail.recipients)), (mailing.SENDER["sender_address"], 1))
        self.assertEqual((message.defects, list(message.keys())), ([], HEADERS))
        parts = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
        self.assertEqual(parts[:2], ["text/plain", "text/html"])
        self.assertLessEqual(set(parts[2:]), {"text/calendar"})
        self.assertEqual([a.addr_spec for a in message["To"].addresses], mail.recipients)
        self.assertEqual([a.addr_spec for a in message["From"].addresses], [mailing.SENDER["sender_address"]])
        self.assertEqual(len(message["Reply-To"].addresses), 1)
        self.assertEqual(message["Auto-Submitted"], "auto-generated")
        self.assertRegex(message["List-Unsubscribe"], r"^<mailto:[^>@]+@[^>@]+\.example\?subject=[^>]+>$")


class Published(MailTest):
    """The sample: three colleges, sixty employers, one round."""

    @classmethod
    def setUpClass(cls):
        cls.open_pool(mail_mode="send", places=sample.PLACES)
        sample.feed(cls.pool)
        with_postings = {(c, row["employer"]) for c in sample.COLLEGES for row in oracle.read_feed(sample.path(c, "postings"))}
        mailing.wait_until_ended(cls.pool, len(with_postings))
        cls.postings_received = len(cls.server.mails)
        for word in ("open", "freeze", "solve", "publish"):
            cls.pool.bassin("round", word)
        cls.shown = cls.pool.json("round", "show")
        cls.employers, cls.posting_of, cls.people = {}, {}, {}
        for c in sample.COLLEGES:
            for row in oracle.read_feed(sample.path(c, "employers")):
                cls.employers[c + "/" + row["external_id"]] = row
            for row in oracle.read_feed(sample.path(c, "postings")):
                cls.posting_of[c + "/" + row["external_id"]] = dict(row, employer=c + "/" + row["employer"])
            for row in cls.pool.json("list", "learners", who=c):
                cls.people[row["pool_number"]] = row
        cls.placed = collections.defaultdict(list)
        for placement in cls.shown["placements"]:
            cls.placed[cls.posting_of[placement["posting"]]["employer"]].append(placement)
        mailing.wait_until_ended(cls.pool, len(with_postings) + len(cls.placed) + len(sample.COLLEGES))
        cls.mails = [(mail, parsed(mail)) for mail in cls.server.mails]
        cls.rows = {row["message_id"]: row for c in sample.COLLEGES for row in cls.pool.json("list", "mail", who=c)}

    def of_kind(self, kind):
        """{recipient: [(mail, message)]}"""
        found = collections.defaultdict(list)
        for mail, message in self.mails:
            row = self.rows[message["Message-Id"].strip("<>")]
            if row["kind"] == kind:
                found[row["recipient"]].append((mail, message))
        return found

    def test_the_round_as_csv_has_each_learner_s_line(self):
        rows = list(csv.DictReader(io.StringIO(self.pool.bassin("round", "show", "--csv"))))
        counts = collections.Counter(row["result"] for row in rows)
        self.assertEqual(counts, {"placed": len(self.shown["placements"]), "not_placed": len(self.shown["unplaced"]),
                                  "left_out": len(self.shown["left_out"])})
        self.assertEqual({(row["learner"], row["posting"], row["placed_by"]) for row in rows if row["result"] == "placed"},
                         {(p["learner"], p["posting"], p["by"]) for p in self.shown["placements"]})
        self.assertTrue(all(row["reason"] for row in rows if row["result"] != "placed"))

    def test_every_message_is_well_formed_and_has_a_message_id_of_its_own(self):
        for mail, message in self.mails:
            self.well_formed(mail, message)
        ids = [message["Message-Id"] for _, message in self.mails]
        self.assertEqual(len(set(ids)), len(ids))
        self.assertEqual({row["state"] for row in self.rows.values()}, {"sent"})
        self.assertEqual(len(self.rows), len(self.mails))
        self.assertLessEqual(self.server.connections, 20, "connections are used again")

    def test_an_employer_gets_one_message_on_all_postings_of_a_feed(self):
        found = self.of_kind("postings_received")
        expected = collections.defaultdict(list)
        for posting, row in self.posting_of.items():
            expected[row["employer"]].append((posting, row))
        self.assertEqual(set(found), set(expected))
        self.assertEqual(self.postings_received, len(expected))
        for employer, messages in found.items():
            self.assertEqual(len(messages), 1, employer)
            mail, message = messages[0]
            self.assertEqual(mail.recipients, [self.employers[employer]["contact_email"]])
            self.assertEqual(message["Content-Language"], self.employers[employer]["language"])
            for kind in ("plain", "html"):
                for posting, _ in expected[employer]:
                    self.assertIn(posting, text_of(message, kind))

    def test_an_employer_of_the_round_gets_one_message_with_who_is_coming(self):
        found = self.of_kind("candidates")
        self.assertEqual(set(found), set(self.placed))
        for employer, messages in found.items():
            self.assertEqual(len(messages), 1, employer)
            mail, message = messages[0]
            self.assertEqual(mail.recipients, [self.employers[employer]["contact_email"]])
            here = {p["learner"] for p in self.placed[employer]}
            calendar, = message.iter_attachments()
            self.assertEqual(calendar.get_content_type(), "text/calendar")
            self.assertEqual(calendar.get_content().count("BEGIN:VEVENT"), len(self.placed[employer]))
            text, page = text_of(message), text_of(message, "html")
            for number in here:
                person = self.people[number]
                self.assertIn("%s %s" % (person["given_name"], person["family_name"]), text)
                self.assertIn(number, page)
            for number in set(self.people) - here:
                self.assertNotIn(number, text + page)
            for placement in self.placed[employer]:
                self.assertIn(self.posting_of[placement["posting"]]["title"].split("'")[0], text)
            self.assertEqual(message["Reply-To"].addresses[0].addr_spec, "stages@%s.example" % employer.split("/")[0])

    def test_no_learner_s_address_is_in_any_message(self):
        everything = "".join(text_of(message) + text_of(message, "html") + str(message["Subject"])
                             for _, message in self.mails)
        for person in self.people.values():
            self.assertNotIn(person["email"], everything)

    def test_a_coordinator_s_summary_has_the_numbers_of_round_show(self):
        found = self.of_kind("round_summary")
        self.assertEqual(set(found), set(sample.COLLEGES))
        languages = {row["external_id"]: row["language"] for row in oracle.read_feed(sample.FOLDER + "/institutions.csv")}
        for row in self.shown["colleges"]:
            (mail, message), = found[row["institution"]]
            self.assertEqual(mail.recipients, ["stages@%s.example" % row["institution"]])
            language, text = languages[row["institution"]], text_of(message)
            self.assertEqual(message["Content-Language"], language)
            unplaced = sum(row[name] for name in row if name.startswith("unplaced_"))
            for words, name in SUMMARY[language]:
                figure = re.search(r"^%s\s*: (\d+)$" % words, text, re.MULTILINE)
                self.assertIsNotNone(figure, words)
                self.assertEqual(int(figure.group(1)), unplaced if name is None else row[name], words)
            own = [p for p in self.shown["placements"] if p["institution"] == row["institution"]]
            for placement in own[:20]:
                self.assertIn(placement["posting"], text)

    def test_the_same_files_again_write_to_nobody(self):
        before = self.pool.sql("notifications", "SELECT count(*), max(mail) FROM mail")
        for c in sample.COLLEGES:
            for kind in sample.FIRST:
                self.pool.run("feed", kind, sample.path(c, kind), who=c)
        settle(self.pool)
        self.assertEqual(self.pool.sql("notifications", "SELECT count(*), max(mail) FROM mail"), before)


class Hands(MailTest):
    """One college and few firms: what goes wrong on the way, and what people do about it."""

    @classmethod
    def setUpClass(cls):
        cls.open_pool(mail_mode="send")
        cls.number = 0

    def college(self):
        Hands.number += 1
        return college(self.pool, "h%d" % self.number)

    def write_to(self, c, **firms):
        """Feeds a firm by name with this address, and a posting of each, so that it is written to."""
        c.rows("employers", *({"external_id": name, "contact_email": address, "legal_name": "Firme " + name,
                               "contact_name": "Personne " + name} for name, address in firms.items()))
        c.rows("postings", *({"external_id": "p-" + name, "employer": name, "competencies": ""} for name in firms))

    def rows(self, c):
        return {row["recipient"].split("/")[1]: row for row in c.list("mail")}

    def ended(self, c, **states):
        wait_for(lambda: {name: row["state"] for name, row in self.rows(c).items()} == states, 30, mailing.Why(self.pool))
        return self.rows(c)

    def to(self, address):
        return [mail for mail in self.server.mails if mail.recipients == [address]]

    def test_a_passing_refusal_is_retried_with_the_same_message_and_a_final_one_is_not(self):
        c = self.college()
        self.server.rules += [Rule("rcpt", "450 4.2.1 later", times=2, recipient="slow@h.example"),
                              Rule("dot", "451 4.3.0 busy", times=2, recipient="busy@h.example"),
                              Rule("rcpt", "550 5.1.1 no such user", times=1, recipient="gone@h.example")]
        self.write_to(c, slow="slow@h.example", busy="busy@h.example", gone="gone@h.example", fine="fine@h.example")
        rows = self.ended(c, slow="sent", busy="sent", gone="failed", fine="sent")
        self.assertEqual([(int(rows[name]["attempts"])) for name in ("slow", "busy", "gone", "fine")], [3, 3, 1, 1])
        self.assertEqual((rows["gone"]["why"], rows["gone"]["last_code"]), ("smtp", "550"))
        for name in ("slow", "busy", "fine"):
            mail, = self.to(name + "@h.example")
            self.assertEqual(parsed(mail)["Message-Id"], "<%s>" % rows[name]["message_id"])
        raw = b"".join(self.server.transcript(n) for n in range(1, self.server.connections + 1))
        self.assertEqual(raw.count(rows["busy"]["message_id"].encode()), 3, "the same bytes each time")
        self.pool.bassin("mail", "retry", rows["gone"]["mail"], who=c.who)
        again = self.ended(c, slow="sent", busy="sent", gone="sent", fine="sent")
        mail, = self.to("gone@h.example")
        self.assertEqual(parsed(mail)["Message-Id"], "<%s>" % rows["gone"]["message_id"])
        self.assertEqual(again["gone"]["message_id"], rows["gone"]["message_id"])

    def test_mail_is_shown_as_it_was_sent_and_to_its_own_college_whole(self):
        c, other = self.college(), self.college()
        self.write_to(c, seen="seen@h.example")
        row = self.ended(c, seen="sent")["seen"]
        self.assertEqual((row["to"], row["institution"]), ("seen@h.example", c.who))
        path = c.path(b"")
        self.pool.bassin("mail", "show", row["mail"], "--output", path, who=c.who)
        with open(path, "rb") as f:
            self.assertEqual(f.read(), self.to("seen@h.example")[0].data)
        theirs = {r["mail"]: r for r in self.pool.json("mail", "list", who=OPERATOR)}[row["mail"]]
        self.assertEqual((theirs["to"], theirs["answer"], theirs["reason"]), ("s***@h.example", "", ""))
        shown = self.pool.bassin("mail", "show", row["mail"], who=OPERATOR)
        self.assertIn("Message-Id: <%s>" % row["message_id"], shown.replace("Message-ID", "Message-Id"))
        for secret in ("seen@h.example", "Personne seen", "Firme seen"):
            self.assertNotIn(secret, shown)
        self.assertEqual(other.list("mail"), [])
        for words in (("show", row["mail"]), ("retry", row["mail"]), ("suppress", row["mail"], "--reason", "x")):
            refused = self.pool.run("mail", *words, who=other.who)
            self.assertEqual((refused.returncode, refused.stdout), (3, ""), words)
            self.assertIn("is not known, or is not yours", refused.stderr)

    def test_who_wants_no_mail_gets_none(self):
        c, other = self.college(), self.college()
        self.pool.bassin("mail", "suppress", "Never@H.example", "--reason", "asked by telephone", who=c.who)
        self.write_to(c, never="never@h.example", yes="yes@h.example")
        self.write_to(other, never="never@h.example")
        rows = self.ended(c, never="suppressed", yes="sent")
        self.assertEqual(rows["never"]["why"], "address_suppressed")
        self.ended(other, never="sent")
        self.assertEqual(len(self.to("never@h.example")), 1, "one college's word is not another's")
        self.pool.bassin("mail", "suppress", "nobody@h.example", "--reason", "no mail from anybody")
        self.write_to(other, nobody="nobody@h.example")
        self.ended(other, never="sent", nobody="suppressed")
        self.assertEqual(self.pool.run("mail", "suppress", "a@h.example", who=c.who).returncode, 2, "a reason is needed")

    def test_a_message_can_be_stopped_while_it_is_tried_again(self):
        c = self.college()
        self.server.rules.append(Rule("rcpt", "451 4.7.1 greylisted", recipient="stop@h.example"))
        self.write_to(c, stop="stop@h.example")
        wait_for(lambda: self.rows(c).get("stop", {}).get("state") == "deferred", 20, mailing.Why(self.pool))
        mail = self.rows(c)["stop"]["mail"]

        def stopped():
            # While it is on its way, nobody can stop it.
            return self.pool.run("mail", "suppress", mail, "--reason", "wrong person", who=c.who).returncode == 0
        wait_for(stopped, 20, "stopped")
        row = self.ended(c, stop="suppressed")["stop"]
        self.assertEqual((row["why"], row["reason"]), ("by_hand", "wrong person"))
        self.assertEqual(self.to("stop@h.example"), [])

    def test_what_each_kind_looks_like_can_be_seen_in_both_languages(self):
        c = self.college()
        kinds = self.pool.json("mail", "preview", who=c.who)
        self.assertLessEqual({"postings_received", "candidates", "round_summary"}, {row["kind"] for row in kinds})
        for kind in (row["kind"] for row in kinds):
            for language, hello, subject in (("fr", "Bonjour", "Objet\u202f: "), ("en", "Hello", "Subject: ")):
                text = self.pool.bassin("mail", "preview", kind, "--lang", language, who=c.who)
                page = self.pool.bassin("mail", "preview", kind, "--lang", language, "--html", who=OPERATOR)
                self.assertTrue(text.startswith(subject), text)
                self.assertIn(hello, text)
                self.assertIn(hello, page)
                self.assertTrue(page.startswith("<!DOCTYPE html>"))
                # The sender is the one of the settings, so an operator sees what hers will look like.
                self.assertIn(mailing.SENDER["sender_name_" + language], text)
        path = c.path(b"")
        self.pool.bassin("mail", "preview", "candidates", "--html", "--output", path, who=c.who)
        with open(path, encoding="utf-8") as f:
            self.assertIn("</html>", f.read())
        refused = self.pool.run("mail", "preview", "nonsense", who=c.who)
        self.assertEqual((refused.returncode, refused.stdout), (3, ""))
        self.assertIn("candidates", refused.stderr)

    def test_nothing_of_a_firm_gets_into_headers_or_commands(self):
        c = self.college()
        evil = ['Acme" <evil@x.example>, "', "Bcc: evil@x.example", "=?utf-8?q?=0D=0ABcc:_evil=40x.example?=",
                "a%0d%0aRCPT TO:<evil@x.example>", "\\r\\nDATA", "x" * 490, "Œuvre & Fils <b>gras</b> ©", "a;b,c:d@e.example",
                "(comment) evil@x.example", "\u00a0‮ tournée"]
        refused = ["evil@x.example,b@h.example", "a@h.example\r\nRCPT TO:<evil@x.example>", "<a@h.example>", "a@h.example>",
                   "a b@h.example", "\"a b\"@h.example", "a@h.example ORCPT=x", "a@[127.0.0.1]"]
        fed = c.feed("employers", csv_text([dict(GOOD["employers"], external_id="r%d" % n, contact_email=address)
                                            for n, address in enumerate(refused)]))
        self.assertEqual((fed.status, fed.counts()), (3, (0, 0, 0, 0, len(refused))))
        self.assertLessEqual({p["code"] for p in fed.json["problems"]}, {"bad_address", "not_text"})
        c.rows("employers", *({"external_id": "e%d" % n, "legal_name": text, "contact_name": text, "municipality": text,
                               "contact_email": "e%d+tag!#$%%&'*/=?^_`{|}~-@h.example" % n} for n, text in enumerate(evil)
                              if text.isprintable()))
        kept = [n for n, text in enumerate(evil) if text.isprintable()]
        before = len(self.server.mails)
        c.rows("postings", *({"external_id": "p%d" % n, "employer": "e%d" % n, "title": evil[n], "competencies": ""}
                             for n in kept))
        self.ended(c, **{"e%d" % n: "sent" for n in kept})
        mails = self.server.mails[before:]
        self.assertEqual(sorted(mail.recipients[0].split("+")[0] for mail in mails), sorted("e%d" % n for n in kept))
        for mail in mails:
            message = parsed(mail)
            self.well_formed(mail, message)
            self.assertEqual([a.addr_spec for a in message["Reply-To"].addresses], ["stages@%s.example" % c.who])
            self.assertNotIn("<b>", text_of(message, "html"))
        verbs = {line.split(b" ")[0].split(b":")[0].upper()
                 for n in range(1, self.server.connections + 1) for line in self.commands(self.server.transcript(n))}
        self.assertLessEqual(verbs, {b"EHLO", b"MAIL", b"RCPT", b"DATA", b"QUIT", b"RSET", b"NOOP"})
        recipients = {r for mail in self.server.mails for r in mail.recipients}
        self.assertFalse([r for r in recipients if r.endswith("x.example")])

    @staticmethod
    def commands(raw):
        """The lines of a dialogue that are commands: not those between DATA and the final dot."""
        inside = False
        for line in raw.split(b"\r\n"):
            if inside:
                inside = line != b"."
            elif line:
                inside = line.upper() == b"DATA"
                yield line


class Modes(MailTest):
    def test_mail_is_held_then_let_out_to_some_then_to_all(self):
        self.__class__.open_pool()
        c = college(self.pool, "modes")
        names = ("in", "out")
        c.rows("employers", *({"external_id": n, "contact_email": "%s@%s.example" % (n, n)} for n in names))
        c.rows("postings", *({"external_id": n, "employer": n, "competencies": ""} for n in names))
        wait_for(lambda: mailing.states(self.pool) == {"queued": 2}, 30, mailing.Why(self.pool))
        self.assertEqual({row["why"] for row in c.list("mail")}, {"held"})
        self.assertEqual(self.server.connections, 0)
        self.restart(BASSIN_MAIL_MODE="allowlist", BASSIN_ALLOWLIST="someone@else.example @IN.example")
        wait_for(lambda: mailing.states(self.pool) == {"sent": 1, "suppressed": 1}, 30, mailing.Why(self.pool))
        rows = {row["recipient"]: row for row in c.list("mail")}
        self.assertEqual((rows["modes/out"]["state"], rows["modes/out"]["why"]), ("suppressed", "not_allowlisted"))
        self.restart(BASSIN_MAIL_MODE="send")
        self.assertEqual(mailing.states(self.pool), {"sent": 1, "suppressed": 1}, "what was suppressed stays so")
        self.pool.bassin("mail", "retry", rows["modes/out"]["mail"], who="modes")
        wait_for(lambda: mailing.states(self.pool) == {"sent": 2}, 30, mailing.Why(self.pool))
        self.assertEqual([mail.recipients for mail in self.server.mails], [["in@in.example"], ["out@out.example"]])

    def restart(self, **environment):
        service = self.pool.service("notifications")
        service.kill(signal.SIGTERM)
        service.launch(**environment)
        self.pool.wait_until_active("notifications")


if __name__ == "__main__":
    unittest.main(verbosity=2)
