-- SPDX-License-Identifier: Apache-2.0
-- $1 at most. Open tasks of each institution ('': the intermediary), most first.
SELECT institution, count(*), min(since_ms) FROM task WHERE state = 'open' GROUP BY institution
ORDER BY count(*) DESC, institution LIMIT $1::bigint
