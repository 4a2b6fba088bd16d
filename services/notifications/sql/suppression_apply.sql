-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 address, $3 institution ('': all), $4 reason: what is composed for her and not sent yet.
UPDATE mail SET state = 'suppressed', why = 'address_suppressed', reason = $4::text, ended_ms = $1::bigint
WHERE state IN ('queued', 'deferred') AND lower(to_address) = $2::text AND ($3::text = '' OR institution = $3::text)
