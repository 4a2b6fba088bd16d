#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reads composed mails back with Python's own parser: headers, both languages, accents, long lines, parts, and that no
text of a stranger becomes a header, a part or markup."""
import datetime
import email
import email.headerregistry
import glob
import html.parser
import os
import re
import subprocess
import tempfile
import unittest
from email import policy

import icalendar

BUILDS = ("plain",)   # tests/unit/notifications/test_compose.c tries the same texts under the sanitizers
BIN = os.environ.get("BASSIN_BIN", "build/bin")
TOOL = os.path.normpath(os.path.join(BIN, "..", "tests", "tools", "notifications__compose_samples"))
KINDS = ("postings_received", "candidates", "round_summary")
HEADERS = ["From", "Reply-To", "To", "Subject", "Date", "Message-Id", "Auto-Submitted", "Content-Language",
           "List-Unsubscribe", "MIME-Version", "Content-Type"]
FRENCH_MARKS = re.compile("(?<![\u202f\\d/…»])[:;!?»]|«(?!\u202f)")
NAMES = ("Zoé Œuvrard-Lévesque", "محمد العلي")
INVISIBLE = "[\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff\u2028\u2029\x00-\x09\x0b-\x1f\x7f-\x9f]"
KNOWN_ADDRESSES = ("benoit@brodeur.example", "bassin@chambre.example", "me.roy@cegep-riviere.example")
ALLOWED_TAGS = {"html", "head", "meta", "title", "style", "body", "div", "h1", "h2", "h3", "p", "strong", "br", "a", "bdi",
                "span", "ul", "ol", "li", "table", "tr", "th", "td", "hr", "code"}


class Page(html.parser.HTMLParser):
    """What an HTML part is made of: tags, attributes, visible text by language, and that it nests."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text, self.stack, self.faults = set(), [], "", [], []
        self.languages = []
        self.feed(text)
        self.close()
        self.faults += ["not closed: %s" % tag for tag in self.stack]

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        self.languages += [value for name, value in attrs if name == "lang"]
        if tag not in ("meta", "br", "hr", "img"):
            self.stack.append(tag)

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.faults.append("ends out of turn: %s" % tag)

    def handle_data(self, data):
        if "style" not in self.stack:
            self.text += data


def parse(path):
    with open(path, "rb") as f:
        return email.message_from_bytes(f.read(), policy=policy.default)


class Composed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run([TOOL, cls.folder.name], check=True, timeout=200)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def mail(self, name):
        return parse(os.path.join(self.folder.name, name + ".eml"))

    def page_of(self, message):
        page = Page(message.get_body(("html",)).get_content())
        self.assertEqual(page.faults, [])
        return page

    def check_form(self, message):
        self.assertEqual(message.defects, [])
        self.assertEqual(list(message.keys()), HEADERS)
        both = message
        if message.get_content_type() == "multipart/mixed":
            both, *calendars = message.iter_parts()
            self.assertIn(len(calendars), (1, 2))
            for part in calendars:
                self.assertEqual((part.defects, part.get_content_type()), ([], "text/calendar"))
                self.stays(part)
        self.assertEqual(both.get_content_type(), "multipart/alternative")
        parts = list(both.iter_parts())
        self.assertEqual([p.get_content_type() for p in parts], ["text/plain", "text/html"])
        for part in parts:
            self.assertEqual(part.defects, [])
            self.assertEqual(part.get_content_charset(), "utf-8")
            self.assertEqual(part["Content-Transfer-Encoding"], "quoted-printable")
        self.assertEqual(len(message["To"].addresses), 1)
        self.assertEqual(len(message["From"].addresses), 1)
        self.assertEqual(len(message["Reply-To"].addresses), 1)
        return parts

    def stays(self, part):
        """{UID: event} of a calendar, as a parser that we did not write reads it."""
        data = part.get_payload(decode=True)
        self.assertNotRegex(data, rb"[^\r]\n|\r[^\n]")
        self.assertLessEqual(max(map(len, data.split(b"\r\n"))), 75)
        self.assertEqual(part.get_content_charset(), "utf-8")
        calendar = icalendar.Calendar.from_ical(data.decode())
        self.assertEqual(str(calendar["METHOD"]), part.get_param("method"))
        self.assertEqual([c.name for c in calendar.walk()][:1], ["VCALENDAR"])
        found = {str(e["UID"]): e for e in calendar.walk("VEVENT")}
        self.assertEqual(len(found), len(calendar.walk("VEVENT")))
        for event in found.values():
            self.assertEqual(event.errors, [])
            for name in ("SUMMARY", "LOCATION", "DESCRIPTION"):
                self.assertNotRegex(str(event.get(name, "")), INVISIBLE)
        return found

    def calendars(self, name):
        """{method: {UID: event}}"""
        parts = list(self.mail(name).iter_attachments())
        names = {"PUBLISH": "stages.ics", "CANCEL": "annulations.ics"}
        self.assertEqual([p.get_filename() for p in parts], [names[p.get_param("method")] for p in parts])
        return {p.get_param("method"): self.stays(p) for p in parts}

    def test_a_confirmed_stay_comes_for_the_calendar_and_goes_out_of_it(self):
        for language, words in (("fr", ("Stage\u202f: ", "heures par semaine, du lundi au vendredi", "Techniques d’usinage")),
                                ("en", ("Placement: ", "hours a week, Monday to Friday", "Machining techniques"))):
            found = self.calendars("candidates-" + language)
            self.assertEqual((len(found["PUBLISH"]), len(found["CANCEL"])), (3, 1))
            event, = [e for e in found["PUBLISH"].values() if "Zoé" in e["SUMMARY"]]
            self.assertEqual(str(event["SUMMARY"]), words[0] + "Zoé Œuvrard-Lévesque, Aide-machiniste sur commande numérique")
            for text in words[1:] + ("7K3M9QX2AB", "37,5" if language == "fr" else "37.5", "me.roy@cegep-riviere.example"):
                self.assertIn(text, str(event["DESCRIPTION"]))
            self.assertEqual(str(event["LOCATION"]), "Atelier Brodeur & fils inc., Sherbrooke")
            # Whole days, the end exclusive; they block nobody's time.
            self.assertEqual((event["DTSTART"].dt, event["DTEND"].dt), (datetime.date(2027, 1, 11), datetime.date(2027, 5, 1)))
            self.assertEqual((event["TRANSP"], event["STATUS"]), ("TRANSPARENT", "CONFIRMED"))
            self.assertEqual(event["DTSTAMP"].dt.isoformat(), "2026-11-21T06:00:00+00:00")
            self.assertEqual(str(event["ORGANIZER"]), "mailto:me.roy@cegep-riviere.example")
            self.assertEqual(event["ORGANIZER"].params["CN"], "Marie-Ève Roy")
            gone, = found["CANCEL"].values()
            self.assertGreater(gone["SEQUENCE"], event["SEQUENCE"], "within one moment a cancellation is the later one")
            self.assertIn("Jérémie Châtaigne", gone["SUMMARY"])
            self.assertEqual(gone["STATUS"], "CANCELLED")
            self.assertRegex(str(event["UID"]), r"^[0-9a-f]{32}@bassin\.example$")
        both = self.calendars("candidates-unknown")
        self.assertEqual(set(both["PUBLISH"]), set(found["PUBLISH"]), "the same whatever the language")
        for kind in KINDS:
            if kind != "candidates":
                self.assertEqual(self.calendars(kind + "-fr"), {})

    def test_a_stay_given_up_goes_out_of_the_calendar_and_nobody_is_named(self):
        for language, label in (("fr", "Stage annulé\u202f: "), ("en", "Placement cancelled: ")):
            found = self.calendars("place_freed-" + language)
            self.assertEqual(set(found), {"CANCEL"}, "who still comes is in the calendar already")
            event = found["CANCEL"]["5d40ae96fb1782cc34ee7f8091234567@bassin.example"]
            self.assertEqual((len(found["CANCEL"]), event["STATUS"]), (2, "CANCELLED"))
            self.assertEqual(str(event["SUMMARY"]), label + "Aide-machiniste sur commande numérique")
            self.assertEqual(str(event["ORGANIZER"]), "mailto:h.singh@college-lac.example")
            self.assertEqual(event["DTSTART"].dt, datetime.date(2027, 1, 11))
            for name in NAMES + ("7K3M9QX2AB", "QQ77WW88EE", "Jérémie Châtaigne"):
                self.assertNotIn(name, str(event["SUMMARY"]) + str(event["DESCRIPTION"]))
            self.assertNotRegex(str(event["DESCRIPTION"]), "(?i)num(éro|ber)")

    def test_headers_say_who_writes_to_whom_and_why(self):
        for kind in KINDS:
            for language in ("fr", "en", "unknown"):
                with self.subTest(kind=kind, language=language):
                    m = self.mail("%s-%s" % (kind, language))
                    self.check_form(m)
                    english = language == "en"
                    sender = "Estrie Chamber of Commerce" if english else "Chambre de commerce de l’Estrie"
                    self.assertEqual(m["From"].addresses[0].display_name, sender)
                    self.assertEqual(m["From"].addresses[0].addr_spec, "bassin@chambre.example")
                    roy = ("Marie-Ève Roy", "me.roy@cegep-riviere.example")
                    to, reply_to = ("Benoît Brodeur", "benoit@brodeur.example"), roy
                    if kind == "round_summary":
                        to, reply_to = roy, (sender, "bassin@chambre.example")
                    for name, (shown, address) in (("To", to), ("Reply-To", reply_to)):
                        self.assertEqual(m[name].addresses[0].display_name, shown)
                        self.assertEqual(m[name].addresses[0].addr_spec, address)
                    self.assertEqual(m["Message-Id"], "<0197f3c0-1b2a-7000-8000-5f1e2d3c4b5a@bassin.example>")
                    self.assertEqual(m["Date"].datetime.isoformat(), "2026-11-21T06:00:00+00:00")
                    self.assertEqual(m["Auto-Submitted"], "auto-generated")
                    self.assertEqual(m["List-Unsubscribe"], "<mailto:stop@chambre.example?subject=stop%20HIVER-2027>")
                    self.assertEqual(m["Content-Language"], {"unknown": "fr, en"}.get(language, language))
                    self.assertIn("HIVER-2027", m["Subject"])
                    self.assertEqual("/" in m["Subject"], language == "unknown")

    def test_both_parts_say_the_same_and_all_that_the_law_asks(self):
        for kind in KINDS:
            for language in ("fr", "en", "unknown"):
                with self.subTest(kind=kind, language=language):
                    m = self.mail("%s-%s" % (kind, language))
                    text = m.get_body(("plain",)).get_content()
                    page = self.page_of(m)
                    needed = ["9, rue Wellington Sud, Sherbrooke (Québec) J1H 5C7", "819 555-0100", "stop@chambre.example",
                              "Marie-Ève Roy", "HIVER-2027", "cegep-riviere/P-17", "Aide-machiniste"]
                    if kind != "round_summary":
                        needed += ["819 555-0142, poste 12", "me.roy@cegep-riviere.example"]
                    needed += ["Pourquoi ce courriel"] if language != "en" else []
                    needed += ["Why this email"] if language != "fr" else []
                    needed += NAMES if kind != "postings_received" else []
                    for words in needed:
                        self.assertIn(words, text)
                        self.assertIn(words, page.text)
                    self.assertNotIn("{{", text + page.text)
                    self.assertNotRegex(text, r"\n\n\n")

    def test_an_unknown_language_gets_french_first_then_english(self):
        for kind in KINDS:
            m = self.mail(kind + "-unknown")
            text = m.get_body(("plain",)).get_content()
            page = self.page_of(m)
            for body in (text, page.text):
                self.assertLess(body.index("Bonjour"), body.index("Hello"))
            self.assertEqual(page.languages, ["fr", "en", "fr", "en"])
            self.assertEqual(self.page_of(self.mail(kind + "-en")).languages, ["en", "en"])

    def test_candidates_says_who_comes_when_and_what_to_do(self):
        fr = self.mail("candidates-fr").get_body(("plain",)).get_content()
        for words in ("du 11 janvier 2027 au 30 avril 2027", "37,5 heures par semaine, du lundi au vendredi",
                      "du 1er mars 2027", "mardi et vendredi", "à distance", "Nguyễn Thị Ánh", "Collège du Lac",
                      "h.singh@college-lac.example", "Techniques d’usinage", "2 pour 2 places", "1 pour 1 place",
                      "protocole d’entente", "entrevue", "Proposé ou proposée par le collège", "entendus directement",
                      "NE VIENT PLUS", "Jérémie Châtaigne, Collège du Lac, numéro QQ77WW88EE"):
            self.assertIn(words, fr)
        en = self.mail("candidates-en").get_body(("plain",)).get_content()
        for words in ("January 11, 2027 to April 30, 2027", "37.5 a week, Monday to Friday", "Tuesday and Friday", "remote",
                      "Machining techniques", "Rivière College", "2 for 2 seats", "sign an agreement",
                      "Proposed by the college", "NO LONGER COMING"):
            self.assertIn(words, en)

    def test_round_summary_counts_as_the_table_does(self):
        fr = self.mail("round_summary-fr").get_body(("plain",)).get_content()
        for line in ("Élèves dans le tour\u202f: 43", "Admissibles\u202f: 36", "Placés par offre directe\u202f: 5",
                     "Placés par classement\u202f: 20", "Placés par assignation\u202f: 4",
                     "Placés avec vos seules offres (tours précédents compris)\u202f: 26",
                     "Placés dans le bassin (tours précédents compris)\u202f: 29", "Sans place\u202f: 14", "Places comblées\u202f: 27",
                     "  - n’ont classé aucune offre\u202f: 1"):
            self.assertIn(line, fr)
        self.assertIn("29 élèves placés sur 43", self.mail("round_summary-fr")["Subject"])

    def test_french_marks_have_their_narrow_space(self):
        for kind in KINDS:
            m = self.mail(kind + "-fr")
            bodies = [m.get_body(("plain",)).get_content(), self.page_of(m).text, m["Subject"]]
            for body in bodies:
                shown = re.sub(r"\S+@\S+|https?://\S+", "", body)
                self.assertEqual(FRENCH_MARKS.findall(shown), [], shown)
                self.assertNotIn("'", shown)

    def test_pages_are_plain_accessible_and_load_nothing(self):
        for kind in KINDS:
            page = self.page_of(self.mail(kind + "-unknown"))
            self.assertLessEqual(page.tags, ALLOWED_TAGS)
            for tag, name, value in page.attributes:
                self.assertNotIn(name, ("src", "srcset", "background", "action"))
                self.assertFalse(name.startswith("on"), (tag, name))
                if name == "href":
                    self.assertRegex(value, r"^(mailto:[^\s@]+@[^\s@]+|tel:\+?[0-9,]+)$")
            self.assertIn(("meta", "name", "color-scheme"), page.attributes)

    def test_no_attack_becomes_a_header_a_part_or_markup(self):
        paths = glob.glob(os.path.join(self.folder.name, "attack-*.eml"))
        self.assertGreater(len(paths), 1000)
        for path in paths:
            with self.subTest(os.path.basename(path)):
                m = parse(path)
                parts = self.check_form(m)
                page = self.page_of(m)
                self.assertLessEqual(page.tags, ALLOWED_TAGS)
                self.assertTrue(all(not name.startswith("on") for _, name, _ in page.attributes))
                for shown in (parts[0].get_content(), page.text):
                    self.assertNotRegex(shown.replace("\r\n", "\n"), INVISIBLE)
                for value in m.values():
                    self.assertNotRegex(str(value), INVISIBLE + "|[\r\n]")
                for name in ("To", "From", "Reply-To"):
                    self.assertIn(m[name].addresses[0].addr_spec, KNOWN_ADDRESSES)

    def test_lines_on_the_wire_are_short_and_ascii(self):
        for path in glob.glob(os.path.join(self.folder.name, "*.eml")):
            with open(path, "rb") as f:
                data = f.read()
            self.assertTrue(data.isascii())
            self.assertTrue(data.endswith(b"\r\n"))
            self.assertNotRegex(data, rb"[^\r]\n|\r[^\n]")
            self.assertLessEqual(max(map(len, data.split(b"\r\n"))), 998)


if __name__ == "__main__":
    unittest.main()
