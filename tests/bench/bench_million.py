# SPDX-License-Identifier: Apache-2.0
"""The log's speed when ten million events lie in it, beside another pool that begins with none. They are filled in by SQL, as
a log that was compacted and vacuumed; its reader stands at the head."""
import bench_log
from measure import BenchPool, cursor_of

EVENTS = 10000000

# Rows first, indexes afterwards: quicker, and the tables are the same in the end.
FILL = """
ALTER TABLE event DROP CONSTRAINT event_pkey;
DROP INDEX event_by_key;
INSERT INTO event (seq, version, at_ms, type, topic, key, body)
SELECT n, 1, 1795240800000, 50, 'round', 'college-' || n %% 7 || '/before-' || lpad(n::text, 12, '0'),
       convert_to(repeat('Stage en techniques ', 6), 'UTF8')
  FROM generate_series(1, %(events)s) AS n;
ALTER TABLE event ADD PRIMARY KEY (seq);
CREATE INDEX event_by_key ON event (key, topic, seq);
UPDATE event_head SET seq = %(events)s, tidied_seq = %(events)s;
"""


def fill(bench):
    """The owner is stopped meanwhile, and begins its epoch behind what was filled in; the reader takes up there."""
    for name in ("matching", "learner_intake"):
        bench.services[name, 1].kill()
    with cursor_of(bench.conninfo("matching")) as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'; SET synchronize_seqscans = off; SET statement_timeout = 0")
        cursor.execute(FILL, {"events": EVENTS})
        cursor.execute("VACUUM ANALYZE event")
        cursor.execute("SELECT epoch::text FROM event_epoch ORDER BY number DESC LIMIT 1")
        epoch = cursor.fetchone()[0]
    with cursor_of(bench.conninfo("learner_intake")) as cursor:
        cursor.execute("INSERT INTO log_cursor VALUES ('matching', %s, %s, 0, 0) ON CONFLICT (log_id) DO UPDATE"
                       " SET epoch = excluded.epoch, seq = excluded.seq", (epoch, EVENTS))
    bench.start_toys()


def measure(goals):
    with BenchPool() as full, BenchPool() as empty:
        for bench in (full, empty):
            bench.start_toys()
        fill(full)
        logs = [bench_log.Log(bench) for bench in (full, empty)]
        for log in logs:
            log.flat_out()      # connections and caches are warm
        goals.compare("events, %d million in the log" % (EVENTS // 1000000), "the same, empty", "events/s",
                      logs[0].flat_out, logs[1].flat_out, 0.7, 0.9)
