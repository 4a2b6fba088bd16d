# SPDX-License-Identifier: Apache-2.0
"""A college's file of learners through `bassin feed` and the real intake: every cell checked, every row answered, every
event written, from the command's start to its end. Against binary COPY of the rows that then stand into a table of the same
columns and nothing else; a second line compares with the cells of the file as text."""
import csv
import io
import os
import random
import struct

import bulk
from measure import ROUNDS, cursor_of, timed

LEARNERS = 100000
CODES_EACH = 20
COLUMNS = ("external_id given_name family_name email language programme postal_code latitude longitude max_distance_km"
           " available_from available_to hours_per_week weekdays competencies permanent_code wil_types languages groups"
           " assignable tier consent_on").split()


def codes_of(programme):
    return ["%s-%02d" % (programme, n) for n in range(CODES_EACH)]


def learner(rng, college, n):
    """All that feeds.md knows of a learner, as a college that keeps its files well gives it."""
    programme = rng.choice(bulk.PROGRAMMES)[0]
    return ["l%d" % n, rng.choice(bulk.GIVEN), rng.choice(bulk.FAMILY), "l%d@%s.example" % (n, college),
            rng.choice(["fr", "en"]), programme, "J1H 5N1", "%.6f" % (45.4 + rng.random()), "%.6f" % (-72.6 + rng.random()),
            rng.choice(["", "20", "50"]), "2027-01-04", "2027-06-30", rng.choice(["35", "40"]),
            rng.choice(["", "mo|tu|we|th|fr", "mo|tu|we"]), "|".join(rng.sample(codes_of(programme), rng.randrange(7))),
            "ABCD%08d" % n, rng.choice(["", "internship|coop"]), rng.choice(["fr", "fr|en"]), "", "yes", rng.randrange(10),
            "2026-10-01"]


class College:
    """One for each round, so that each feeds rows that are new."""

    def __init__(self, bench, number):
        self.bench, self.name = bench, bench.college("cegep-%d" % number)
        rng = random.Random(self.name)
        path = lambda kind: os.path.join(bench.home, "%s-%s.csv" % (self.name, kind))
        self.learners = bulk.write(path("learners"), COLUMNS, [learner(rng, self.name, n) for n in range(LEARNERS)])
        self.programmes = bulk.write(path("programmes"), ["external_id", "title_fr", "level"],
                                     [[code, title, "dec"] for code, title in bulk.PROGRAMMES])
        self.competencies = bulk.write(path("competencies"), ["external_id", "programme", "title_fr"],
                                       [[code, programme, "Compétence"] for programme, _ in bulk.PROGRAMMES
                                        for code in codes_of(programme)])

    def feed(self, kind):
        self.bench.bassin("feed", kind, getattr(self, kind), who=self.name)


def cells(path):
    """The file's rows as COPY reads them fastest, all of them text; empty cells are null."""
    out = io.BytesIO()
    out.write(b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0))
    with open(path, newline="", encoding="utf-8") as f:
        for row in list(csv.reader(f))[1:]:
            row = [cell.encode() for cell in row]
            out.write(struct.pack("!h", len(row)))
            out.write(b"".join(struct.pack("!i", len(cell)) + cell if cell else struct.pack("!i", -1) for cell in row))
    out.write(struct.pack("!h", -1))
    return out


def copied(database, columns, rows):
    with cursor_of(database) as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare; CREATE TABLE bare (%s)" % columns)
        rows.seek(0)
        return LEARNERS / timed(cursor.copy_expert, "COPY bare FROM STDIN (FORMAT binary)", rows)


def rows_copied(database, college):
    """The rows as they stand, columns and types of the intake's table, without its keys and checks."""
    rows = io.BytesIO()
    with cursor_of(database) as cursor:
        cursor.copy_expert("COPY (SELECT * FROM learner WHERE institution = '%s') TO STDOUT (FORMAT binary)" % college, rows)
    return copied(database, "LIKE learner", rows)


def measure(bench, goals):
    bench.start("employer_intake", "learner_intake")
    colleges = [College(bench, number) for number in range(ROUNDS)]
    bench.bassin("feed", "institutions", bulk.institutions(bench.home, [c.name for c in colleges]))
    for college in colleges:
        college.feed("programmes")
        college.feed("competencies")
    database = bench.conninfo("learner_intake")
    fed, rows, texts = [], [], []
    for college in colleges:
        fed.append(LEARNERS / timed(college.feed, "learners"))
        rows.append(rows_copied(database, college.name))
        texts.append(copied(database, ", ".join("%s text" % c for c in COLUMNS), cells(college.learners)))
    goals.add("bassin feed, %d learners" % LEARNERS, "binary COPY of the same rows into a bare table", "rows/s", fed, rows,
              0.10, 0.20)
    goals.note("  the same", "binary COPY of the file's cells as text, no column typed", "rows/s", fed, texts)
