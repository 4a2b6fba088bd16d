-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number.
-- What rounds froze of her.
SELECT r.round, r.title, r.state, CASE WHEN s.in_pool THEN 'yes' ELSE 'no' END, s.programme, s.latitude_e7::text,
       s.longitude_e7::text, s.max_distance_m::text, (DATE '1970-01-01' + s.available_from)::text,
       (DATE '1970-01-01' + s.available_to)::text, s.hours_hundredths::text, s.weekdays::text, s.languages::text,
       s.wil_types::text, array_to_string(s.competencies, '|'), array_to_string(s.groups, '|'),
       CASE WHEN s.assignable THEN 'yes' ELSE 'no' END, s.tier::text
FROM snapshot_learner s JOIN round r USING (round) WHERE s.learner = $1::text ORDER BY r.opened_ms, r.round;
