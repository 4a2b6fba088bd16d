-- SPDX-License-Identifier: Apache-2.0
-- erased_find.sql: $1 keyed hashes. Those of the erased.
SELECT erased.register_hash FROM unnest($1::bytea[]) AS k (hash)
CROSS JOIN LATERAL (SELECT register_hash FROM erased WHERE register_hash = k.hash LIMIT 1) AS erased
