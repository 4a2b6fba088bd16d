-- SPDX-License-Identifier: Apache-2.0
-- $1 patience, ms, $2 at most: kind, owner, subject, other, patience. What learners' rankings and direct offers name and nobody has
-- fed: one matter for each such posting and college, however many wait for it. An employer's list with an entry that leads
-- nowhere: the list's posting, since the entry may be the id of a person.
SELECT * FROM (
	SELECT DISTINCT 'waiting_' || w.kind AS kind, w.institution AS owner,
	       CASE w.kind WHEN 'employer_ranking' THEN w.from_row ELSE w.refers_to END AS subject, '' AS other, $1::bigint
	FROM waiting_reference w
	WHERE CASE w.kind WHEN 'employer_ranking' THEN NOT w.untold
	      ELSE NOT EXISTS (SELECT FROM view_posting p WHERE p.posting = w.refers_to) END) AS held
ORDER BY kind, owner, subject LIMIT $2::bigint;
