-- SPDX-License-Identifier: Apache-2.0
-- $1 institutions, $2 $3 names.
INSERT INTO institution (institution, name_fr, name_en)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
ON CONFLICT (institution) DO UPDATE SET name_fr = excluded.name_fr, name_en = excluded.name_en
