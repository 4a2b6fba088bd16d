# SPDX-License-Identifier: Apache-2.0
"""Feeding a file and reading what became of it, and what a store holds before and after."""
import csv
import io
import json
import os

from pool import SERVICES, wait_for

INSTITUTIONS = ["external_id", "name_fr", "name_en", "coordinator_name", "coordinator_email", "phone", "postal_address",
                "language"]

# A sound row of each kind; tests change cells of it.
GOOD = {
    "institutions": {"external_id": "c1", "name_fr": "Collège d'essai", "name_en": "Test College",
                     "coordinator_name": "Ève Coordonne", "coordinator_email": "stages@c1.example", "phone": "819-555-0100",
                     "postal_address": "1, rue du Collège, Magog QC  J1X 2A9", "language": "fr"},
    "programmes": {"external_id": "420.B0", "title_fr": "Techniques de l'informatique", "title_en": "Computer Science",
                   "level": "dec", "hours": "2700"},
    "competencies": {"external_id": "00Q1", "programme": "420.B0", "title_fr": "Installer", "title_en": "Install",
                     "hours": "60"},
    "employers": {"external_id": "e1", "legal_name": "Atelier Côté inc.", "neq": "1140000000", "headcount": "12",
                  "naics": "3339", "language": "fr", "contact_name": "Zoé Côté", "contact_email": "zoe@e1.example",
                  "contact_phone": "819 555-0123 poste 4", "address": "12, rue King", "municipality": "Sherbrooke",
                  "postal_code": "J1H 5N1", "latitude": "45.4", "longitude": "-71.9"},
    "postings": {"external_id": "p1", "employer": "e1", "title": "Stage en réseau", "wil_type": "coop",
                 "description": "Premier jour :\naccueil", "programmes": "420.B0", "competencies": "00Q1", "noc": "22220",
                 "seats": "2", "starts_on": "2027-01-18", "ends_on": "2027-05-07", "hours_per_week": "37.5",
                 "weekdays": "mo|tu", "paid": "oui", "hourly_wage": "21.75", "language": "both", "place": "on_site",
                 "postal_code": "J1H 5N1", "latitude": "45.4", "longitude": "-71.9", "accepts_unranked": "yes",
                 "assignable": "no", "reserves": "g1:1", "reserve_order": "first", "answer_by": "2026-12-18"},
    "learners": {"external_id": "l1", "given_name": "Noémie", "family_name": "O'Connor", "email": "noemie@l1.example",
                 "language": "fr", "programme": "420.B0", "postal_code": "J1H 5N1", "latitude": "45.4",
                 "longitude": "-71.9", "max_distance_km": "20", "available_from": "2027-01-11", "available_to": "2027-05-28",
                 "hours_per_week": "40", "weekdays": "mo|tu|we", "competencies": "00Q1", "permanent_code": "OCON01010101",
                 "wil_types": "coop|internship", "languages": "fr|en", "groups": "g1", "assignable": "yes", "tier": "1",
                 "consent_on": "2026-10-01"},
    "learner_rankings": {"learner": "l1", "tier": "1", "posting": "p1"},
    "employer_rankings": {"posting": "p1", "tier": "1", "learner": "l1"},
    "direct_offers": {"learner": "l1", "posting": "p1"},
}


def csv_text(rows, columns=None):
    """Rows as a feed file: dictionaries, or lists below the columns."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    columns = columns or list(rows[0])
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] if isinstance(row, dict) else row for row in rows)
    return out.getvalue()


class Fed:
    """What `feed` answered: exit status, output, the counts, and the problems as {line, external_id, field, ...}."""

    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.json = json.loads(done.stdout) if done.stdout.startswith("{") else {}

    def counts(self):
        """(created, updated, unchanged, waiting, refused)"""
        return tuple(self.json[name] for name in ("created", "updated", "unchanged", "waiting", "refused"))

    def problems(self, *names):
        return [tuple(problem[name] for name in names) for problem in self.json["problems"]]


class Feeder:
    """Feeds files of one college, or of the operator, to a pool."""

    def __init__(self, pool, who):
        self.pool, self.who, self.count = pool, who, 0

    def path(self, content, name=None):
        """Writes a text, or bytes as they are, to a new file."""
        self.count += 1
        path = os.path.join(self.pool.home, name or "%s-%d.csv" % (self.who, self.count))
        with open(path, "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        return path

    def run(self, kind, content, *options):
        """The command as people see it."""
        return Fed(self.pool.run("feed", kind, self.path(content), *options, who=self.who))

    def feed(self, kind, content, *options):
        return Fed(self.pool.run("--json", "feed", kind, self.path(content), *options, who=self.who))

    def rows(self, kind, *rows, **options):
        """Feeds sound rows with these cells changed; every one must be taken."""
        fed = self.feed(kind, csv_text([dict(GOOD[kind], **row) for row in rows]))
        if fed.status != 0:
            raise AssertionError("feed %s: %d %s %s" % (kind, fed.status, fed.out, fed.err))
        return fed

    def list(self, kind, *filters):
        return self.pool.json("list", kind, *filters, who=self.who)


def college(pool, name):
    """A college that the intermediary has fed, with a key of its own."""
    Feeder(pool, "ccr").rows("institutions", {"external_id": name, "coordinator_email": "stages@%s.example" % name})
    return Feeder(pool, pool.college(name))


def tables(pool, service):
    return [row[0] for row in pool.sql(service, """SELECT table_name FROM information_schema.tables
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1""")]


# What is written also when nothing changes: who asked what, the answer, and how far others have read, which comes later.
RECORDS = ("audit", "command_reply", "reader", "log_cursor")


def plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


# Of the log, what is left when events that were superseded are removed, as they are in time.
READ = {"event": "SELECT DISTINCT ON (topic, key) * FROM event ORDER BY topic, key, seq DESC",
        "event_head": "SELECT seq, epoch FROM event_head"}


def contents(pool, service):
    """Every row of every table of a store, but for RECORDS and what compaction removes."""
    return {table: sorted(str([plain(value) for value in row])
                          for row in pool.sql(service, READ.get(table, 'SELECT * FROM "%s"' % table)))
            for table in tables(pool, service) if table not in RECORDS}


def settle(pool, seconds=30):
    """Waits until every reader has applied all that the logs hold, and what came of that as well."""
    def settled():
        heads = {name: pool.sql(name, "SELECT seq FROM event_head")[0][0] for name in SERVICES}
        return all(seq >= heads[log_id] for name in SERVICES
                   for log_id, seq in pool.sql(name, "SELECT log_id, seq FROM log_cursor"))
    wait_for(settled, seconds, "all readers at the heads of the logs")
