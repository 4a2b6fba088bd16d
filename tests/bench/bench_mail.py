# SPDX-License-Identifier: Apache-2.0
"""Mails composed (text and HTML, two languages, three candidates) and handed to a relay that takes everything at once.
Beside composing: encoding the same bytes, and Python's email package on the same texts. Beside sending: a bare sender in
C over the same sockets, and Python's smtplib."""
import contextlib
import email
import email.message
import email.policy
import os
import smtplib
import subprocess
import tempfile

from measure import RUNS, TOOLS, Figures, Table, rates, timed, tool

COMPOSED, COMPOSED_BY_PYTHON = 1000, 200
SENT, SENT_BY_PYTHON = 2000, 1000
PARALLEL = (1, 4)


@contextlib.contextmanager
def sink():
    with subprocess.Popen([os.path.join(TOOLS, "smtp"), "sink"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as p:
        try:
            yield int(p.stdout.readline())
        finally:
            p.stdin.close()


def by_python(path):
    """The same subject, text and HTML, put together anew by the standard library."""
    with open(path, "rb") as f:
        mail = email.message_from_binary_file(f, policy=email.policy.SMTP)
    headers = [(name, str(mail[name])) for name in ("From", "To", "Reply-To", "Subject", "Date", "Message-ID")]
    texts = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]

    def run(_run):
        for _ in range(COMPOSED_BY_PYTHON):
            made = email.message.EmailMessage(policy=email.policy.SMTP)
            for name, value in headers:
                made[name] = value
            made.set_content(texts[0])
            made.add_alternative(texts[1], subtype="html")
            made.as_bytes()
    return rates(COMPOSED_BY_PYTHON, run)


def sent_by_python(port, mail):
    def run():
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            for _ in range(SENT_BY_PYTHON):
                smtp.sendmail("bassin@chambre.example", "benoit@brodeur.example", mail)
    return SENT_BY_PYTHON / timed(run)


def measure(_goals):
    table = Table("Mail", "mails/s")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "mail.eml")
        runs = [[COMPOSED / float(s) for s in tool("notifications__mail", "compose", COMPOSED, path).split()]
                for _ in range(RUNS)]
        table.add("compose", *(Figures(column) for column in zip(*runs)), by_python(path),
                  "GMime encoding the same bytes; Python's email package")
        with open(path, "rb") as f:
            mail = f.read()
        for parallel in PARALLEL:
            ours, limit, peer = [], [], []
            with sink() as port:
                url = "smtp://127.0.0.1:%d" % port
                for _ in range(RUNS):
                    ours.append(SENT / float(tool("notifications__mail", "send", url, SENT, parallel, path)))
                    limit.append(SENT / float(tool("smtp", "source", port, SENT, parallel, path)))
                    peer.append(sent_by_python(port, mail))
            table.add("send, %d connection%s" % (parallel, "s" if parallel > 1 else ""), Figures(ours), Figures(limit),
                      Figures(peer), "a bare sender in C on as many; smtplib on one")
    table.print()
