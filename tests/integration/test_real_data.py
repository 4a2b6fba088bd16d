# SPDX-License-Identifier: Apache-2.0
"""Employers, addresses and postal codes of the real world, with their dirt (BASSIN_TEST_DATA). The addresses to which mail
would go are invented, and none goes out: a pool holds its mail until somebody says otherwise. The csv-edge files beside them
are read in tests/unit/cli/test_csv_edge.c."""
import csv
import io
import os
import re
import unittest

import mailing
from feeding import GOOD, college, contents, csv_text
from pool import Pool, ROOT, wait_for
from sample import oracle
from smtp_server import SmtpServer

BUILDS = ("plain",)
DATA = os.environ.get("BASSIN_TEST_DATA", os.path.join(os.path.dirname(ROOT), "shared", "data"))
FIRMS, PLACES = os.path.join(DATA, "lmia_2023q3_pos_en.csv"), os.path.join(DATA, "lmia_postal_code_location_cache.csv")
POSTAL_CODE = re.compile(r"[A-Z]\d[A-Z] ?\d[A-Z]\d")
COUNT = 5000
COLUMNS = ["external_id", "legal_name", "language", "contact_name", "contact_email", "address", "municipality", "postal_code"]


def real_text():
    with open(FIRMS, "rb") as f:
        raw = f.read()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


def employers(count):
    """Rows of firms in Québec as they stand: a row of the file is an employer's."""
    rows = []
    for row in csv.DictReader(io.StringIO(real_text(), newline="")):
        code = POSTAL_CODE.search(row["Address"] or "")
        if row["Province/Territory"].strip() == "Quebec" and code and len(rows) < count:
            rows.append({"external_id": "r%d" % len(rows), "legal_name": row["Employer"], "language": "fr",
                         "contact_name": "Contact %d" % len(rows), "contact_email": "r%d@firms.example" % len(rows),
                         "address": row["Address"], "municipality": row["Address"].split(",")[0],
                         "postal_code": code.group(0)})
    return rows


def places():
    with open(PLACES, encoding="utf-8", newline="") as f:
        rows = [line.split(";")[:3] for line in f]
    first = {}
    for code, latitude, longitude in rows:
        if POSTAL_CODE.fullmatch(code):
            first.setdefault(code, {"code": code, "latitude": latitude, "longitude": longitude})
    return oracle.Places(first.values())


@unittest.skipUnless(os.path.exists(FIRMS) and os.path.exists(PLACES), "no third-party data")
class RealData(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.server = SmtpServer()
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        # Mail is told of as soon as may be, to a server that is there: the default of mail_mode alone keeps it back.
        cls.pool = Pool(dict(mailing.SOON, places=PLACES, smtp_url=cls.server.url))
        cls.addClassCleanup(cls.pool.destroy)
        cls.pool.start()
        cls.college = college(cls.pool, "real")

    def test_thousands_of_real_employers_go_in_and_no_mail_goes_out(self):
        rows = employers(COUNT)
        self.assertEqual(len(rows), COUNT)
        text = csv_text(rows, COLUMNS)
        fed = self.college.feed("employers", text)
        self.assertEqual((fed.status, fed.counts()), (0, (COUNT, 0, 0, 0, 0)), fed.json.get("problems", [])[:3])
        self.places_are_right(rows)
        before = contents(self.pool, "employer_intake")
        self.assertEqual(self.college.feed("employers", text).counts(), (0, 0, COUNT, 0, 0))
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, COLUMNS, delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        latin = self.college.feed("employers", out.getvalue().encode("cp1252", "strict"))
        self.assertEqual((latin.counts(), latin.json["windows_1252"]), ((0, 0, COUNT, 0, 0), True))
        self.assertEqual(contents(self.pool, "employer_intake"), before)
        listed = {row["external_id"]: row["legal_name"] for row in self.college.list("employers")}
        self.assertEqual(listed, {row["external_id"]: row["legal_name"].strip() for row in rows})
        self.nothing_is_sent(rows)

    def places_are_right(self, rows):
        """An employer without coordinates takes those of its postal code, else the mean of its first three characters."""
        known, stored = places(), self.pool.sql("employer_intake", """
            SELECT external_id, place_latitude_e7, place_longitude_e7 FROM employer WHERE institution = 'real'""")
        by_id, near = {row["external_id"]: row for row in rows}, 0
        for external_id, latitude, longitude in stored:
            point = known.find(by_id[external_id]["postal_code"])
            self.assertEqual(point is None, latitude is None, by_id[external_id])
            if point:
                self.assertAlmostEqual(latitude / 1e7, point[0], delta=1.01e-7)
                self.assertAlmostEqual(longitude / 1e7, point[1], delta=1.01e-7)
                near += 1
        self.assertGreater(near, COUNT * 0.9)

    def nothing_is_sent(self, rows):
        postings = [dict(GOOD["postings"], external_id="p%d" % n, employer=row["external_id"], competencies="", latitude="",
                         longitude="", postal_code="") for n, row in enumerate(rows[:500])]
        self.assertEqual(self.college.feed("postings", csv_text(postings)).status, 0)
        wait_for(lambda: mailing.states(self.pool) == {"queued": 500}, 60, mailing.Why(self.pool))
        shown = {(row["state"], row["why"]) for row in self.college.list("mail")}
        self.assertEqual(shown, {("queued", "held")})
        self.pool.bassin("mail", "retry", self.college.list("mail")[0]["mail"], who=self.college.who)
        self.assertEqual(mailing.states(self.pool), {"queued": 500})
        self.assertEqual((self.server.connections, self.server.mails), (0, []))


if __name__ == "__main__":
    unittest.main(verbosity=2)
