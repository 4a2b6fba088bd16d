-- SPDX-License-Identifier: Apache-2.0
-- $1 round. External ids and hashes of permanent codes stay behind.
INSERT INTO snapshot_learner
SELECT $1::text, learner, institution, in_pool, programme, latitude_e7, longitude_e7, max_distance_m, available_from,
       available_to, hours_hundredths, weekdays, languages, wil_types, competencies, groups, assignable, tier, log_id
FROM view_learner;
