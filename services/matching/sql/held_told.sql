-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number.
-- What our log has told of her; each event names others too, so it is named and not shown.
SELECT e.topic, e.key, e.version::text, e.at_ms::text
FROM (SELECT 'placement' AS topic, l.posting AS key FROM round_line l WHERE l.learner = $1::text AND l.posting <> ''
      UNION
      SELECT 'placement', l.from_posting FROM round_line l WHERE l.learner = $1::text AND l.from_posting <> ''
      UNION
      SELECT 'summary', l.round || '/' || l.institution FROM round_line l WHERE l.learner = $1::text) k
JOIN event e USING (topic, key)
WHERE position(convert_to($1::text, 'UTF8') IN e.body) > 0
ORDER BY e.seq;
