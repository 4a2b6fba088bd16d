-- SPDX-License-Identifier: Apache-2.0
-- $1 closed before, $2 at most. What is over and was closed long ago.
DELETE FROM task WHERE task = ANY (ARRAY (
	SELECT task FROM task WHERE NOT holds AND closed_ms < $1::bigint ORDER BY closed_ms LIMIT $2::bigint))
