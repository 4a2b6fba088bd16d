-- SPDX-License-Identifier: Apache-2.0
-- $1 now; $2 postings that are told of anew, $3 $4 who is there now, or has moved on: postings and pool numbers, pair by pair;
-- $5 pool numbers that were erased. Before that replaces what stood: a notice for each learner who is gone from where her
-- employer had been told that she comes. Who it was, no notice says: of her stay it keeps what calendars know it by.
WITH gone AS (
	SELECT d.posting, d.round, d.learner, d.institution AS college, l.employer, l.institution
	FROM placed d JOIN placement l USING (posting)
	WHERE NOT d.moved AND (d.learner = ANY ($5::text[]) OR (d.posting = ANY ($2::text[]) AND NOT EXISTS (
			SELECT FROM unnest($3::text[], $4::text[]) AS t (posting, learner)
			WHERE t.posting = d.posting AND t.learner = d.learner)))
		AND EXISTS (SELECT FROM mail m WHERE m.kind = 'candidates' AND m.recipient = l.employer AND m.round = d.round
			AND m.state IN ('sending', 'sent'))
)
INSERT INTO notice (kind, ids, version, recipient, institution, round, noticed_ms, dropped, stay, stay_college)
SELECT 'place_freed', g.posting, coalesce((SELECT max(n.version) FROM notice n WHERE n.kind = 'place_freed' AND n.ids = g.posting), 0)
	+ row_number() OVER (PARTITION BY g.posting ORDER BY g.round, g.learner), g.employer, g.institution, g.round, $1::bigint, '',
	stay_of(g.posting, g.learner), g.college
FROM gone g
