# SPDX-License-Identifier: Apache-2.0
"""Mails that stand in the queue, through notifications to smtp-sink over 4 connections: each claimed and its result
recorded durably. Against libcurl's multi interface with 4 connections to the same sink, and no state at all."""
import contextlib
import os
import pwd
import socket
import subprocess

import mailing
import pool
from measure import ROUNDS, BenchPool, cursor_of, tool

CONNECTIONS, MAILS = 4, 2000
PATIENCE_S = 120
QUEUED = ("INSERT INTO mail (kind, recipient, institution, round, state, why, created_ms, latest_ms, due_ms, composed_ms,"
          " message_id, to_address, body) SELECT 'candidates', 'cegep-nord/e' || n, 'cegep-nord', '', 'queued', '', now.ms,"
          " now.ms, now.ms, now.ms, %s || n || '@ccr.example', 'e' || n || '@firm.example', %s FROM generate_series(1, %s) AS n,"
          " (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms) AS now")
# Two looks into small indexes, so that waiting takes nothing from what is measured.
WAITING = "SELECT EXISTS (SELECT FROM mail WHERE state IN ('queued', 'deferred')) OR EXISTS (SELECT FROM mail WHERE state = 'sending')"
ENDED = "SELECT count(*), max(ended_ms) - min(ended_ms) FROM mail WHERE state = 'sent' AND message_id LIKE %s"


@contextlib.contextmanager
def sink(port):
    """smtp-sink of the postfix package: takes everything, keeps nothing. Where we are root it must be somebody else."""
    user = ["-u", pwd.getpwnam("nobody").pw_name] if os.geteuid() == 0 else []
    with subprocess.Popen(["/usr/sbin/smtp-sink", *user, "127.0.0.1:%d" % port, "1000"], stdout=subprocess.DEVNULL) as process:
        try:
            pool.wait_for(lambda: answers(port), 10, "smtp-sink answers")
            yield
        finally:
            process.terminate()


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


class Post:
    """Notifications alone, with a queue that SQL fills while it is down. What counts is the time from the first result that
    was recorded to the last."""

    def __init__(self, bench, body):
        self.bench, self.body, self.service = bench, body, bench.service("notifications")

    def sent(self, number):
        self.service.kill()
        with cursor_of(self.bench.conninfo("notifications")) as cursor:
            cursor.execute(QUEUED, ("%d-" % number, self.body, MAILS))
            self.service.launch()
            found = lambda *query: cursor.execute(*query) or cursor.fetchone()
            pool.wait_for(lambda: not found(WAITING)[0], PATIENCE_S, "all mails are sent")
            sent, took_ms = found(ENDED, ("%d-%%" % number,))
            if sent != MAILS:
                raise RuntimeError("%d of %d mails were sent" % (sent, MAILS))
            return 1000 * (MAILS - 1) / int(took_ms)


def measure(goals):
    port = pool.free_port()
    url = "smtp://127.0.0.1:%d/bench.example" % port
    settings = dict(mailing.SENDER, mail_mode="send", smtp_url="smtp://127.0.0.1:%d" % port, smtp_connections=str(CONNECTIONS))
    with BenchPool() as bench, sink(port):
        bench.settings.update(settings)
        bench.start("notifications")
        path = os.path.join(bench.home, "mail.eml")
        tool("notifications__mail", "compose", 2, path)
        with open(path, "rb") as f:
            post = Post(bench, f.read())
        goals.compare("mails, %d connections, durable" % CONNECTIONS, "bare libcurl multi to the same smtp-sink", "mails/s",
                      post.sent, lambda _: MAILS / float(tool("curl_mails", url, MAILS, CONNECTIONS, path)), 0.4, 0.7,
                      rounds=ROUNDS)
