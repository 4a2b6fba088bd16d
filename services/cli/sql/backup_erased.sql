-- SPDX-License-Identifier: Apache-2.0
-- backup_erased.sql: $1 keyed hash after which to go on, $2 how many. The register of the erased, in order.
SELECT encode(register_hash, 'hex'), erased_on::text FROM erased WHERE register_hash > $1::bytea
ORDER BY register_hash LIMIT $2::bigint
