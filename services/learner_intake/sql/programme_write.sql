-- SPDX-License-Identifier: Apache-2.0
-- programme_write.sql: a batch: $1 given_by, $2 versions, then one array of cells for each column of the feed.
-- One writer per store, so what was decided on the loaded rows still holds.
INSERT INTO programme (given_by, version, code, title_fr, title_en, level, hours)
SELECT given_by, version, code, title_fr, coalesce(title_en, ''), level, hours::integer
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
	AS r (given_by, version, code, title_fr, title_en, level, hours)
ON CONFLICT (code) DO UPDATE SET version = excluded.version, title_fr = excluded.title_fr, title_en = excluded.title_en,
	level = excluded.level, hours = excluded.hours
