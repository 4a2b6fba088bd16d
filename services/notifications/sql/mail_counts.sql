-- SPDX-License-Identifier: Apache-2.0
-- Mails by state, and the oldest of each by its making; what waits for its hour, its day or its month is in order however old.
SELECT state, count(*), min(created_ms) FILTER (WHERE why NOT IN ('quiet_hours', 'next_digest', 'capped')) FROM mail GROUP BY state
