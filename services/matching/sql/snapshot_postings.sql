-- SPDX-License-Identifier: Apache-2.0
-- $1 round. All of the view, in the shape of the snapshot.
INSERT INTO snapshot_posting
SELECT $1::text, posting, institution, employer, state, wil_type, programmes, competencies, seats, starts_on, ends_on,
       hours_hundredths, weekdays, languages, place_kind, latitude_e7, longitude_e7, accepts_unranked, assignable, reserves,
       reserves_last
FROM pool_posting WHERE round = '';
