-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 where it starts, $3 bytes.
INSERT INTO round_file (round, starts, data) VALUES ($1::text, $2::bigint, $3::bytea);
