-- SPDX-License-Identifier: Apache-2.0
-- store_has.sql: $1 a table's name. Is it there?
SELECT to_regclass('public.' || quote_ident($1::text)) IS NOT NULL
