# SPDX-License-Identifier: Apache-2.0
"""Services are killed, stopped, doubled and put back in time while work goes on (reliability.md: R1, R2, R4, R15, R22)."""
import csv
import json
import os
import random
import signal
import subprocess
import threading
import time
import unittest

import bulk
import judge
import mailing
from pool import Pool, SERVICES, wait_for
from smtp_server import SmtpServer

TIMEOUT = 600
BUILDS = ("plain",)
FULL = os.environ.get("BASSIN_TEST_FULL") == "1"
KILLS = 20 if FULL else 10
COLLEGES = ("alpha", "beta")
FED = ("learner_intake", "employer_intake")                      # who are asked for something in a feed
SEED = int(os.environ.get("BASSIN_SEED", random.SystemRandom().randrange(2**32)))

# Mail goes out soon, to a real SMTP server of ours.
MAIL = dict(mailing.AT_ONCE, **{"mail_mode": "send", "postings_wait_ms": "300", "candidates_wait_ms": "300", "summary_wait_ms": "300",
        "retry_unit_ms": "20", "smtp_connections": "2", "sender_postal_address": "1, rue King, Sherbrooke QC",
        "sender_phone": "819-555-0100", "sender_address": "bassin@ccr.example", "sender_name_fr": "Chambre de commerce",
        "sender_name_en": "Chamber of Commerce"})


class Storm:
    """Kills each service at random moments and starts it again, now and then with a crash point."""

    def __init__(self, pool, names, kills, seed, programs=None):
        self.pool, self.names, self.kills = pool, names, kills
        self.counts = {name: 0 for name in names}
        self.between_commit_and_reply = 0
        self.errors = []
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self.torment, args=(name, random.Random("%d/%s" % (seed, name))), daemon=True)
                        for name in names]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exception):
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def is_done(self):
        return all(count >= self.kills for count in self.counts.values())

    def torment(self, name, rng):
        service = self.pool.service(name)
        # An intake's first life ends between the commit and its first reply, whatever the machine's pace.
        first = chosen = name in FED
        if first:
            service.kill()
            service.launch(crash_at="before_reply:1")
        while not self.ended.is_set():
            if chosen:
                self.wait_for_death(service, 120 if first else 2)
                first = False
            else:
                self.ended.wait(rng.uniform(0.1, 0.9))
            if self.counts[name] < self.kills:
                died = service.process.poll()
                if died is None:
                    service.kill()
                elif died != -signal.SIGKILL:
                    self.errors.append("%s ended by itself with %s" % (name, died))
                else:
                    self.between_commit_and_reply += 1
                self.counts[name] += 1
            if not service.is_running():
                chosen = name in FED and rng.random() < 0.5 and self.counts[name] < self.kills
                service.launch(crash_at="before_reply:%d" % rng.randint(1, 3) if chosen else None)

    def wait_for_death(self, service, seconds):
        """Until its crash point ends it; one that nobody asks anything meanwhile does not get there, and is killed then."""
        until = time.monotonic() + seconds
        while service.process.poll() is None and time.monotonic() < until and not self.ended.is_set():
            self.ended.wait(0.01)


def feed_all(pool, files, college, kinds, report):
    """Feeds until every row was taken: exit status 1 says that the pool could not be reached, and to run it again."""
    results = {}
    for kind in kinds:
        for _ in range(20):
            done = pool.run("feed", kind, files[kind], "--report", report, who=college, timeout=300)
            if done.returncode != 1:
                break
        if done.returncode != 0:
            raise AssertionError("feed %s: %d %s %s" % (kind, done.returncode, done.stdout, done.stderr))
        with open(report, encoding="utf-8-sig") as f:
            results[kind] = list(csv.DictReader(f))
    return results


class Chaos(unittest.TestCase):
    maxDiff = 2000

    def pool(self, **options):
        pool = Pool(**options)
        self.addCleanup(pool.destroy)
        return pool

    def settle(self, pool, seconds=90):
        wait_for(lambda: judge.differences(pool) == [], seconds, lambda_text(judge.differences, pool))

    def test_nothing_is_lost_or_doubled_while_services_are_killed(self):
        print("# seed %d" % SEED)
        server = SmtpServer()
        server.__enter__()
        self.addCleanup(server.__exit__, None, None, None)
        pool = self.pool(settings=dict(MAIL, smtp_url=server.url))
        pool.start()
        pool.bassin("feed", "institutions", bulk.institutions(pool.home, COLLEGES))
        work = {}
        for college in COLLEGES:
            pool.college(college)
            work[college] = bulk.college(pool.home, college, SEED, learners=10000, postings=2500, employers=150)
        with Storm(pool, SERVICES, KILLS, SEED) as storm:
            threads, failures = [], []

            def feed(college):
                try:
                    feed_all(pool, work[college], college, list(work[college]), os.path.join(pool.home, college + ".report"))
                except Exception as why:                                # told by the main thread
                    failures.append(why)
            for college in COLLEGES:
                threads.append(threading.Thread(target=feed, args=(college,)))
                threads[-1].start()
            for thread in threads:
                thread.join()
            self.assertEqual(failures, [])
            wait_for(storm.is_done, 120, "%d kills of each" % KILLS)
        self.assertEqual(storm.errors, [])
        self.assertGreater(storm.between_commit_and_reply, 0)
        pool.wait_until_active()
        self.settle(pool)
        # Every row is there once and was written once: its version is still the first.
        for service, table, count in (("learner_intake", "learner", 20000), ("employer_intake", "posting", 5000),
                                      ("employer_intake", "employer", 300)):
            rows = pool.sql(service, "SELECT count(*), count(DISTINCT (institution, external_id)), max(version) FROM " + table)
            self.assertEqual(rows, [(count, count, 1)], table)
        for service in SERVICES:
            self.assertEqual(judge.doubled_commands(pool, service), [], service)
            self.assertEqual(judge.gaps(pool, service), 0, service)
        self.check_mail(pool, server, storm)

    def check_mail(self, pool, server, storm):
        """One message for each employer with postings; twice at most once per connection and kill, and then the same."""
        def done():
            states = pool.sql("notifications", "SELECT state, count(*) FROM mail GROUP BY 1")
            return states and {state for state, _ in states} == {"sent"}
        wait_for(done, 120, "all mail sent")
        ids = [line.split(b":", 1)[1].strip() for mail in server.mails
               for line in mail.data.split(b"\r\n\r\n")[0].split(b"\r\n") if line.lower().startswith(b"message-id:")]
        self.assertEqual(len(ids), len(server.mails))
        stored = pool.sql("notifications", "SELECT count(*) FROM mail")[0][0]
        self.assertEqual(len(set(ids)), stored, "each message was sent, and nothing else")
        again = len(ids) - len(set(ids))
        print("# %d messages, %d sent twice, %d kills" % (stored, again, storm.counts["notifications"]))
        self.assertLessEqual(again, int(MAIL["smtp_connections"]) * storm.counts["notifications"])

    def test_nothing_is_lost_or_doubled_while_postgresql_is_killed(self):
        print("# seed %d" % SEED)
        rng = random.Random(SEED)
        pool = self.pool(settings=dict(MAIL, mail_mode="hold"))
        pool.start()
        pool.bassin("feed", "institutions", bulk.institutions(pool.home, ("alpha",)))
        pool.college("alpha")
        files = bulk.college(pool.home, "alpha", SEED, learners=4000, postings=1000, employers=100)
        failures = []

        def feed():
            try:
                feed_all(pool, files, "alpha", list(files), os.path.join(pool.home, "report"))
            except Exception as why:                                    # told by the main thread
                failures.append(why)
        feeding = threading.Thread(target=feed)
        feeding.start()
        kills = 0
        while kills < 3 or (feeding.is_alive() and kills < KILLS // 2):
            feeding.join(rng.uniform(0.1, 1.5))
            server = int(text_of(os.path.join(pool.home, "pg", "data", "postmaster.pid")).split()[0])
            os.kill(server, rng.choice((signal.SIGKILL, signal.SIGQUIT)))
            wait_for(lambda: is_gone(server), 30, "PostgreSQL gone")
            pool.script("cluster", "start")
            kills += 1
        feeding.join()
        print("# %d kills of PostgreSQL" % kills)
        self.assertEqual(failures, [])
        pool.wait_until_active()
        self.settle(pool)
        for service, table, count in (("learner_intake", "learner", 4000), ("employer_intake", "posting", 1000)):
            self.assertEqual(pool.sql(service, "SELECT count(*), max(version) FROM " + table), [(count, 1)], table)
        for name in SERVICES:
            self.assertEqual(judge.doubled_commands(pool, name), [], name)
            self.assertEqual(pool.service(name).starts, 1, "%s outlives its store" % name)

    def small(self, pool):
        """A pool with one college fed; returns its files."""
        pool.start()
        pool.bassin("feed", "institutions", bulk.institutions(pool.home, ("alpha",)))
        pool.college("alpha")
        files = bulk.college(pool.home, "alpha", SEED, learners=200, postings=60, employers=20)
        feed_all(pool, files, "alpha", list(files), os.path.join(pool.home, "report"))
        self.settle(pool)
        return files

    def touch(self, pool, files, hours):
        """Feeds the learners again with other hours, so that every row changes."""
        text = text_of(files["learners"])
        path = pool.file("again.csv", text.replace(",40,", ",%s," % hours))
        return feed_all(pool, {"learners": path}, "alpha", ["learners"], os.path.join(pool.home, "report"))

    def test_a_second_instance_takes_over_within_3_s(self):
        pool = self.pool(instances=2)
        files = self.small(pool)
        for name in ("learner_intake", "employer_intake", "matching", "notifications"):
            active = self.active(pool, name)
            other = pool.service(name, 3 - active)
            self.assertNotIn("state=active", other.log())
            pool.service(name, active).kill()
            begun = time.monotonic()
            wait_for(lambda: "state=active" in other.log(), 20, "%s taken over" % name)
            self.assertLess(time.monotonic() - begun, 3, name)
        self.touch(pool, files, "39")
        self.settle(pool)

    def test_an_instance_that_wakes_up_late_writes_nothing(self):
        pool = self.pool(instances=2)
        files = self.small(pool)
        name = "learner_intake"
        active = self.active(pool, name)
        late, other = pool.service(name, active), pool.service(name, 3 - active)
        late.kill(signal.SIGSTOP)
        wait_for(lambda: self.is_active(pool, name, other.process.pid), 20, "taken over from a stopped instance")
        epoch = pool.sql(name, "SELECT epoch FROM event_head")
        feeding = pool.popen("feed", "learners", files["learners"], who="alpha")
        late.kill(signal.SIGCONT)
        self.assertEqual(feeding.wait(60), 0)
        feeding.communicate()
        self.touch(pool, files, "38.5")
        self.assertEqual(pool.sql(name, "SELECT epoch FROM event_head"), epoch, "nobody took over again")
        self.assertEqual(pool.sql(name, "SELECT max(version), min(version) FROM learner"), [(2, 2)])
        self.settle(pool)

    def test_a_restored_store_is_recognised_by_its_readers(self):
        pool = self.pool()
        files = self.small(pool)
        name = "learner_intake"
        wait_for(lambda: all_have_read(pool), 30, "all readers at the heads")
        pool.service(name).kill(signal.SIGTERM)
        copy = self.dump(pool, name)
        pool.service(name).launch()
        pool.wait_until_active()
        self.touch(pool, files, "36")
        with open(files["learners"], encoding="utf-8", newline="") as f:
            agreed = next(row["external_id"] for row in csv.DictReader(f) if row["consent_on"])
        pool.bassin("learner", "withdraw", agreed, "--reason", "so that a contact changes too", who="alpha")
        self.settle(pool)
        wait_for(lambda: all_have_read(pool), 30, "all readers at the heads")
        pool.service(name).kill(signal.SIGTERM)
        self.restore(pool, name, copy)
        pool.service(name).launch()
        pool.wait_until_active(name)

        def diverged():
            status = {row["service"]: row for row in pool_status(pool)}
            return all(any(c["log_id"] == name and c["state"] == "diverged" for c in status[reader]["cursors"])
                       for reader in ("matching", "notifications"))
        wait_for(diverged, 30, "matching and notifications see that the log has gone back")
        self.assertNotEqual(judge.differences(pool), [])
        for reader in ("matching", "notifications", "employer_intake"):
            pool.bassin("resync", reader, name)
        self.settle(pool)
        mails = pool.sql("notifications", "SELECT count(*) FROM mail")
        pool.bassin("resync", "notifications", "employer_intake")
        self.settle(pool)
        wait_for(lambda: not any(c["state"] != "following" for row in pool_status(pool) for c in row["cursors"]), 30,
                 "all readers follow again")
        self.assertEqual(pool.sql("notifications", "SELECT count(*) FROM mail"), mails, "a resync mails nothing again")

    def test_each_crash_point_of_an_intake_is_survived(self):
        pool = self.pool()
        files = self.small(pool)
        service = pool.service("learner_intake")
        passed = []
        for hours, point in enumerate(POINTS, 20):
            service.kill(signal.SIGTERM)
            service.launch(crash_at="%s:%d" % (point, 1 if point in FEED_ONLY else 2))
            if "epoch" not in point:
                wait_for(lambda: not service.is_running() or self.is_active(pool, service.name, service.process.pid), 20, point)
            feeding = pool.popen("feed", "learners", self.with_hours(pool, files, hours), who="alpha")
            wait_for(lambda: not service.is_running(), 30, "death at " + point)
            service.launch()
            out, err = feeding.communicate(timeout=90)
            self.assertEqual(feeding.returncode, 0, (point, out, err))
            versions = pool.sql(service.name, "SELECT min(version), max(version) FROM learner")
            self.assertEqual(versions, [(hours - 18, hours - 18)], point)
            passed.append(point)
        self.settle(pool)
        print("# %d of %d points" % (len(passed), len(POINTS)))

    # ---- helpers -----------------------------------------------------------------------------------------------------
    def with_hours(self, pool, files, hours):
        text = text_of(files["learners"])
        return pool.file("again.csv", text.replace(",40,", ",%d," % hours))

    def active(self, pool, name):
        for row in pool_status(pool):
            for instance in (1, 2):
                service = pool.service(name, instance)
                if row["service"] == name and row["state"] == "active" and service.process.pid == row["pid"]:
                    return instance
        raise AssertionError("no active %s" % name)

    def is_active(self, pool, name, pid):
        return any(row["service"] == name and row["state"] == "active" and row["pid"] == pid for row in pool_status(pool))

    def dump(self, pool, name):
        path = os.path.join(pool.home, name + ".dump")
        conninfo = pool.script("cluster", "conninfo", name)
        subprocess.run(["/usr/lib/postgresql/15/bin/pg_dump", "-Fc", "-f", path, conninfo], check=True)
        return path

    def restore(self, pool, name, path):
        conninfo = pool.script("cluster", "conninfo", name)
        subprocess.run(["/usr/lib/postgresql/15/bin/pg_restore", "--clean", "--if-exists", "--single-transaction", "-d",
                        conninfo, path], check=True, capture_output=True)


# Points that only a command passes, or that start-up passes once; the others are passed by start-up too, so the second
# time counts.
FEED_ONLY = ("after_find", "before_handler", "after_handler", "after_replies", "after_audit", "before_reply", "after_reply",
             "before_epoch", "after_epoch")
POINTS = FEED_ONLY + ("before_begin", "after_begin", "after_append", "before_commit", "store_begin", "store_statement",
                      "store_commit_sent", "store_commit_returned", "after_commit", "fetch_received", "before_batch",
                      "after_batch")


def text_of(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def pool_status(pool):
    done = pool.status()
    try:
        return json.loads(done.stdout)
    except ValueError:
        return []


def all_have_read(pool):
    rows = {row["service"]: row for row in pool_status(pool) if row["state"] == "active"}
    return len(rows) == len(SERVICES) and all(c["state"] == "following" and c["seq"] == rows[c["log_id"]]["head_seq"]
                                              for row in rows.values() for c in row["cursors"])


def is_gone(pid):
    """Dead, buried or not: nobody may look after orphans where the tests run."""
    try:
        return text_of("/proc/%d/stat" % pid).rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def lambda_text(function, pool):
    class Text:
        def __str__(self):
            return "%s\n%s" % (function(pool), pool.logs()[-4000:])
    return Text()


if __name__ == "__main__":
    unittest.main(verbosity=2)
