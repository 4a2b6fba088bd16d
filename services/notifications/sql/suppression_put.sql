-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 address, $3 institution ('': from all), $4 reason.
INSERT INTO suppression (address, institution, reason, at_ms) VALUES ($2::text, $3::text, $4::text, $1::bigint)
ON CONFLICT (address, institution) DO UPDATE SET reason = excluded.reason, cause = 'asked', mail = 0, status = ''
