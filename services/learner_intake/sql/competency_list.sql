-- SPDX-License-Identifier: Apache-2.0
-- competency_list.sql: $1 after, $2 rows, $3 external_id, $4 programme; null where not asked.
SELECT code, programme, title_fr, title_en, hours::text FROM competency
WHERE code > $1::text AND ($3::text IS NULL OR code = $3::text) AND ($4::text IS NULL OR programme = $4::text)
ORDER BY code LIMIT $2::bigint
