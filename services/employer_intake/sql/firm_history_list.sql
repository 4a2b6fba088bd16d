-- SPDX-License-Identifier: Apache-2.0
-- $1 institutions and $2 external ids of records, pair by pair; $3 who asks (NULL: the intermediary). The newest hundred things
-- done to their links, oldest first; a college is not told of records that are neither its own nor among these.
SELECT * FROM (
	SELECT number, at_ms, act, institution_a || '/' || external_id_a || ' ' || institution_b || '/' || external_id_b,
	       by_principal, reason
	FROM firm_history
	WHERE ((institution_a, external_id_a) IN (SELECT * FROM unnest($1::text[], $2::text[]))
	       OR (institution_b, external_id_b) IN (SELECT * FROM unnest($1::text[], $2::text[])))
	  AND ($3::text IS NULL OR $3::text IN (institution_a, institution_b)
	       OR ((institution_a, external_id_a) IN (SELECT * FROM unnest($1::text[], $2::text[]))
	           AND (institution_b, external_id_b) IN (SELECT * FROM unnest($1::text[], $2::text[]))))
	ORDER BY number DESC LIMIT 100) AS newest
ORDER BY number;
