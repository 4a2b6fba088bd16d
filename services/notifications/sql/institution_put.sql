-- SPDX-License-Identifier: Apache-2.0
-- $1 institutions, $2 $3 names, $4 log.
INSERT INTO institution (institution, name_fr, name_en, log_id)
SELECT i, f, e, $4::text FROM unnest($1::text[], $2::text[], $3::text[]) AS t (i, f, e)
ON CONFLICT (institution) DO UPDATE SET name_fr = excluded.name_fr, name_en = excluded.name_en, log_id = excluded.log_id
