-- SPDX-License-Identifier: Apache-2.0
-- $1 today, $2 patience with an employer who says nothing, $3 with a posting that waits for its employer's record, ms, $4 at
-- most: kind, owner, subject, other, patience.
-- Pairs of records: suspected, and not one firm yet by other links; proposed. Employers from whom a ranking is awaited: an open
-- posting that is not over has none, and either its day for an answer has passed, or it gave no day and takes only whom
-- its employer has ranked.
SELECT * FROM (
	SELECT 'firm_suspected' AS kind, side.owner, side.subject, side.other, 0::bigint AS patience_ms
	FROM firm_suspicion s
	CROSS JOIN LATERAL (VALUES
		(s.institution_a, s.institution_a || '/' || s.external_id_a, s.institution_b || '/' || s.external_id_b),
		(s.institution_b, s.institution_b || '/' || s.external_id_b, s.institution_a || '/' || s.external_id_a))
		AS side (owner, subject, other)
	LEFT JOIN firm_member m ON m.institution = s.institution_a AND m.external_id = s.external_id_a
	LEFT JOIN firm_member n ON n.institution = s.institution_b AND n.external_id = s.external_id_b
	WHERE (m.institution IS NULL OR (m.firm_institution, m.firm_external_id) IS DISTINCT FROM
	       (n.firm_institution, n.firm_external_id))
	  AND NOT EXISTS (SELECT FROM firm_link l WHERE (l.institution_a, l.external_id_a, l.institution_b, l.external_id_b)
	                  = (s.institution_a, s.external_id_a, s.institution_b, s.external_id_b))
	UNION ALL
	SELECT 'firm_proposed', '', institution_a || '/' || external_id_a, institution_b || '/' || external_id_b, 0
	FROM firm_link WHERE state = 'proposed'
	UNION ALL
	SELECT DISTINCT 'waiting_employer', p.institution, p.institution || '/' || p.employer, '', $3::bigint
	FROM posting p
	WHERE p.state IN ('draft', 'open', 'paused') AND NOT EXISTS (
	      SELECT FROM employer e WHERE e.institution = p.institution AND e.external_id = p.employer)
	UNION ALL
	SELECT 'employer_silent', p.institution, p.institution || '/' || p.employer, '',
	       CASE WHEN bool_or(p.answer_by IS NOT NULL) THEN 0 ELSE $2::bigint END
	FROM posting p
	LEFT JOIN employer_ranking r ON r.institution = p.institution AND r.posting = p.external_id
	WHERE p.state = 'open' AND coalesce(cardinality(r.learners), 0) = 0 AND p.ends_on >= to_date($1::text, 'YYYY-MM-DD')
	  AND CASE WHEN p.answer_by IS NULL THEN NOT p.accepts_unranked ELSE p.answer_by < to_date($1::text, 'YYYY-MM-DD') END
	GROUP BY p.institution, p.employer) AS held
ORDER BY kind, owner, subject, other LIMIT $4::bigint;
