-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 now, $3 reason. Closed or called off.
UPDATE round SET ended_ms = $2::bigint, end_reason = $3::text WHERE round = $1::text;
