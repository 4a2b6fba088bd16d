-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 generation, $3 topics, $4 keys, $5 versions; a key at most once. Returns those that are new: an older
-- version is never applied over a newer one of the same generation. first: the key was not known (a row that was updated
-- bears the mark of who updated it).
-- plan: kept
INSERT INTO log_key (log_id, topic, key, version, generation)
SELECT $1::text, e.topic, e.key, e.version, $2::bigint
  FROM unnest($3::text[], $4::text[], $5::bigint[]) AS e (topic, key, version)
ON CONFLICT (log_id, topic, key) DO UPDATE SET version = excluded.version, generation = excluded.generation
 WHERE log_key.generation < excluded.generation
    OR (log_key.generation = excluded.generation AND log_key.version < excluded.version)
RETURNING topic, key, xmax = 0 AS first;
