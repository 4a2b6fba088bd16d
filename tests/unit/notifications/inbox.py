#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A real SMTP server beside a test program: inbox.py [VERB ACTION [TIMES]]... (rules of tests/integration/smtp_server.py).

Prints its URL. Then answers each line on its standard input: `mails` with a line "recipient Message-ID" for each mail that was
accepted, in order, and a line "."; `text N` with the text of mail N and a line "."; `calm` takes all rules away and closes
what stalls; `wait VERB` answers "." once that verb has met a rule. Ends with its input.
"""
import email.policy
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "integration"))
from smtp_server import Rule, SmtpServer  # noqa: E402


def parse(mail):
    return email.message_from_bytes(mail.data, policy=email.policy.default)


def met(rules, verb):
    return any(rule.verb == verb and getattr(rule, "met", 0) > 0 for rule in rules)


class Inbox(SmtpServer):
    def rule_for(self, verb, recipient=None):
        rule = super().rule_for(verb, recipient)
        if rule is not None:
            rule.met = getattr(rule, "met", 0) + 1
        return rule


def answer(server, words):
    if words[0] == "mails":
        for mail in server.mails:
            print(mail.recipients[0], parse(mail)["Message-ID"])
    elif words[0] == "text":
        mail = parse(server.mails[int(words[1])])
        print(mail["Subject"])
        print(mail["Reply-To"])
        print(mail["List-Unsubscribe"])
        print(mail.get_body(("plain",)).get_content())
    elif words[0] == "calm":
        server.rules.clear()
        server.hang_up()
    elif words[0] == "wait":
        while not met(server.rules, words[1]):
            time.sleep(0.005)
    print(".", flush=True)


def main():
    words, rules = sys.argv[1:], []
    while words:
        times = int(words[2]) if len(words) > 2 and words[2].isdigit() else None
        rules.append(Rule(words[0], words[1], times=times))
        words = words[3 if times is not None else 2:]
    with Inbox(rules) as server:
        print(server.url, flush=True)
        for line in sys.stdin:
            answer(server, line.split())


main()
