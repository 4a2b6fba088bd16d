-- SPDX-License-Identifier: Apache-2.0
-- ranking_write.sql: whole lists: $1 institution, $2 learners, $3 register hashes, $4 versions, $5 tiers and
-- $6 postings, each joined by '|'.
INSERT INTO learner_ranking (institution, learner, register_hash, version, tiers, postings)
SELECT $1::text, learner, register_hash, version, string_to_array(tiers, '|')::smallint[], string_to_array(postings, '|')
FROM unnest($2::text[], $3::bytea[], $4::bigint[], $5::text[], $6::text[])
	AS r (learner, register_hash, version, tiers, postings)
ON CONFLICT (institution, learner) DO UPDATE SET version = excluded.version, tiers = excluded.tiers,
	postings = excluded.postings
