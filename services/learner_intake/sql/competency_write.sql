-- SPDX-License-Identifier: Apache-2.0
-- competency_write.sql: a batch: $1 given_by, $2 versions, then one array of cells for each column of the feed.
INSERT INTO competency (given_by, version, code, programme, title_fr, title_en, hours)
SELECT given_by, version, code, programme, title_fr, coalesce(title_en, ''), hours::integer
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
	AS r (given_by, version, code, programme, title_fr, title_en, hours)
ON CONFLICT (code) DO UPDATE SET version = excluded.version, programme = excluded.programme,
	title_fr = excluded.title_fr, title_en = excluded.title_en, hours = excluded.hours
