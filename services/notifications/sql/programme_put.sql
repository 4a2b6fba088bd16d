-- SPDX-License-Identifier: Apache-2.0
-- $1 log; $2 programmes, $3 $4 titles.
INSERT INTO programme (log_id, programme, title_fr, title_en)
SELECT $1::text, p, f, e FROM unnest($2::text[], $3::text[], $4::text[]) AS t (p, f, e)
ON CONFLICT (programme, log_id) DO UPDATE SET title_fr = excluded.title_fr, title_en = excluded.title_en
