-- SPDX-License-Identifier: Apache-2.0
-- $1 after cursor, $2 limit, $3 state (NULL: any). Newest last: ids grow with time.
SELECT round, round, title, state, opened_ms::text, frozen_ms::text, published_ms::text, ended_ms::text, seed_hash,
       CASE WHEN state = 'open' THEN '' ELSE seed END, instance_digest, end_reason
FROM round WHERE round > $1::text AND ($3::text IS NULL OR state = $3::text) ORDER BY round LIMIT $2::bigint;
