-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 task, $3 who, $4 note.
UPDATE task SET state = 'done', closed_ms = $1::bigint, closed_by = $3::text, note = $4::text
WHERE task = $2::bigint AND state = 'open'
RETURNING institution
