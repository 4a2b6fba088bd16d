# SPDX-License-Identifier: Apache-2.0
"""What stays with whom: no college reads or changes another's learners by any command, each store holds only what
architecture.md's table allows, nobody's name is in a log or an audit trail, and an erased learner is gone everywhere.

Every name, address and code of the test is a mark that stands nowhere else, so a search for it finds every leak."""
import datetime
import glob
import os
import re
import unittest

import mailing
from feeding import GOOD, Feeder, contents, csv_text, plain, settle, tables
from pool import OPERATOR, Pool, SERVICES, wait_for
from smtp_server import SmtpServer

TIMEOUT = 180
OWN, OTHER = "alpha", "beta"
LEARNERS = 4                                                            # the last one gives no consent


def marks(college):
    """{what it is: [marks]} of a college's people."""
    c = college.title()
    return {
        "learner name": ["%sgiven%d" % (c, n) for n in range(LEARNERS)] + ["%sfamily%d" % (c, n) for n in range(LEARNERS)],
        "learner email": ["%slearner%d@people.example" % (college, n) for n in range(LEARNERS)],
        "learner postal code": ["%s%d" % (p, n) for p in ["G9X 1A" if college == OWN else "G8Y 2B"] for n in range(LEARNERS)],
        "permanent code": ["%sPERM%08d" % (c[:4].upper(), n) for n in range(LEARNERS)],
        "firm contact": ["%scontact%d" % (c, n) for n in range(2)],
        "firm email": ["%sfirm%d@firms.example" % (college, n) for n in range(2)],
        "firm phone": ["819-777-%d%03d" % (1 if college == OWN else 2, n) for n in range(2)],
        "firm address": ["%d rue %sfirm" % (n, c) for n in range(2)],
        "firm postal code": ["%s%d" % (p, n) for p in ["G9X 1C" if college == OWN else "G8Y 2E"] for n in range(2)],
        "coordinator": ["%scoordinator" % c, "%scoord@schools.example" % college],
        "institution address": ["9 rue %sschool" % c],
    }


# What each store may hold of the marks above (architecture.md, "Where data lives").
ALLOWED = {
    "employer_intake": {"firm contact", "firm email", "firm phone", "firm address", "firm postal code", "coordinator",
                        "institution address"},
    "learner_intake": {"learner name", "learner email", "learner postal code", "permanent code"},
    "matching": set(),
    "notifications": {"firm contact", "firm email", "coordinator", "learner name"},
}


def feed_college(pool, name, other):
    """Two firms with a posting each, four learners; one of them goes to the other college's posting."""
    m = marks(name)
    Feeder(pool, OPERATOR).rows("institutions", {
        "external_id": name, "coordinator_name": m["coordinator"][0], "coordinator_email": m["coordinator"][1],
        "postal_address": m["institution address"][0]})
    c = Feeder(pool, pool.college(name))
    c.rows("programmes", {})
    c.rows("employers", *({
        "external_id": "%s-e%d" % (name, n), "legal_name": "Firme %s %d" % (name, n), "contact_name": m["firm contact"][n],
        "contact_email": m["firm email"][n], "contact_phone": m["firm phone"][n], "address": m["firm address"][n],
        "postal_code": m["firm postal code"][n]} for n in range(2)))
    c.rows("postings", *({"external_id": "%s-p%d" % (name, n), "employer": "%s-e%d" % (name, n), "competencies": "",
                          "language": "", "postal_code": "", "latitude": "", "longitude": "", "reserves": ""}
                         for n in range(2)))
    c.rows("learners", *({
        "external_id": "%s-l%d" % (name, n), "given_name": m["learner name"][n], "family_name": m["learner name"][LEARNERS + n],
        "email": m["learner email"][n], "postal_code": m["learner postal code"][n], "permanent_code": m["permanent code"][n],
        "competencies": "", "groups": "", "max_distance_km": "", "consent_on": "" if n == LEARNERS - 1 else "2026-10-01"}
        for n in range(LEARNERS)))
    c.rows("learner_rankings", {"learner": name + "-l0", "posting": "%s/%s-p0" % (other, other)},
           {"learner": name + "-l1", "posting": name + "-p1"})
    c.rows("employer_rankings", {"posting": name + "-p1", "learner": name + "-l1"})
    c.rows("direct_offers", {"learner": name + "-l2", "posting": name + "-p1"})
    return c


class PrivacyTest(unittest.TestCase):
    maxDiff = 3000

    @classmethod
    def setUpClass(cls):
        cls.server = SmtpServer()
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.pool = Pool(dict(mailing.SOON, mail_mode="send", smtp_url=cls.server.url, log_level="debug"))
        cls.addClassCleanup(cls.pool.destroy)
        cls.pool.start()
        cls.colleges = {OWN: feed_college(cls.pool, OWN, OTHER), OTHER: feed_college(cls.pool, OTHER, OWN)}
        mailing.wait_until_ended(cls.pool, 4)
        cls.numbers = {name: [row["pool_number"] for row in c.list("learners")] for name, c in cls.colleges.items()}
        cls.round = cls.pool.bassin("round", "open", "--title", "Hiver").strip()
        for word in ("freeze", "solve", "publish"):
            cls.pool.bassin("round", word, cls.round)
        mailing.wait_until_ended(cls.pool, 4 + 4 + 2)
        settle(cls.pool)
        shown = cls.pool.json("round", "show", cls.round)
        cls.placed = {(p["learner"], p["posting"]) for p in shown["placements"]}

    def cells(self, service):
        """(table, value as bytes) of every cell of a store."""
        for table in tables(self.pool, service):
            for row in self.pool.sql(service, 'SELECT * FROM "%s"' % table):
                for value in map(plain, row):
                    yield table, value if isinstance(value, bytes) else str(value).encode()

    def found_in(self, service, wanted, cells=None):
        """{(mark, table)} of the marks that stand in a store, also without the blank of a postal code."""
        forms = {mark: (mark.encode(), mark.replace(" ", "").encode()) for mark in wanted}
        return {(mark, table) for table, value in cells or self.cells(service) for mark, (a, b) in forms.items()
                if a in value or b in value}


class Colleges(PrivacyTest):
    def commands(self, who):
        """Every command, in every way that could reach the other college's people: (words, pool numbers it may show)."""
        l, n = [OWN + "-l%d" % k for k in range(LEARNERS)], self.numbers[OWN]
        p, e = [OWN + "-p%d" % k for k in range(2)], OWN + "-e0"
        own = self.colleges[OTHER]
        here = [number for number, posting in self.placed if posting.startswith(OTHER + "/")]
        looked = []
        for kind in ("institutions", "programmes", "competencies", "employers", "postings", "learners", "learner_rankings",
                     "employer_rankings", "direct_offers", "waiting", "placements", "rounds", "mail", "mail_frequencies", "audit"):
            looked += [(("list", kind), []), (("list", kind, "institution=" + OWN), []), (("list", kind, "--csv"), [])]
        looked += [(("list", "postings", "scope=pool"), []), (("list", "learners", "in_pool=yes"), [])]
        looked += [(("list", "candidates", "%s/%s" % (OWN, posting)), []) for posting in p]
        looked += [(("list", "candidates", "%s-p%d" % (OTHER, k)), n[:LEARNERS - 1]) for k in range(2)]
        looked += [(("list", "view", kind), []) for kind in ("learner", "learner_ranking", "direct_offer", "institution")]
        for word in ("institution:" + OWN, OWN, "employer:%s/%s" % (OWN, e), "%s/%s" % (OWN, e), e, "posting:%s/%s" % (OWN, p[0]),
                     "%s/%s" % (OWN, l[0]), "learner:" + l[0], l[0], n[0], n[3]):
            looked += [(("show", word), []), (("show", word, "--history"), [])]
        for learner in (n[0], n[3], l[0], "%s/%s" % (OWN, l[0])):
            for posting in ("%s/%s" % (OWN, p[0]), "%s/%s-p0" % (OTHER, OTHER)):
                looked.append((("pair", learner, posting), [learner]))
                looked.append((("pair", learner, posting, "--round", self.round), [learner]))
        looked += [(("round", "show", self.round), here), (("round", "show", self.round, "--details"), here),
                   (("round", "export", self.round), []), (("round", "export", self.round, "--outcome"), []),
                   (("round", "list"), []), (("task", "list"), []),
                   *((("list", "placements", name), []) for name in (n[0], l[0], "%s/%s" % (OWN, l[0]))), (("task", "list", "--all"), []),
                   (("audit",), []), (("audit", "--who", OWN), []), (("audit", "--id", n[0], "--csv"), []), (("status",), []), (("status", "--details"), []), (("keys", "list"), [])]
        firm = "%s/%s" % (OWN, e)
        looked += [(("firm", word, *more), []) for word, more in (("suspects", ()), ("suspects", ("--csv",)), ("duplicates", ()),
                                                                  ("show", (firm,)), ("history", (firm,)))]
        mails = [str(row[0]) for row in self.pool.sql("notifications", "SELECT mail FROM mail ORDER BY 1")]
        looked += [(("mail", "list"), []), (("mail", "list", "institution=" + OWN), [])]
        looked += [(("mail", "show", mail), here) for mail in mails]
        theirs = [str(row[0]) for row in self.pool.sql("notifications", "SELECT mail FROM mail WHERE institution = %s", OWN)]
        row = lambda kind, **cells: own.path(csv_text([dict(GOOD[kind], **cells)]))
        changed = [
            (("learner", "withdraw", l[0], n[1], "%s/%s" % (OWN, l[2]), "--reason", "x"), []),
            (("learner", "erase", l[0], "--yes"), []), (("learner", "erase", n[1], "--yes"), []),
            (("learner", "erase", "%s/%s" % (OWN, l[0]), "--yes"), []),
            *((("learner", "export", name), []) for name in (l[0], n[1], "%s/%s" % (OWN, l[0]))),
            *((("posting", word, "%s/%s" % (OWN, p[0]), "--reason", "x"), []) for word in ("pause", "close", "withdraw")),
            (("posting", "open", "%s/%s" % (OWN, p[0])), []),
            (("employer", "pause", firm, "--until", (datetime.date.today() + datetime.timedelta(30)).isoformat()), []),
            (("employer", "resume", firm), []),
            *((("set", word, "%s=x" % field, "--reason", "x"), [])
              for word, field in (("%s/%s" % (OWN, p[0]), "title"), (firm, "legal_name"), (OWN, "name_fr"), (l[0], "given_name"),
                                  (n[0], "given_name"), ("%s/%s" % (OWN, l[0]), "given_name"))),
            (("firm", "propose", firm, "elsewhere/e1"), []), (("firm", "merge", firm, "elsewhere/e1"), []),
            (("firm", "unmerge", firm, "elsewhere/e1", "--reason", "x"), []),
            (("firm", "reject", firm, "elsewhere/e1", "--reason", "x"), []),
            (("feed", "institutions", row("institutions", external_id=OWN, name_fr="changed")), []),
            (("feed", "learners", row("learners", external_id="%s/%s" % (OWN, l[0]))), []),
            (("feed", "postings", row("postings", external_id="%s/%s" % (OWN, p[0]))), []),
            (("feed", "employer_rankings", row("employer_rankings", posting="%s/%s" % (OWN, p[0]), learner=n[0])), [n[0]]),
            (("feed", "learner_rankings", row("learner_rankings", learner="%s/%s" % (OWN, l[0]), posting="x")), []),
            (("feed", "direct_offers", row("direct_offers", learner="%s/%s" % (OWN, l[0]), posting="x")), []),
            (("round", "withdraw", self.round, "--learner", n[0], "--reason", "x"), []),
            (("round", "withdraw", self.round, "--posting", "%s/%s" % (OWN, p[0]), "--reason", "x"), []),
            (("round", "withdraw", self.round, "--yes", "--reason", "x"), []),
            *((("round", word, self.round), []) for word in ("freeze", "solve", "publish", "close")),
            (("round", "solve", self.round, "--dry-run"), []), (("round", "open"), []),
            *((("mail", word, mail, *reason), []) for mail in theirs
              for word, reason in (("retry", ()), ("suppress", ("--reason", "x")))),
            *((("mail", "frequency", person, "never"), []) for person in (firm, OWN, "contact@" + OWN + ".example")),
            (("task", "done", "1", "--note", "x"), []),
            (("resync", "matching", "learner_intake"), []), (("parked", "retry", "matching", "learner_intake"), []),
        ]
        return looked, changed

    # Work on files below the pool's folder alone; test_keys.py has them.
    NO_SERVICE = {"keys make", "keys revoke", "help", "backup", "restore", "doctor"}

    def leaks(self, output, allowed_numbers, among):
        found = [mark for what in among for mark in marks(OWN)[what] if mark in output]
        return found + [number for number in self.numbers[OWN] if number in output and number not in allowed_numbers]

    def test_no_command_shows_or_changes_another_college_s_learners(self):
        names = {tuple(line.split()[:2]) for line in self.pool.bassin("--help").splitlines() if re.match("  [a-z]", line)}
        looked, changed = self.commands(OTHER)
        covered = {words[:2] for words, _ in looked + changed} | {tuple(name.split()) for name in self.NO_SERVICE}
        firsts = {words[0] for words in covered}
        self.assertEqual([name for name in names if name not in covered and name[0] not in firsts], [],
                         "each command is tried")
        before = {name: self.of_alpha(name) for name in SERVICES}
        # Where a firm and its site are is what the pool is for; who answers the telephone there is not.
        among = [what for what in marks(OWN) if what.startswith("learner") or
                 what in ("permanent code", "firm contact", "firm email", "firm phone", "coordinator")]
        for words, numbers in looked + changed:
            for form in ((), ("--json",)):
                done = self.pool.run(*form, *words, who=OTHER)
                # A number that was typed may be said back; what comes on standard output is an answer.
                typed = [word for word in words if word in self.numbers[OWN]]
                self.assertEqual(self.leaks(done.stdout, numbers, among), [], " ".join(words))
                self.assertEqual(self.leaks(done.stderr, numbers + typed, among), [], " ".join(words))
        for words, _ in changed:
            done = self.pool.run(*words, who=OTHER)
            self.assertNotEqual(done.returncode, 0, " ".join(words))
            self.assertNotEqual(done.returncode, 1, " ".join(words))
        self.assertEqual({name: self.of_alpha(name) for name in SERVICES}, before)

    def of_alpha(self, service):
        """Every row of a store in which something of the first college stands, but for records of who asked."""
        needle = re.compile("%s|%s" % (OWN, "|".join(self.numbers[OWN])), re.IGNORECASE)
        return {table: [row for row in rows if needle.search(row)] for table, rows in contents(self.pool, service).items()}

    def test_the_intermediary_sees_no_learner_s_name(self):
        looked, _ = self.commands(OPERATOR)
        among = ("learner name", "learner email", "learner postal code", "permanent code", "firm contact", "firm email")
        for words, _ in looked:
            done = self.pool.run(*words, who=OPERATOR)
            self.assertEqual(self.leaks(done.stdout + done.stderr, self.numbers[OWN], among), [], " ".join(words))
        # Of what the two colleges may see themselves, all is there: the search finds what is to be found.
        shown = self.pool.bassin("list", "learners", who=OWN) + self.pool.bassin("show", OWN + "-l0", who=OWN)
        self.assertEqual(set(self.leaks(shown, [], ("learner name",))), set(marks(OWN)["learner name"]) | set(self.numbers[OWN]))

    def test_whether_an_unknown_number_exists_is_not_told(self):
        theirs, unknown = self.numbers[OWN][3], "0123456789"
        for words in (("show", "NUMBER"), ("pair", "NUMBER", "%s/%s-p0" % (OTHER, OTHER)),
                      ("pair", "NUMBER", "%s/%s-p0" % (OWN, OWN)), ("learner", "export", "NUMBER"), ("learner", "erase", "NUMBER", "--yes"),
                      ("learner", "withdraw", "NUMBER", "--reason", "x"),
                      ("round", "withdraw", self.round, "--learner", "NUMBER", "--reason", "x")):
            answers = [self.pool.run(*(number if word == "NUMBER" else word for word in words), who=OTHER)
                       for number in (theirs, unknown)]
            said = [(done.returncode, done.stdout.replace(n, "NUMBER"), done.stderr.replace(n, "NUMBER"))
                    for done, n in zip(answers, (theirs, unknown))]
            self.assertEqual(said[0], said[1], " ".join(words))
            self.assertNotEqual(said[0][0], 0, " ".join(words))


class Stores(PrivacyTest):
    def test_each_store_holds_only_what_it_may(self):
        for service in SERVICES:
            cells = list(self.cells(service))
            for college in (OWN, OTHER):
                for what, wanted in marks(college).items():
                    found = self.found_in(service, wanted, cells)
                    if what not in ALLOWED[service]:
                        self.assertEqual(found, set(), "%s: %s" % (service, what))
                    elif not (service == "notifications" and what == "firm contact"):
                        self.assertTrue(found, "%s should hold: %s" % (service, what))
                    self.assertEqual([f for f in found if f[1] in ("audit", "command_reply")], [], "%s: %s" % (service, what))

    def test_nobody_s_name_or_address_is_in_a_log(self):
        paths = glob.glob(os.path.join(self.pool.home, "log", "*"))
        self.assertGreaterEqual(len(paths), 5)
        for path in paths:
            with open(path, errors="replace") as f:
                log = f.read()
            for college in (OWN, OTHER):
                for what, wanted in marks(college).items():
                    self.assertEqual([mark for mark in wanted if mark in log], [], path)

    def test_who_is_erased_is_gone_everywhere_and_may_not_come_back(self):
        c = self.colleges[OWN]
        numbers = {row["external_id"]: row["pool_number"] for row in c.list("learners")}
        for n in (0, 1):
            wanted = [mark for what, some in marks(OWN).items() if what.startswith(("learner", "permanent"))
                      for mark in some[n::LEARNERS]]
            self.assertGreater(len(self.found_in("learner_intake", wanted) | self.found_in("notifications", wanted)), 5)
            external_id = OWN + "-l%d" % n
            self.assertEqual(self.pool.run("learner", "erase", external_id, who=OWN).returncode, 2, "nobody said yes")
            self.pool.bassin("learner", "erase", external_id, "--yes", who=OWN)
            self.assertEqual(self.found_in("learner_intake", wanted), set(), "gone at once")
            for service in SERVICES:
                wait_for(lambda service=service: not self.found_in(service, wanted), 20, Left(self, service, wanted))
            number = numbers[external_id]
            # What may stay: that a number was erased, and who asked for what.
            stay = {"event", "log_key", "audit", "command_reply", "notice"}
            for service in SERVICES:
                # What matching told of her is blanked; the intake's own event says that the number was erased.
                may = stay - {"event"} if service == "matching" else stay
                wait_for(lambda service=service, may=may: {t for _, t in self.found_in(service, [number])} <= may, 20,
                         Left(self, service, [number]))
            # A ranking of her own college named her by its own id.
            wait_for(lambda: {t for _, t in self.found_in("employer_intake", [external_id])} <= {"event", "audit"}, 20,
                     Left(self, "employer_intake", [external_id]))
            self.assertEqual({t for _, t in self.found_in("learner_intake", [external_id])} - {"audit"}, set())
            self.assertEqual({t for _, t in self.found_in("matching", [external_id])}, set())
            fed = c.feed("learners", csv_text([dict(GOOD["learners"], external_id=external_id, competencies="")]))
            self.assertEqual((fed.status, fed.problems("external_id", "code")), (3, [(external_id, "erased")]))
            self.assertEqual(self.pool.run("show", number, who=OWN).returncode, 3)
        self.assertEqual([row["external_id"] for row in c.list("learners")], [OWN + "-l2", OWN + "-l3"])
        self.assertTrue(self.found_in("notifications", [marks(OWN)["learner name"][2]]), "the others are still there")
        self.assertEqual(self.pool.json("round", "show", self.round)["erased"], 2)


class Left:
    """What is still in a store at the end of a wait that was in vain."""

    def __init__(self, test, service, wanted):
        self.test, self.service, self.wanted = test, service, wanted

    def __str__(self):
        return "gone from %s: %s" % (self.service, self.test.found_in(self.service, self.wanted))


if __name__ == "__main__":
    unittest.main(verbosity=2)
