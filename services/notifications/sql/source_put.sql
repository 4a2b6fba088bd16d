-- SPDX-License-Identifier: Apache-2.0
-- $1 mails, $2 sources, pair by pair.
INSERT INTO mail_source (mail, source) SELECT * FROM unnest($1::bigint[], $2::text[]) ON CONFLICT (mail, source) DO NOTHING
