-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number (so in every held_*.sql).
SELECT learner, institution, external_id, CASE WHEN in_pool THEN 'yes' ELSE 'no' END, programme, latitude_e7::text,
       longitude_e7::text, max_distance_m::text, (DATE '1970-01-01' + available_from)::text,
       (DATE '1970-01-01' + available_to)::text, hours_hundredths::text, weekdays::text, languages::text, wil_types::text,
       array_to_string(competencies, '|'), array_to_string(groups, '|'), CASE WHEN assignable THEN 'yes' ELSE 'no' END,
       tier::text, encode(permanent_code_hash, 'hex'), version::text, log_id
FROM view_learner WHERE learner = $1::text;
