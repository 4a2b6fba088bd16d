-- SPDX-License-Identifier: Apache-2.0
-- $1 Message-IDs that reports name: our mails of these, with what a report about each may touch.
SELECT message_id, mail, state, institution, to_address, body IS NULL FROM mail
WHERE message_id = ANY ($1::text[]) AND message_id <> ''
