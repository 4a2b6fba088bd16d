-- SPDX-License-Identifier: Apache-2.0
-- $1 now; $2 kinds, $3 how long each waits for more, $4 at most. A waiting mail for each group of loose notices
-- that has none.
INSERT INTO mail (kind, recipient, institution, round, colleague, state, why, created_ms, latest_ms, due_ms)
SELECT DISTINCT n.kind, n.recipient, n.institution, n.round, n.colleague, 'waiting', 'collecting', $1::bigint,
	$1::bigint + w.longest, $1::bigint + w.wait
FROM notice n JOIN unnest($2::text[], $3::bigint[], $4::bigint[]) AS w (kind, wait, longest) USING (kind)
WHERE n.mail IS NULL AND n.dropped = '' AND NOT EXISTS (SELECT FROM mail m WHERE m.state = 'waiting' AND m.kind = n.kind
	AND m.recipient = n.recipient AND m.round = n.round AND m.colleague = n.colleague)
