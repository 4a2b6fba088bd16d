-- SPDX-License-Identifier: Apache-2.0
-- erased_add.sql: $1 keyed hash, $2 day.
INSERT INTO erased (register_hash, erased_on) VALUES ($1::bytea, DATE '1970-01-01' + $2::bigint::integer)
ON CONFLICT (register_hash) DO NOTHING
