# SPDX-License-Identifier: Apache-2.0
"""What an operator sees: `bassin status` while all is well, while a service is away, while the database is stopped, and
while it hangs; the same figures as Prometheus text."""
import json
import os
import re
import signal
import time
import unittest

from feeding import GOOD, college, csv_text
from pool import Pool, SERVICES, wait_for

BUILDS = ("plain",)
NAME, LABEL = r"[a-zA-Z_:][a-zA-Z0-9_:]*", r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(r"^(%s)(?:\{(%s(?:,%s)*)\})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|NaN|[+-]Inf)$" % (NAME, LABEL, LABEL))
TYPE = re.compile(r"^# TYPE (%s) (counter|gauge)$" % NAME)


class Status(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.pool = Pool()
        cls.addClassCleanup(cls.pool.destroy)
        cls.pool.start()
        cls.college = college(cls.pool, "etat")

    def asked(self, *words):
        """(exit status, {service: report}, seconds)"""
        begun = time.monotonic()
        done = self.pool.run("--json", *words, "status", timeout=60)
        return done.returncode, {row["service"]: row for row in json.loads(done.stdout)}, time.monotonic() - begun

    def states(self):
        return {name: row["state"] for name, row in self.asked("--wait", "2")[1].items()}

    def well(self):
        return self.states() == dict.fromkeys(SERVICES, "active")

    def following(self):
        return all(c["state"] == "following" and c["seq"] == c["head_seq"] for row in self.asked()[1].values()
                   for c in row["cursors"])

    def test_all_is_well(self):
        wait_for(self.well, 20, "all active")
        wait_for(self.following, 20, "readers at the heads")
        status, reports, _ = self.asked()
        self.assertEqual((status, set(reports)), (0, set(SERVICES)))
        for name, row in reports.items():
            self.assertEqual((row["state"], row["alarms"], row["pid"]), ("active", [], self.pool.service(name).process.pid))
            self.assertEqual(len(row["epoch"]), 32)
            self.assertGreater(row["uptime_ms"], 0)
            self.assertGreaterEqual(row["schema_version"], 1)
            self.assertRegex(row["program_version"], r"^\d+\.\d+")
            self.assertEqual(row["head_seq"], self.pool.sql(name, "SELECT seq FROM event_head")[0][0])
        for form in ((), ("--lang", "fr"), ("--details",)):
            shown = self.pool.bassin("status", *form)
            for name in SERVICES:
                self.assertIn(name, shown)
        self.assertNotIn("active ", self.pool.bassin("status", "--lang", "fr"))

    def test_figures_are_prometheus_text(self):
        wait_for(self.well, 20, "all active")
        text = self.pool.bassin("status", "--metrics")
        types, samples, current, closed = {}, {}, None, set()
        for line in text.splitlines():
            if line.startswith("# HELP "):
                continue
            declared, sample = TYPE.match(line), SAMPLE.match(line)
            self.assertTrue(declared or sample, line)
            if declared:
                self.assertNotIn(declared.group(1), types, "one TYPE line for each name")
                types[declared.group(1)] = declared.group(2)
                closed.add(current)
                current = declared.group(1)
            else:
                self.assertEqual(sample.group(1), current, "figures of one name stand together")
                key = sample.group(1), sample.group(2)
                self.assertNotIn(key, samples)
                samples[key] = float(sample.group(3))
        for name in SERVICES:
            self.assertEqual(samples["bassin_up", 'service="%s"' % name], 1)
        self.assertTrue(all(kind == "counter" for name, kind in types.items() if name.endswith("_total")))
        self.assertGreater(len(samples), 100)

    def test_a_service_that_is_away_is_said_to_be_and_hides_nobody(self):
        wait_for(self.well, 20, "all active")
        service = self.pool.service("notifications")
        service.kill(signal.SIGTERM)
        self.addCleanup(self.pool.wait_until_active, "notifications")
        self.addCleanup(service.launch)
        status, reports, seconds = self.asked()
        self.assertEqual((status, reports["notifications"]["state"]), (1, "away"))
        self.assertEqual({reports[name]["state"] for name in SERVICES if name != "notifications"}, {"active"})
        self.assertLess(seconds, 10)
        metrics = self.pool.run("status", "--metrics")
        self.assertEqual(metrics.returncode, 1)
        self.assertIn('bassin_up{service="notifications"} 0', metrics.stdout)
        self.assertIn('bassin_up{service="matching"} 1', metrics.stdout)

    def test_it_answers_while_the_database_is_stopped(self):
        wait_for(self.well, 20, "all active")
        self.pool.script("cluster", "stop")
        try:
            wait_for(lambda: self.states() == dict.fromkeys(SERVICES, "store_away"), 20, "store away")
            status, _, seconds = self.asked()
            self.assertEqual(status, 1)
            self.assertLess(seconds, 5)
            away = self.pool.run("--wait", "1", "feed", "programmes", self.college.path(csv_text([GOOD["programmes"]])),
                                 who="etat")
            self.assertEqual(away.returncode, 1)
        finally:
            self.pool.script("cluster", "start")
        wait_for(self.well, 30, "active again")
        self.college.rows("programmes", {"external_id": "after"})

    def postgres(self):
        """Every process of the pool's own PostgreSQL."""
        with open(os.path.join(self.pool.home, "pg", "data", "postmaster.pid")) as f:
            master = int(f.readline())
        children = []
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/stat" % entry) as f:
                    if int(f.read().rsplit(")", 1)[1].split()[1]) == master:
                        children.append(int(entry))
            except OSError:                                             # it has just ended
                pass
        return [master] + children

    def signal_postgres(self, number):
        for pid in self.postgres():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def test_it_answers_while_the_database_hangs(self):
        wait_for(self.well, 20, "all active")
        self.signal_postgres(signal.SIGSTOP)
        try:
            # Work that hangs in the store: the loop is in it, and still the status answers.
            feeding = self.pool.popen("--wait", "40", "feed", "programmes",
                                      self.college.path(csv_text([dict(GOOD["programmes"], external_id="hung")])), who="etat")
            for _ in range(3):
                _, reports, seconds = self.asked("--wait", "3")
                self.assertEqual(set(reports), set(SERVICES))
                self.assertNotIn("away", {row["state"] for row in reports.values()})
                self.assertLess(seconds, 5)
            self.assertIsNone(feeding.poll())
        finally:
            self.signal_postgres(signal.SIGCONT)
        out, err = feeding.communicate(timeout=60)
        self.assertEqual(feeding.returncode, 0, err)
        wait_for(self.well, 30, "active again")
        self.assertEqual(self.pool.sql("learner_intake", "SELECT version FROM programme WHERE code = 'hung'"), [(1,)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
