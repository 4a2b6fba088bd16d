-- SPDX-License-Identifier: Apache-2.0
-- Mails by state, and the oldest of each by its making.
SELECT state, count(*), min(created_ms) FROM mail GROUP BY state
