-- SPDX-License-Identifier: Apache-2.0
-- $1 rounds, $2 titles, $3 states.
INSERT INTO round (round, title, state)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
ON CONFLICT (round) DO UPDATE SET title = excluded.title, state = excluded.state
