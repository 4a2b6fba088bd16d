-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 address, $3 frequency, $4 scope; empty: as it is.
INSERT INTO preference (set_ms, address, frequency, scope) VALUES ($1::bigint, $2::text, $3::text, $4::text)
ON CONFLICT (address) DO UPDATE SET set_ms = excluded.set_ms,
	frequency = CASE excluded.frequency WHEN '' THEN preference.frequency ELSE excluded.frequency END,
	scope = CASE excluded.scope WHEN '' THEN preference.scope ELSE excluded.scope END
