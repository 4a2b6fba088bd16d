-- SPDX-License-Identifier: Apache-2.0
-- $1 institution (null: all), $2 before this one, $3 rows; filters, null where not asked: $4 cause, $5 institution. Newest first.
SELECT suppression::text, address, institution, cause, status, CASE mail WHEN 0 THEN '' ELSE mail::text END, reason, at_ms::text
FROM suppression
WHERE ($1::text IS NULL OR institution = $1::text) AND suppression < $2::bigint AND ($4::text IS NULL OR cause = $4::text)
	AND ($5::text IS NULL OR institution = $5::text)
ORDER BY suppression.suppression DESC LIMIT $3::bigint
