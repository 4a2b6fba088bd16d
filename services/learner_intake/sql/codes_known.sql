-- SPDX-License-Identifier: Apache-2.0
-- codes_known.sql: $1 programmes, $2 competencies. Those that stand; first column true for a programme.
SELECT true, code FROM programme WHERE code = ANY ($1::text[])
UNION ALL
SELECT false, code FROM competency WHERE code = ANY ($2::text[])
