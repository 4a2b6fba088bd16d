-- SPDX-License-Identifier: Apache-2.0
-- programme_list.sql: $1 after, $2 rows, $3 external_id, $4 level; null where not asked.
SELECT code, title_fr, title_en, level, hours::text FROM programme
WHERE code > $1::text AND ($3::text IS NULL OR code = $3::text) AND ($4::text IS NULL OR level = $4::text)
ORDER BY code LIMIT $2::bigint
