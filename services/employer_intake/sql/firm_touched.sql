-- SPDX-License-Identifier: Apache-2.0
-- $1..$4 a pair. All records of the firms of these two, themselves among them, and the firm of each: the record that names
-- it, empty where nothing is linked.
WITH firm AS (
	SELECT firm_institution, firm_external_id FROM firm_member
	WHERE (institution = $1::text AND external_id = $2::text) OR (institution = $3::text AND external_id = $4::text)
), touched AS (
	SELECT m.institution, m.external_id, m.firm_institution || '/' || m.firm_external_id AS firm
	FROM firm_member m JOIN firm USING (firm_institution, firm_external_id)
	UNION
	SELECT institution, external_id, '' FROM (VALUES ($1::text, $2::text), ($3::text, $4::text)) AS pair (institution, external_id)
	WHERE NOT EXISTS (SELECT FROM firm_member m WHERE m.institution = pair.institution AND m.external_id = pair.external_id)
)
SELECT institution || '/' || external_id, firm FROM touched ORDER BY institution, external_id;
