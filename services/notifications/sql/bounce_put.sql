-- SPDX-License-Identifier: Apache-2.0
-- $1 now; $2 digests of reports, $3 mails (0: none of ours), $4 meanings, $5 statuses. Back come those that were not read
-- before: a report that is read twice, after a crash or since it was delivered twice, has one effect.
INSERT INTO bounce (digest, read_ms, mail, meaning, status)
SELECT d, $1::bigint, m, w, s FROM unnest($2::bytea[], $3::bigint[], $4::text[], $5::text[]) AS t (d, m, w, s)
ON CONFLICT (digest) DO NOTHING
RETURNING digest
