-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 address, $3 reason: mail does not arrive there, whoever sends it.
INSERT INTO suppression (address, institution, reason, at_ms, cause)
VALUES ($2::text, '', $3::text, $1::bigint, 'refused')
ON CONFLICT (address, institution) DO NOTHING
