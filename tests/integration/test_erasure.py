# SPDX-License-Identifier: Apache-2.0
"""What the law gives a learner, over a whole pool: she withdraws, and is out of every round and letter; she asks what is held,
and gets all of it; she is erased, and a search that found her everywhere finds her nowhere, after a restore neither.

The search looks for her names, address, ids, codes, place and number in every cell of every table of every database, in every
file of the pool but PostgreSQL's own, in backups and in the inbox that receives the pool's mail: as they are, in lower case,
in quoted-printable, in hexadecimal, and in base64 at each of the three places where a text can begin in a group of three.

What may stay once she is erased, and why (test_who_is_erased_is_found_nowhere):
- erased.register_hash, a keyed hash: it refuses her row next week, and erases her again after a restore;
- her pool number, a pseudonym that nothing leads back from any more, in the audit trail, in log lines, and
  as the key of LearnerErased, of her events whose payloads are blank and of versions that readers have seen, so that nothing
  of hers is applied late;
- mail that others have received: it is in their mailboxes, which no pool can reach. None that comes after names her;
- backups made before: they expire. Put back, they lose her before the service opens."""
import base64
import json
import os
import quopri
import subprocess
import tempfile
import unittest

import psycopg2

import mailing
from feeding import Feeder, GOOD, csv_text, settle
from pool import OPERATOR, Pool, SERVICES, wait_for
from smtp_server import SmtpServer

TIMEOUT = 240
PG_BIN = "/usr/lib/postgresql/15/bin"
ALPHA, BETA = "alpha", "beta"
HER_ID = "zq-7731"
HERS = {"given_name": "Zénobie", "family_name": "Quetzalcóatl", "email": "Zenobie.Q@people.example", "external_id": HER_ID,
        "permanent_code": "QUEZ01019941", "postal_code": "G9T 7K7", "latitude": "45.1357913", "longitude": "-72.2468135"}
EDITED = "Quetzalcoatl-Ríos"                                           # her family name, after a correction
MAY_HOLD_HER_NUMBER = {"audit", "event", "log_key"}


# ---- the search ---------------------------------------------------------------------------------------------------------
def base64_forms(raw):
    """What of raw shows in base64 wherever it begins within a group of three bytes."""
    for before in range(3):
        text = base64.b64encode(b"\0" * before + raw)
        yield text[(8 * before + 5) // 6:8 * (before + len(raw)) // 6]


class Needle:
    """One mark of hers in every form; also a postal code without its blank."""

    def __init__(self, mark):
        self.mark, self.plain, self.based = mark, set(), set()
        for text in {mark, mark.lower(), mark.replace(" ", "")}:
            raw = text.encode()
            self.plain |= {raw.lower(), raw.hex().encode(), quopri.encodestring(raw).replace(b"=\n", b"").lower(),
                           quopri.encodestring(raw, header=True).lower()}
            self.based |= set(base64_forms(raw))

    def is_in(self, hay):
        return any(form in hay.lower or form in hay.joined for form in self.plain) or any(form in hay.solid for form in self.based)


class Hay:
    """Bytes, made ready once for all needles: soft line ends of quoted-printable and line ends of base64 are taken out."""

    def __init__(self, data):
        self.lower = data.lower()
        self.joined = self.lower.replace(b"=\r\n", b"").replace(b"=\n", b"")
        self.solid = data.translate(None, b" \t\r\n")


class Search:
    def __init__(self, pool, inbox):
        self.pool, self.inbox = pool, inbox

    def cells(self, service):
        """(table, bytes) of every cell of a database, the core's tables too."""
        connection = psycopg2.connect(self.pool.conninfo(service))
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute("""SELECT table_name, array_agg(quote_ident(column_name) ||
                        CASE data_type WHEN 'bytea' THEN '' ELSE '::text' END ORDER BY ordinal_position)
                    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
                    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' GROUP BY 1""")
                for table, columns in cursor.fetchall():
                    cursor.execute('SELECT %s FROM "%s"' % (", ".join(columns), table))
                    for row in cursor:
                        for cell in row:
                            if cell is not None:
                                yield table, cell.encode() if isinstance(cell, str) else bytes(cell)
        finally:
            connection.close()

    def files(self, but=()):
        """(path, bytes) of every file of the pool but PostgreSQL's own, and but for these folders; of a backup what is in it."""
        own = {os.path.realpath(os.path.join(self.pool.home, name)) for name in ("pg", "pg-socket", *but)}
        for folder, folders, names in os.walk(self.pool.home):
            folders[:] = [name for name in folders if os.path.realpath(os.path.join(folder, name)) not in own]
            for name in names:
                path = os.path.join(folder, name)
                if path.endswith(".dump"):
                    yield path, subprocess.run([PG_BIN + "/pg_restore", "-f", "-", path], check=True, capture_output=True).stdout
                elif os.path.isfile(path):
                    with open(path, "rb") as f:
                        yield path, f.read()

    def mails(self, after=0):
        for number, mail in enumerate(self.inbox.mails[after:], after):
            yield "mail %d" % number, mail.data + " ".join(mail.recipients).encode()

    @staticmethod
    def found(what, marks):
        """{(mark, where)}"""
        needles = [Needle(mark) for mark in marks]
        return {(needle.mark, where) for where, data in what for hay in [Hay(data)] for needle in needles if needle.is_in(hay)}

    def in_stores(self, marks):
        return {(mark, "%s.%s" % (service, table)) for service in SERVICES
                for mark, table in self.found(self.cells(service), marks)}


class Left:
    """What a search in vain still finds."""

    def __init__(self, look):
        self.look = look

    def __str__(self):
        return "still there: %s" % sorted(self.look())


# ---- a pool -------------------------------------------------------------------------------------------------------------
class College(Feeder):
    """Its files are on its own machine, not in the pool's folder."""
    folder = None

    def path(self, content, name=None):
        self.count += 1
        return super().path(content, os.path.join(self.folder, name or "%s-%d.csv" % (self.who, self.count)))


PLAIN = {"competencies": "", "groups": "", "max_distance_km": "", "permanent_code": ""}


def instance_without(instance, number):
    """A round's instance, with nothing else changed but that she is not in it."""
    instance = json.loads(json.dumps(instance))
    instance["learners"] = [l for l in instance["learners"] if l["id"] != number]
    for part in ("fit", "fixed", "held"):
        instance[part] = [row for row in instance[part] if row[0] != number]
    for posting in instance["postings"]:
        tiers = [[l for l in tier if l != number] for tier in posting["ranking"]]
        posting["ranking"] = [tier for tier in tiers if tier]
    return instance


class ErasureTest(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        College.folder = folder.name
        cls.inbox = SmtpServer()
        cls.inbox.__enter__()
        cls.addClassCleanup(cls.inbox.__exit__, None, None, None)
        cls.pool = Pool(dict(mailing.SOON, mail_mode="send", smtp_url=cls.inbox.url, log_level="debug"))
        cls.addClassCleanup(cls.pool.destroy)
        cls.pool.start()
        operator = College(cls.pool, OPERATOR)
        operator.rows("institutions", *({"external_id": name, "coordinator_email": "stages@%s.example" % name}
                                        for name in (ALPHA, BETA)))
        cls.alpha, cls.beta = (College(cls.pool, cls.pool.college(name)) for name in (ALPHA, BETA))
        for c in (cls.alpha, cls.beta):
            c.rows("programmes", {})
            c.rows("competencies", {})
            c.rows("employers", {"external_id": "e1", "contact_email": "contact@firm-%s.example" % c.who})

    def posting(self, college, name, **cells):
        college.rows("postings", dict({"external_id": name, "competencies": "", "language": "", "reserves": ""}, **cells))
        return "%s/%s" % (college.who, name)

    def learner(self, college, name, wish=None, **cells):
        """A learner who ranks one posting; her pool number."""
        college.rows("learners", dict(PLAIN, **dict({"external_id": name, "email": name + "@people.example"}, **cells)))
        if wish:
            college.rows("learner_rankings", {"learner": name, "posting": wish})
        return college.list("learners", "external_id=" + name)[0]["pool_number"]

    def frozen(self):
        """A round, frozen and solved; called off or closed when the test ends."""
        settle(self.pool)
        number = self.pool.bassin("round", "open", "--title", "Essai").strip()
        self.addCleanup(self.pool.run, "round", "withdraw", number, "--yes", "--reason", "the test is over")
        self.pool.bassin("round", "freeze", number)
        self.pool.bassin("round", "solve", number)
        return number

    def show(self, number, who=OPERATOR):
        return self.pool.json("round", "show", number, who=who)

    def instance(self, number):
        return json.loads(self.pool.bassin("round", "export", number))


class Rounds(ErasureTest):
    def leaves_before_publication(self, number, act):
        """Between freeze and publication: all else as frozen, the same seed, another digest, and nothing more is typed."""
        frozen = self.frozen()
        before, instance = self.show(frozen), self.instance(frozen)
        self.assertIn(number, [p["learner"] for p in before["placements"]])
        self.posting(self.alpha, "p-late-" + number.lower())            # for the next round
        act()
        wait_for(lambda: self.show(frozen)["state"] == "ROUND_FROZEN", 30, "the round is frozen again")
        self.pool.bassin("round", "solve", frozen)
        after = self.show(frozen)
        self.assertEqual(after["seed"], before["seed"])
        self.assertNotEqual(after["instance_digest"], before["instance_digest"])
        self.assertEqual(self.instance(frozen), instance_without(instance, number))
        self.assertNotIn(number, [p["learner"] for p in after["placements"]])
        self.pool.bassin("round", "publish", frozen)
        return after

    def test_withdrawn_between_freeze_and_publication(self):
        p = self.posting(self.alpha, "w-before")
        number, other = self.learner(self.alpha, "w1", p), self.learner(self.alpha, "w2", p)
        self.alpha.rows("employer_rankings", {"posting": "w-before", "learner": "w1"}, {"posting": "w-before", "learner": "w2"})
        after = self.leaves_before_publication(
            number, lambda: self.pool.bassin("learner", "withdraw", "w1", "--reason", "sa demande", who=ALPHA))
        self.assertEqual([(w["learner"], w["reason"]) for w in after["withdrawals"]], [(number, "consent_withdrawn")])
        self.assertIn(other, [line["learner"] for line in after["placements"]])
        row, = self.alpha.list("learners", "external_id=w1")
        self.assertEqual((row["in_pool"], row["given_name"]), ("no", GOOD["learners"]["given_name"]), "she stays at her college")
        # What others knew of her wishes is gone; her college has them, and goes on feeding.
        self.assertEqual(self.pool.sql("matching", "SELECT postings FROM view_learner_ranking WHERE learner = %s", number), [([],)])
        self.assertEqual([r["posting"] for r in self.alpha.list("learner_rankings", "learner=w1")], [p])
        settle(self.pool)
        self.assertEqual(self.pool.sql("notifications", "SELECT given_name || family_name FROM learner_contact WHERE learner = %s",
                                       number), [("",)])
        # A consent of a later day brings her back, with all that her college has; the same day's does not.
        again = lambda day: self.alpha.rows("learners", dict(PLAIN, external_id="w1", email="w1@people.example", consent_on=day))
        today, = self.pool.sql("learner_intake", "SELECT withdrawn_on::text, (withdrawn_on + 1)::text FROM learner "
                               "WHERE external_id = 'w1'")
        for day, in_pool in zip(today, ("no", "yes")):
            again(day)
            self.assertEqual(self.alpha.list("learners", "external_id=w1")[0]["in_pool"], in_pool)
        settle(self.pool)
        self.assertEqual(self.pool.sql("matching", "SELECT postings FROM view_learner_ranking WHERE learner = %s", number), [([p],)])

    def test_erased_between_freeze_and_publication(self):
        p = self.posting(self.alpha, "e-before")
        number = self.learner(self.alpha, "x1", p)
        self.leaves_before_publication(number, lambda: self.pool.bassin("learner", "erase", "x1", "--yes", who=ALPHA))

    def test_after_publication_her_place_is_free(self):
        for name, act in (("w", ("withdraw", "v-w", "--reason", "sa demande")), ("e", ("erase", "v-e", "--yes"))):
            p = self.posting(self.alpha, "after-" + name, seats="1")
            number = self.learner(self.alpha, "v-" + name, p)
            published = self.frozen()
            self.pool.bassin("round", "publish", published)
            state = lambda p=p: self.pool.sql("employer_intake", "SELECT state FROM posting WHERE external_id = %s",
                                              p.partition("/")[2])[0][0]
            wait_for(lambda: state() == "filled", 30, "her seat is taken")
            outcome = None if name == "e" else self.pool.bassin("round", "export", published, "--outcome")
            self.pool.bassin("learner", *act, who=ALPHA)
            wait_for(lambda: state() == "open", 30, "her seat is free")
            if outcome is not None:
                self.assertEqual(self.pool.bassin("round", "export", published, "--outcome"), outcome, "what was published stays")
            # Somebody else gets it in the next round, which does not have her.
            other = self.learner(self.alpha, "v-other-" + name, p)
            self.pool.bassin("round", "publish", self.frozen())
            settle(self.pool)
            self.assertEqual(self.pool.sql("matching", "SELECT learner FROM standing WHERE posting = %s", p), [(other,)])
            self.assertNotEqual(other, number)

    def test_one_person_at_two_colleges_is_listed_at_the_freeze(self):
        code = "TWIN01019901"
        numbers = {c.who: self.learner(c, "twin", permanent_code=text)
                   for c, text in ((self.alpha, code), (self.beta, "twin 0101 9901"))}
        settle(self.pool)
        opened = self.pool.bassin("round", "open", "--title", "Jumelles").strip()
        self.addCleanup(self.pool.run, "round", "withdraw", opened, "--yes", "--reason", "the test is over")
        said = self.pool.bassin("round", "freeze", opened)
        for text in (*numbers.values(), ALPHA, BETA):
            self.assertIn(text, said)
        (pair,) = self.show(opened)["same_person"]
        self.assertEqual({pair["learner"], pair["other"]}, set(numbers.values()))
        for own, other in ((ALPHA, BETA), (BETA, ALPHA)):
            shown = self.pool.bassin("round", "show", opened, who=own)
            self.assertIn(numbers[own], shown)
            self.assertNotIn(numbers[other], shown)
            (pair,) = self.show(opened, who=own)["same_person"]
            self.assertEqual((pair["learner"], pair["other"], pair["other_institution"]), (numbers[own], "", ""))


class Everything(ErasureTest):
    """She is in all of it: a published round, a frozen one, other people's lists, letters, histories and backups."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls("runTest")
        cls.other = self.learner(cls.alpha, "aux-1", given_name="Auxence", family_name="Témoin", email="auxence@people.example")
        p, far = self.posting(cls.alpha, "p1", seats="2"), self.posting(cls.beta, "far")
        cls.number = self.learner(cls.alpha, HER_ID, p, groups="g1", **{k: v for k, v in HERS.items() if k != "external_id"})
        twin = self.learner(cls.beta, "twin-2", permanent_code="QUEZ 0101 9941")
        cls.alpha.rows("learner_rankings", {"learner": HER_ID, "posting": p}, {"learner": HER_ID, "tier": "2", "posting": far},
                       {"learner": "aux-1", "posting": p})
        cls.alpha.rows("employer_rankings", {"posting": "p1", "learner": HER_ID}, {"posting": "p1", "learner": "aux-1"})
        cls.beta.rows("employer_rankings", {"posting": "far", "learner": cls.number})
        cls.pool.bassin("set", HER_ID, "family_name=" + EDITED, "tier=3", "--reason", "Zénobie a changé de nom", who=ALPHA)
        # Her name of before is nowhere once readers have what came after; it must not come back either.
        cls.marks = [mark for column, mark in HERS.items() if column != "family_name"] + [EDITED]
        settle(cls.pool)
        cls.published = cls.pool.bassin("round", "open", "--title", "Un").strip()
        for word in ("freeze", "solve", "publish"):
            cls.pool.bassin("round", word, cls.published)
        wait_for(lambda: any(EDITED.encode() in mailing.text_of(mailing.parsed(mail)).encode() for mail in cls.inbox.mails), 60,
                 "a letter names her")
        second = cls.pool.bassin("round", "open", "--title", "Deux").strip()
        cls.pool.bassin("round", "freeze", second)
        cls.pool.bassin("round", "withdraw", second, "--learner", cls.number, "--reason", "Zénobie Quetzalcóatl a trouvé")
        cls.pool.bassin("pair", HER_ID, p, who=ALPHA)
        settle(cls.pool)
        cls.second, cls.twin = second, twin

    def search(self):
        return Search(self.pool, self.inbox)

    def backup(self, name):
        """A backup of all services in a folder of the pool; its path."""
        folder = os.path.join(self.pool.home, name)
        self.pool.bassin("backup", folder, who=None)
        return folder

    def test_a_her_college_gets_all_that_is_held(self):
        for reference in (HER_ID, self.number, "%s/%s" % (ALPHA, HER_ID)):
            held = self.pool.json("learner", "export", reference, who=ALPHA)
            self.assertEqual((held["external_id"], held["pool_number"]), (HER_ID, self.number))
        text = json.dumps(held, ensure_ascii=False)
        self.assertEqual([mark for mark in self.marks if mark not in text], [])
        self.assertEqual({name: set(sections) - {"events"} for name, sections in held["services"].items()}, {
            "learner_intake": {"learner", "learner_ranking", "history", "audit"},
            "employer_intake": {"named_by_employers", "told", "audit"},
            "matching": {"profile", "learner_ranking", "named_by_employers", "frozen", "frozen_lists", "outcomes", "not_taken",
                         "told", "audit"},
            "notifications": {"contact", "placed", "messages", "audit"}})
        self.assertEqual({row["posting"] for row in held["services"]["employer_intake"]["named_by_employers"]},
                         {"alpha/p1", "beta/far"})
        self.assertEqual({event["topic"] for event in held["services"]["learner_intake"]["events"]},
                         {"profile", "learner_ranking", "contact"})
        # Nobody else is in it: neither who was placed beside her, nor who she is at another college.
        for mark in (self.other, "Auxence", "Témoin", self.twin):
            self.assertNotIn(mark, text)
        # Every table that holds her is spoken of by its service.
        for service in {where.partition(".")[0] for _, where in self.search().in_stores([*self.marks, self.number])}:
            self.assertTrue(held["services"][service], service)

        profiles = [event["content"] for event in held["services"]["learner_intake"]["events"] if event["topic"] == "profile"]
        self.assertEqual({(p["available_from"], p["weekdays"]) for p in profiles}, {("2027-01-11", 7)},
                         "days are dates, for a program the rest is as it is kept")

    def test_b_it_reads_in_both_languages_and_as_a_file(self):
        said = self.pool.bassin("learner", "export", HER_ID, who=ALPHA)
        for line in (r"\nweekdays +Monday, Tuesday, Wednesday\n", r"\nhours a week +40\n", r"; available from: 2027-01-11; ",
                     r"\nlanguages +French, English\n", r"\ntypes +co-operative education, internship\n"):
            self.assertRegex(said, line)
        for raw in ("20829", "400000000", '{"', "hundredths"):
            self.assertNotIn(raw, said)
        for language, title in (("en", "Who has changed what of her"), ("fr", "Qui a changé quoi à son sujet")):
            said = self.pool.bassin("--lang", language, "learner", "export", HER_ID, who=ALPHA)
            for mark in (EDITED, self.number, title, "G9T 7K7"):
                self.assertIn(mark, said)
        path = os.path.join(College.folder, "hers.txt")
        self.assertEqual(self.pool.bassin("learner", "export", HER_ID, "-o", path, who=ALPHA), "")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        with open(path) as f:
            self.assertIn(EDITED, f.read())

    def test_c_nobody_else_gets_it(self):
        unknown = self.pool.run("learner", "export", "0123456789", who=BETA)
        for reference in (HER_ID, self.number, "%s/%s" % (ALPHA, HER_ID)):
            done = self.pool.run("learner", "export", reference, who=BETA)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (3, "", unknown.stderr), reference)
        self.assertNotEqual(self.pool.run("learner", "export", HER_ID).returncode, 0)
        # The others do not take a college's word for whose a number is: beta's own learner, with alpha's number.
        twin = self.pool.json("learner", "export", "twin-2", who=BETA)
        self.assertEqual(twin["pool_number"], self.twin)
        self.assertNotIn(self.number, json.dumps(twin))

    def test_d_who_is_erased_is_found_nowhere(self):
        search = self.search()
        self.assertEqual(search.found(search.files(), self.marks), set(), "no file of the pool has anything of hers")
        old = self.backup("backup")
        hers = [*self.marks, self.number]
        # The search finds her: in each form, in each place where she is.
        stores = search.in_stores(hers)
        self.assertEqual({mark for mark, _ in stores}, set(hers))
        for where in ("learner_intake.learner", "learner_intake.event", "learner_intake.history", "learner_intake.audit",
                      "employer_intake.employer_ranking", "employer_intake.event", "matching.view_learner", "matching.round_line",
                      "matching.round_file", "matching.round_withdrawal", "matching.snapshot_learner", "matching.event",
                      "notifications.learner_contact", "notifications.mail", "notifications.mail_source"):
            self.assertIn(where, {w for _, w in stores})
        self.assertTrue(search.found(search.mails(), [EDITED]), "a letter names her")
        self.assertEqual({mark for mark, _ in search.found(search.files(), hers)}, set(hers), "but backups do")

        refused = self.pool.run("learner", "erase", HER_ID, who=ALPHA)
        self.assertEqual((refused.returncode, "--yes" in refused.stderr), (2, True))
        received = len(self.inbox.mails)
        self.pool.bassin("learner", "erase", HER_ID, "--yes", who=ALPHA)
        self.assertEqual({w for _, w in search.found(search.cells("learner_intake"), self.marks)}, set(), "gone at once")
        self.gone(search)
        self.backup("backup-after")
        self.assertEqual(search.found(search.files(but=["backup"]), self.marks), set())

        # She does not come back by a file; letters that come now do not name her.
        fed = self.alpha.feed("learners", csv_text([dict(GOOD["learners"], **dict(HERS, competencies=""))]))
        self.assertEqual((fed.status, fed.problems("external_id", "code")), (3, [(HER_ID, "erased")]))
        self.assertEqual(self.pool.run("learner", "export", HER_ID, who=ALPHA).returncode, 3)
        self.pool.bassin("round", "solve", self.second)
        self.pool.bassin("round", "publish", self.second)
        wait_for(lambda: len(self.inbox.mails) > received, 60, "letters about the second round")
        settle(self.pool)
        self.assertEqual(search.found(search.mails(received), hers), set())
        self.restored(search, old)

    def gone(self, search):
        look = lambda: search.in_stores(self.marks)
        wait_for(lambda: not look(), 60, Left(look))
        numbered = lambda: {w for _, w in search.in_stores([self.number]) if w.partition(".")[2] not in MAY_HOLD_HER_NUMBER}
        wait_for(lambda: not numbered(), 60, Left(numbered))
        # Where her number stands in the log, it is a key: no payload names her.
        for service in SERVICES:
            bodies = self.pool.sql(service, "SELECT count(*) FROM event WHERE topic <> 'erasure' AND position(%s IN body) > 0",
                                   self.number.encode())
            self.assertEqual(bodies, [(0,)], service)

    def restored(self, search, folder):
        """An older copy is put back; the register of the store that it replaces goes into it before the service opens."""
        intake = self.pool.service("learner_intake")
        intake.kill()
        self.pool.bassin("restore", folder, "--service", "learner_intake", "--yes", who=None)
        self.assertTrue(search.found(search.cells("learner_intake"), [EDITED]), "the copy knows her")
        intake.launch()
        self.pool.wait_until_active("learner_intake")
        self.assertEqual(search.found(search.cells("learner_intake"), self.marks), set(), "gone before the service opens")
        self.assertIn("erased_again=1", intake.log())
        for service in ("employer_intake", "matching", "notifications"):
            self.pool.bassin("resync", service, "learner_intake")
        settle(self.pool)
        self.gone(search)
        fed = self.alpha.feed("learners", csv_text([dict(GOOD["learners"], **dict(HERS, competencies=""))]))
        self.assertEqual(fed.problems("external_id", "code"), [(HER_ID, "erased")])


if __name__ == "__main__":
    unittest.main(verbosity=2)
