#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A real SMTP server (aiosmtpd) on a free port of loopback that can be told to be slow and rude.

    server = SmtpServer([Rule("rcpt", "450 4.2.1 later", times=1), Rule("dot", "drop")])
    with server:
        ... server.url ...
    server.mails            what was accepted: Mail(sender, recipients, data, connection)
    server.connections      how many were opened
    server.transcript(n)    the bytes that connection n sent, outside TLS and inside

A rule says what happens at a verb: connect ehlo starttls auth mail rcpt data body dot quit. `data` is before the 354, `body`
after it and before the final dot, `dot` after the final dot, before the mail is kept; `kept` after it is kept, before the 250.
Actions: a reply ("451 4.3.0 busy"), "drop" the connection, "stall" (say nothing until the peer goes), "drip" (the reply that
is due, a byte every 50 ms). `times`: how often (None: always). `recipient`: only for a mail to it (from rcpt on).
"""
import asyncio
import collections
import logging
import ssl
import subprocess
import threading

from aiosmtpd.smtp import SMTP, AuthResult, MISSING

Mail = collections.namedtuple("Mail", "sender recipients data connection")


class Rule:
    def __init__(self, verb, action, times=None, recipient=None):
        self.verb, self.action, self.times, self.recipient = verb, action, times, recipient


def make_certificate(folder):
    """A self-made certificate for localhost and 127.0.0.1; returns (certificate, key) as paths."""
    cert, key = "%s/cert.pem" % folder, "%s/key.pem" % folder
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


class RudeSMTP(SMTP):
    """One connection. What it overrides is aiosmtpd's own method of that verb, which still does the work."""

    def __init__(self, server, number, **kwargs):
        super().__init__(server, **kwargs)
        self.rude, self.number, self.dripping = server, number, False

    def data_received(self, data):
        self.rude.raw[self.number] += data
        super().data_received(data)

    async def push(self, status):
        if not self.dripping:
            return await super().push(status)
        self.dripping = False
        for byte in (status + "\r\n").encode():
            if self.transport is None or self.transport.is_closing():
                return
            self.transport.write(bytes([byte]))
            await asyncio.sleep(0.05)

    async def was_rude(self, verb, recipient=None):
        """True: the verb is dealt with; the caller does nothing more."""
        rule = self.rude.rule_for(verb, recipient)
        if rule is None:
            return False
        if rule.action == "drip":
            self.dripping = True
            return False
        if rule.action == "stall":
            await self.rude.stall_over.wait()
        elif rule.action != "drop":
            await self.push(rule.action)
            return True
        if self.transport is not None:
            self.transport.close()
        return True

    async def _handle_client(self):
        if self.session is not None and self.session.ssl is None and await self.was_rude("connect"):
            self.transport.close()
            return
        await super()._handle_client()

    async def smtp_EHLO(self, hostname):
        if not await self.was_rude("ehlo"):
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname):
        if not await self.was_rude("ehlo"):
            await super().smtp_HELO(hostname)

    async def smtp_STARTTLS(self, arg):
        if not await self.was_rude("starttls"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg):
        if not await self.was_rude("auth"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg):
        if not await self.was_rude("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg):
        if not await self.was_rude("rcpt", arg):
            await super().smtp_RCPT(arg)

    async def smtp_QUIT(self, arg):
        if not await self.was_rude("quit"):
            await super().smtp_QUIT(arg)

    async def smtp_DATA(self, arg):
        recipient = ",".join(self.envelope.rcpt_tos)
        if await self.was_rude("data", recipient):
            return
        rule = self.rude.rule_for("body", recipient)
        if rule is None:
            return await super().smtp_DATA(arg)
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        await self._reader.readline()
        if rule.action == "stall":
            await self.rude.stall_over.wait()
        self.transport.close()


class SmtpServer:
    def __init__(self, rules=(), tls=None, whole_tls=False, login=None, require_tls=False):
        """tls: (certificate, key) paths. login: (user, password) that AUTH must give before MAIL."""
        self.rules, self.mails, self.raw = list(rules), [], collections.defaultdict(bytes)
        self.connections, self.login, self.require_tls, self.whole_tls = 0, login, require_tls, whole_tls
        self.context = None
        if tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*tls)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.started = threading.Event()
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)

    def hang_up(self):
        """Connections that stall are closed."""
        self.loop.call_soon_threadsafe(lambda: self.stall_over.set())

    # -- the handler of aiosmtpd
    async def handle_DATA(self, _smtp, _session, envelope):
        smtp = _smtp
        recipient = ",".join(envelope.rcpt_tos)
        if await self._rude_at(smtp, "dot", recipient):
            return MISSING
        rule = self.rule_for("dot-reply", recipient)
        if rule is not None:
            return rule.action
        self.mails.append(Mail(envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content, smtp.number))
        if await self._rude_at(smtp, "kept", recipient):
            return MISSING
        return "250 2.0.0 kept"

    async def _rude_at(self, smtp, verb, recipient):
        rule = self.rule_for(verb, recipient)
        if rule is None:
            return False
        if rule.action == "drip":
            smtp.dripping = True
            return False
        if rule.action == "stall":
            await self.stall_over.wait()
        elif rule.action != "drop":
            self.rules.insert(0, Rule("dot-reply", rule.action, times=1, recipient=recipient))
            return False
        smtp.transport.abort()
        return True

    def rule_for(self, verb, recipient=None):
        for rule in self.rules:
            if rule.verb == verb and rule.times != 0 and (rule.recipient is None or rule.recipient in (recipient or "")):
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None

    def _authenticate(self, _server, _session, _envelope, _mechanism, data):
        given = (data.login.decode("utf-8", "replace"), data.password.decode("utf-8", "replace"))
        return AuthResult(success=given == self.login, handled=False)

    def _protocol(self):
        self.connections += 1
        return RudeSMTP(self, self.connections, loop=self.loop, hostname="inbox.example",
                        tls_context=None if self.whole_tls else self.context,
                        require_starttls=self.require_tls, enable_SMTPUTF8=True, data_size_limit=8 << 20,
                        authenticator=self._authenticate if self.login else None, auth_required=bool(self.login),
                        auth_require_tls=not self.whole_tls)

    async def _serve(self):
        self.ended, self.stall_over = asyncio.Event(), asyncio.Event()
        server = await self.loop.create_server(self._protocol, "127.0.0.1", 0,
                                               ssl=self.context if self.whole_tls else None)
        self.port = server.sockets[0].getsockname()[1]
        self.started.set()
        await self.ended.wait()
        server.close()

    def _run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._serve())
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.loop.close()

    @property
    def url(self):
        return "%s://127.0.0.1:%d" % ("smtps" if self.whole_tls else "smtp", self.port)

    def transcript(self, number):
        return self.raw[number]

    def __enter__(self):
        self.thread.start()
        self.started.wait(10)
        return self

    def __exit__(self, *_):
        self.hang_up()
        self.loop.call_soon_threadsafe(self.ended.set)
        self.thread.join(10)
