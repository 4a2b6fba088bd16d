# SPDX-License-Identifier: Apache-2.0
"""Mail of a test's pool: settings with which it goes out soon, and messages read by a parser that nobody here wrote."""
import email
from email import policy

from pool import wait_for

SENDER = {"sender_name_fr": "Chambre de commerce", "sender_name_en": "Chamber of Commerce",
          "sender_address": "bassin@ccr.example", "sender_postal_address": "1, rue King, Sherbrooke QC  J1H 1A1",
          "sender_phone": "819-555-0199"}
AT_ONCE = {"employer_frequency": "now", "coordinator_frequency": "now", "mail_from_hour": "0", "mail_until_hour": "24",
           "mail_weekends": "yes", "mail_holidays": "yes", "freed_wait_ms": "100"}
SOON = dict(SENDER, **AT_ONCE, postings_wait_ms="300", postings_longest_ms="5000", candidates_wait_ms="100", summary_wait_ms="100",
            retry_unit_ms="20", smtp_connections="2")


def parsed(mail):
    """A Mail of smtp_server as Python's email package reads it."""
    return email.message_from_bytes(mail.data, policy=policy.default)


def text_of(message, kind="plain"):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


def states(pool):
    return dict(pool.sql("notifications", "SELECT state, count(*) FROM mail GROUP BY 1"))


def wait_until_ended(pool, count, seconds=60):
    """Until so many mails stand in the store, and all of them have ended."""
    def ended():
        found = states(pool)
        return sum(found.values()) >= count and not set(found) - {"sent", "failed", "suppressed", "folded"}
    wait_for(ended, seconds, Why(pool))


class Why:
    """What stands in the store at the end of a wait that was in vain."""

    def __init__(self, pool):
        self.pool = pool

    def __str__(self):
        return "mails ended: %s" % (self.pool.sql(
            "notifications", "SELECT kind, state, why, needs, last_text, count(*) FROM mail GROUP BY 1, 2, 3, 4, 5 LIMIT 20"),)
