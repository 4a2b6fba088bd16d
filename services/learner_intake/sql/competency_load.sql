-- SPDX-License-Identifier: Apache-2.0
-- competency_load.sql: $1 codes. Who gave each, its version, and its cells in the order of the feed's columns.
SELECT given_by, version, code, programme, title_fr, title_en, hours::text
FROM competency WHERE code = ANY ($1::text[])
