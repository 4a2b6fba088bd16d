-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 at most. What is to be told, longest standing first: that it stands, or that it is over. What was never told
-- goes without a word.
WITH next AS (
	SELECT key FROM matter WHERE NOT holds OR (NOT told AND due_ms <= $1::bigint) ORDER BY since_ms, kind, owner, subjects LIMIT $2::bigint
), stands AS (
	UPDATE matter m SET told = true FROM next WHERE m.key = next.key AND m.holds RETURNING m.*
), over AS (
	DELETE FROM matter m USING next WHERE m.key = next.key AND NOT m.holds RETURNING m.*
)
SELECT key, nextval('matter_version'), kind, owner, subjects, since_ms, holds, told
FROM (SELECT * FROM stands UNION ALL SELECT * FROM over) AS m ORDER BY since_ms, kind, owner, subjects;
