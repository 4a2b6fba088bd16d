-- SPDX-License-Identifier: Apache-2.0
-- offer_write.sql: $1 institution, $2 learners, $3 register hashes, $4 versions, $5 postings (empty: taken back).
INSERT INTO direct_offer (institution, learner, register_hash, version, posting)
SELECT $1::text, learner, register_hash, version, posting
FROM unnest($2::text[], $3::bytea[], $4::bigint[], $5::text[]) AS r (learner, register_hash, version, posting)
ON CONFLICT (institution, learner) DO UPDATE SET version = excluded.version, posting = excluded.posting
