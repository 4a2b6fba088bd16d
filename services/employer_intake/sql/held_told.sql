-- SPDX-License-Identifier: Apache-2.0
-- As held_named: what this log has told of those lists. Each event holds the whole list, so it is named and not shown.
SELECT e.topic, e.key, e.version::text, e.at_ms::text
FROM employer_ranking r JOIN event e ON e.topic = 'employer_ranking' AND e.key = r.institution || '/' || r.posting
WHERE e.body <> ''::bytea
  AND (($1::text <> '' AND $1::text = ANY (r.learners)) OR (r.institution = $2::text AND $3::text = ANY (r.learners)))
ORDER BY e.seq;
