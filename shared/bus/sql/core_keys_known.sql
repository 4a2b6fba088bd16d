-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 topics, $3 keys. n: which one is known. LATERAL with LIMIT: as core_replies_find.
-- plan: kept
SELECT e.n, k.version, k.generation
  FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS e (topic, key, n)
 CROSS JOIN LATERAL (
	SELECT version, generation FROM log_key
	 WHERE log_id = $1::text AND topic = e.topic AND key = e.key LIMIT 1) AS k;
