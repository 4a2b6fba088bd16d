#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Delivers to a real SMTP server (aiosmtpd) that is sometimes rude: outcomes, reuse of connections, TLS, AUTH, injection."""
import os
import subprocess
import tempfile
import time
import unittest

from smtp_server import Rule, SmtpServer, make_certificate

BIN = os.environ.get("BASSIN_BIN", "build/bin")
TOOL = os.path.normpath(os.path.join(BIN, "..", "tests", "tools", "notifications__deliver"))
CRASH_BIN = os.environ.get("BASSIN_BIN_CRASH", "build/test/bin")
CRASH_TOOL = os.path.normpath(os.path.join(CRASH_BIN, "..", "tests", "tools", "notifications__deliver"))
CRASH_POINTS = {"smtp_connect": 1, "smtp_data": 1, "smtp_final_dot": 1, "smtp_250_read": 2, "smtp_result": 2}   # copies kept
VERBS = ("connect", "mail", "rcpt", "data", "dot")
BODY = b"Subject: test\r\n\r\n.starts with a dot\r\n..two dots\r\n.\r\nFrom here\r\nend\r\n"
QUICK = ("reply_ms=1000", "connect_ms=1000", "total_ms=20000")


class Result:
    def __init__(self, line):
        fields = line.rstrip("\n").split("\t") + [""] * 5
        self.id, self.outcome, self.stage, self.code = fields[0], fields[1], fields[2], int(fields[3] or 0)
        self.reused, self.text = fields[4] == "1", fields[5]


def mails(count, to="owner%d@firm.example"):
    return [("m%d" % i, "bassin@pool.example", to % i if "%" in to else to) for i in range(count)]


def start(url, *settings):
    return subprocess.Popen([TOOL, url, *settings], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True)


def deliver(url, lines, *settings):
    """Results in order of submission; the time from the first to the last; stderr is part of a failure's message."""
    with start(url, *settings) as tool:
        out, err = tool.communicate("".join("\t".join(line) + "\n" for line in lines), timeout=120)
    if tool.returncode != 0:
        raise AssertionError("status %d: %s" % (tool.returncode, err))
    by_id = {r.id: r for r in map(Result, out.splitlines())}
    return [by_id[line[0]] for line in lines]


class Delivery(unittest.TestCase):
    def test_mails_arrive_whole_over_one_connection(self):
        with SmtpServer() as server:
            results = deliver(server.url, mails(50), "helo=pool.example")
        self.assertEqual({(r.outcome, r.stage, r.code) for r in results}, {("sent", "dot", 250)})
        self.assertEqual(server.connections, 1)
        self.assertEqual([r.reused for r in results], [False] + [True] * 49)
        self.assertEqual([m.recipients for m in server.mails], [[to] for _, _, to in mails(50)])
        self.assertEqual({m.data for m in server.mails}, {BODY})
        self.assertEqual({m.sender for m in server.mails}, {"bassin@pool.example"})
        self.assertTrue(server.transcript(1).startswith(b"EHLO pool.example\r\n"))
        self.assertTrue(server.transcript(1).endswith(b"QUIT\r\n"))

    def test_connections_are_as_many_as_allowed(self):
        with SmtpServer() as server:
            results = deliver(server.url, mails(200), "parallel=4")
        self.assertEqual({r.outcome for r in results}, {"sent"})
        self.assertEqual(len(server.mails), 200)
        self.assertLessEqual(server.connections, 4)

    def test_a_4xx_defers_and_a_5xx_fails_at_each_verb(self):
        for verb in VERBS:
            for reply, outcome in (("451 4.3.0 busy", "deferred"), ("421 4.7.0 bye", "deferred"), ("450 4.2.1 later", "deferred"),
                                   ("550-5.1.1 no such\r\n550 5.1.1 mailbox", "failed"), ("552 5.2.2 full", "failed")):
                with self.subTest(verb=verb, reply=reply), SmtpServer([Rule(verb, reply, times=1)]) as server:
                    first, second = deliver(server.url, mails(2), *QUICK)
                    if verb == "connect":
                        outcome = "deferred"
                    self.assertEqual((first.outcome, first.stage, first.code), (outcome, verb, int(reply[:3])), first.text)
                    self.assertIn(reply.split()[-1], first.text)
                    self.assertEqual(second.outcome, "sent", second.text)
                    self.assertEqual(len(server.mails), 1)

    def test_a_drop_defers_at_each_verb_and_harms_no_other_mail(self):
        for verb in VERBS + ("ehlo", "body"):
            with self.subTest(verb), SmtpServer([Rule(verb, "drop", times=1)]) as server:
                first, second = deliver(server.url, mails(2), *QUICK)
                self.assertEqual((first.outcome, first.code), ("deferred", 0), first.text)
                self.assertEqual(second.outcome, "sent", second.text)
                self.assertEqual([m.recipients for m in server.mails], [["owner1@firm.example"]])

    def test_a_drop_after_the_mail_was_kept_defers_it_and_says_how_far_it_came(self):
        with SmtpServer([Rule("kept", "drop", times=1)]) as server:
            first, second = deliver(server.url, mails(2), *QUICK)
        self.assertEqual((first.outcome, first.stage, first.code), ("deferred", "dot", 0))
        self.assertEqual(second.outcome, "sent")
        self.assertEqual(len(server.mails), 2)

    def test_a_stall_ends_in_time_at_each_verb(self):
        for verb in VERBS + ("ehlo", "body", "kept"):
            with self.subTest(verb), SmtpServer([Rule(verb, "stall", times=1)]) as server:
                begin = time.monotonic()
                first, second = deliver(server.url, mails(2), *QUICK)
                self.assertLess(time.monotonic() - begin, 10)
                self.assertEqual((first.outcome, first.code), ("deferred", 0), first.text)
                self.assertEqual(second.outcome, "sent", second.text)

    def test_a_stall_at_goodbye_delays_nobody(self):
        for rules in ([Rule("quit", "stall")], [Rule("quit", "stall"), Rule("rcpt", "550 5.1.1 no", times=3)]):
            with SmtpServer(rules) as server:
                begin = time.monotonic()
                deliver(server.url, mails(8), "parallel=2", "reply_ms=30000")
                self.assertLess(time.monotonic() - begin, 10)

    def test_a_relay_that_thinks_over_one_mail_delays_no_other(self):
        for verb in ("mail", "dot"):
            with self.subTest(verb), SmtpServer([Rule(verb, "stall", times=1)]) as server:
                with start(server.url, "parallel=2", "reply_ms=60000", "total_ms=60000") as tool:
                    tool.stdin.write("".join("\t".join(m) + "\n" for m in mails(60)))
                    tool.stdin.close()
                    done = [Result(tool.stdout.readline()).outcome for _ in range(59)]
                    self.assertIsNone(tool.poll())   # the 60th still waits
                    tool.kill()
                    tool.stdout.close()
                    tool.stderr.close()
                self.assertEqual(set(done), {"sent"})

    def test_one_byte_at_a_time_is_slow_but_right(self):
        rules = [Rule(verb, "drip", times=1) for verb in ("mail", "rcpt", "dot")]
        with SmtpServer(rules) as server:
            self.assertEqual([r.outcome for r in deliver(server.url, mails(2), *QUICK)], ["sent", "sent"])
        self.assertEqual(len(server.mails), 2)

    def test_half_a_message_never_gets_a_final_dot(self):
        with tempfile.NamedTemporaryFile() as big:
            big.write(b"Subject: big\r\n\r\n" + b"x" * 70 + b"\r\n")
            big.write((b"y" * 70 + b"\r\n") * 20000)
            big.flush()
            line = ("big", "bassin@pool.example", "owner@firm.example", big.name)
            with SmtpServer([Rule("body", "stall", times=1)]) as server:
                first, second = deliver(server.url, [line, ("again",) + line[1:]], *QUICK)
            self.assertEqual((first.outcome, second.outcome), ("deferred", "sent"))
            self.assertNotIn(b"\r\n.\r\n", server.transcript(1))
            self.assertEqual([len(m.data) for m in server.mails], [os.path.getsize(big.name)])

    def test_a_connection_that_died_while_idle_is_replaced_at_once(self):
        for action in ("421 4.4.2 idle too long", "drop", "stall"):
            with self.subTest(action), SmtpServer() as server, start(server.url, "lockstep=1", *QUICK) as tool:
                results = []
                for n, mail in enumerate(mails(3)):
                    if n == 2:
                        server.rules = [Rule("mail", action, times=1)]
                    tool.stdin.write("\t".join(mail) + "\n")
                    tool.stdin.flush()
                    results.append(Result(tool.stdout.readline()))
                tool.communicate()
                self.assertEqual([r.outcome for r in results], ["sent"] * 3, results[2].text)
                self.assertEqual([r.reused for r in results], [False, True, False])
                self.assertEqual((server.connections, len(server.mails)), (2, 3))

    def test_a_kill_at_each_point_loses_no_mail_and_doubles_it_only_after_the_250(self):
        for point, copies in CRASH_POINTS.items():
            with self.subTest(point), SmtpServer() as server:
                line = "\t".join(mails(1)[0]) + "\n"
                killed = subprocess.run([CRASH_TOOL, server.url], input=line, text=True, timeout=60, capture_output=True,
                                        env=dict(os.environ, CRASH_AT=point + ":1"))
                self.assertEqual((killed.returncode, killed.stdout), (-9, ""))
                again = subprocess.run([CRASH_TOOL, server.url], input=line, text=True, timeout=60, capture_output=True)
                self.assertIn("\tsent\t", again.stdout)
                self.assertEqual([m.data for m in server.mails], [BODY] * copies)

    def test_nobody_there_defers(self):
        with SmtpServer() as server:
            url = server.url
        result, = deliver(url, mails(1), *QUICK)
        self.assertEqual((result.outcome, result.stage, result.code), ("deferred", "connect", 0))

    def test_injection_makes_no_command_and_no_recipient(self):
        attacks = ["owner@firm.example>\\r\\nRCPT TO:<victim@evil.example", "owner@firm.example\\r\\nDATA",
                   "owner@firm.example> BODY=8BITMIME", "<owner@firm.example>", "owner@firm.example,victim@evil.example",
                   "owner@firm.example\\n", "zoé@firm.example", "\"a b\"@firm.example", "owner@[127.0.0.1]", "@firm.example"]
        lines = [("to%d" % i, "bassin@pool.example", a) for i, a in enumerate(attacks)]
        lines += [("from%d" % i, a, "owner@firm.example") for i, a in enumerate(attacks)]
        with SmtpServer() as server:
            results = deliver(server.url, lines + [("good", "bassin@pool.example", "owner@firm.example")])
        self.assertEqual({r.outcome for r in results[:-1]}, {"REFUSED"})
        self.assertEqual(results[-1].outcome, "sent")
        self.assertEqual([m.recipients for m in server.mails], [["owner@firm.example"]])
        self.assertEqual(server.transcript(1).split(b"DATA\r\n")[0].splitlines()[1:],
                         [b"MAIL FROM:<bassin@pool.example> SIZE=%d" % len(BODY), b"RCPT TO:<owner@firm.example>"])

    def test_a_message_of_other_lines_than_crlf_is_refused(self):
        for data in (b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\n\r\n", b"a\0\r\n", b"\xc3\xa9\r\n", b"no end", b"", b"a\r\n" * 800000):
            with tempfile.NamedTemporaryFile() as message:
                message.write(data)
                message.flush()
                line = ("x", "bassin@pool.example", "owner@firm.example", message.name)
                with SmtpServer() as server:
                    self.assertEqual(deliver(server.url, [line])[0].outcome, "REFUSED")
                self.assertEqual(server.connections, 0)


class Secure(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.pair = make_certificate(cls.folder.name)
        cls.ca = "ca=" + cls.pair[0]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_starttls_with_a_trusted_certificate(self):
        with SmtpServer(tls=self.pair, require_tls=True) as server:
            results = deliver(server.url, mails(3), "tls=starttls", self.ca)
        self.assertEqual([r.outcome for r in results], ["sent"] * 3, results[0].text)
        self.assertEqual(server.connections, 1)

    def test_tls_from_the_start(self):
        with SmtpServer(tls=self.pair, whole_tls=True) as server:
            results = deliver(server.url, mails(3), self.ca)
        self.assertEqual([r.outcome for r in results], ["sent"] * 3, results[0].text)

    def test_no_mail_goes_out_in_clear_where_tls_is_asked(self):
        for server in (SmtpServer(), SmtpServer([Rule("starttls", "454 4.7.0 not now")], tls=self.pair)):
            with server:
                result, = deliver(server.url, mails(1), "tls=starttls", self.ca, *QUICK)
            self.assertEqual(result.outcome, "deferred")
            self.assertNotIn(b"MAIL FROM", server.transcript(1))

    def test_an_unknown_certificate_is_refused(self):
        for settings, server in ((("tls=starttls",), SmtpServer(tls=self.pair)), ((), SmtpServer(tls=self.pair, whole_tls=True))):
            with server:
                result, = deliver(server.url, mails(1), *settings, *QUICK)
            self.assertEqual(result.outcome, "deferred", result.text)
            self.assertEqual(server.mails, [])

    def test_auth_is_done_under_tls_and_once_a_connection(self):
        with SmtpServer(tls=self.pair, login=("pool", "a secret, été")) as server:
            results = deliver(server.url, mails(3), "tls=starttls", self.ca, "user=pool", "password=a secret, été")
        self.assertEqual([r.outcome for r in results], ["sent"] * 3, results[0].text)
        self.assertEqual(server.transcript(1).count(b"AUTH "), 1)

    def test_a_wrong_password_defers_since_it_is_not_about_the_mail(self):
        with SmtpServer(tls=self.pair, login=("pool", "secret")) as server:
            result, = deliver(server.url, mails(1), "tls=starttls", self.ca, "user=pool", "password=other", *QUICK)
        self.assertEqual((result.outcome, result.stage, result.code), ("deferred", "auth", 535), result.text)
        self.assertNotIn("other", result.text)

    def test_settings_that_would_be_unsafe_are_refused(self):
        for url, settings in (("smtp://127.0.0.1:1", ("user=pool", "password=secret")),
                              ("smtp://pool:secret@127.0.0.1:1", ()), ("http://127.0.0.1:1", ()), ("file:///etc/passwd", ()),
                              ("smtp://127.0.0.1:1", ("parallel=0",)), ("smtp://127.0.0.1:1", ("parallel=65",)),
                              ("smtp://127.0.0.1:1", ("reply_ms=0",)), ("smtp://127.0.0.1:1", ("helo=a b\r\nX",)),
                              ("smtp://127.0.0.1:1", ("user=pool", "tls=starttls"))):
            with self.assertRaises(AssertionError, msg=url):
                deliver(url, mails(1), *settings)


if __name__ == "__main__":
    unittest.main()
