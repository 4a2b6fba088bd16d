# SPDX-License-Identifier: Apache-2.0
"""Files of a college through `bassin feed` and the real intakes: every cell checked, every row answered, every event
written. Beside it COPY of the same file into a table of text, and psql with one INSERT for each row."""
import csv
import os
import subprocess
import sys

import bulk
from measure import PG_BIN, RUNS, Figures, Table, cursor_of, timed

ROWS = {"learners": 20000, "postings": 5000}
INSERTED = 1500
RANKED = 2


class College:
    """A college of its own for each run, so that each run feeds rows that are new."""

    def __init__(self, bench, run):
        self.bench, self.name = bench, bench.college("cegep-%d" % run)
        self.files = bulk.college(bench.home, self.name, run, ROWS["learners"], ROWS["postings"], 1000, ranked=RANKED)

    def feed(self, kind):
        self.bench.bassin("feed", kind, self.files[kind], who=self.name)


def header_of(path):
    with open(path, newline="", encoding="utf-8") as f:
        return next(csv.reader(f))


def table_for(cursor, kind, path):
    columns = ", ".join("%s text" % name for name in header_of(path))
    cursor.execute("DROP TABLE IF EXISTS %s; CREATE TABLE %s (%s, PRIMARY KEY (external_id))" % (kind, kind, columns))


def copied(database, kind, path):
    with cursor_of(database) as cursor:
        table_for(cursor, kind, path)
        with open(path, encoding="utf-8") as f:
            return ROWS[kind] / timed(cursor.copy_expert, "COPY %s FROM STDIN (FORMAT csv, HEADER)" % kind, f)


def inserted(bench, database, kind, path):
    quoted = lambda cell: "'%s'" % cell.replace("'", "''")
    with open(path, newline="", encoding="utf-8") as f:
        rows = [row for _, row in zip(range(INSERTED), list(csv.reader(f))[1:])]
    script = bench.file("insert.sql", "".join("INSERT INTO %s VALUES (%s);\n" % (kind, ", ".join(map(quoted, row)))
                                              for row in rows))
    with cursor_of(database) as cursor:
        table_for(cursor, kind, path)
    command = [os.path.join(PG_BIN, "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", script]
    return INSERTED / timed(lambda: subprocess.run(command, check=True, stdout=sys.stderr))


def measure(bench, _goals):
    bench.start("employer_intake", "learner_intake")
    colleges = [College(bench, run) for run in range(RUNS)]
    bench.bassin("feed", "institutions", bulk.institutions(bench.home, [c.name for c in colleges]))
    database = bench.conninfo("notifications")
    table = Table("Feed: a file through the service", "rows/s")
    fed = {kind: [] for kind in ROWS}
    again, limit, peer = ({kind: [] for kind in ROWS} for _ in range(3))
    for college in colleges:
        for kind in ("programmes", "employers"):
            college.feed(kind)
        for kind, rows in ROWS.items():
            path = college.files[kind]
            fed[kind].append(rows / timed(college.feed, kind))
            again[kind].append(rows / timed(college.feed, kind))
            limit[kind].append(copied(database, kind, path))
            peer[kind].append(inserted(bench, database, kind, path))
    for kind, rows in ROWS.items():
        words = "COPY of the file; psql, one INSERT a row (%d rows)" % INSERTED
        table.add("%d %s" % (rows, kind), *(Figures(x[kind]) for x in (fed, limit, peer)), words=words)
        table.add("  the same again", *(Figures(x[kind]) for x in (again, limit, peer)), words=words)
    table.print()
