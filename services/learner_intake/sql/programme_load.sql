-- SPDX-License-Identifier: Apache-2.0
-- programme_load.sql: $1 codes. Who gave each, its version, and its cells in the order of the feed's columns.
SELECT given_by, version, code, title_fr, title_en, level, hours::text
FROM programme WHERE code = ANY ($1::text[])
