-- SPDX-License-Identifier: Apache-2.0
-- $1 institution, $2 external id, $3 version, $4 first day on which it is asked again (NULL: now), $5 reason.
UPDATE employer SET version = $3::bigint, paused_until = DATE '1970-01-01' + $4::bigint::integer, paused_reason = $5::text
WHERE institution = $1::text AND external_id = $2::text;
