-- SPDX-License-Identifier: Apache-2.0
-- erased_find.sql: $1 keyed hashes. Those of the erased.
SELECT register_hash FROM erased WHERE register_hash = ANY ($1::bytea[])
