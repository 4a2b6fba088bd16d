-- SPDX-License-Identifier: Apache-2.0
-- $1 institutions, $2 external ids, pair by pair. Canonical cells in the order of the feed's columns; then version, place,
-- state, its reason, seats taken, institution.
SELECT external_id, employer, title, wil_type, description, array_to_string(programmes, '|'),
       array_to_string(competencies, '|'), noc, seats::text, to_char(starts_on, 'YYYY-MM-DD'),
       to_char(ends_on, 'YYYY-MM-DD'), hours_per_week::text, array_to_string(weekdays, '|'), paid::text,
       hourly_wage::text, language, place, postal_code, latitude::text, longitude::text, accepts_unranked::text,
       assignable::text, array_to_string(reserves, '|'), reserve_order, to_char(answer_by, 'YYYY-MM-DD'),
       version, place_latitude_e7, place_longitude_e7, state, state_reason, seats_taken, institution
FROM posting WHERE (institution, external_id) IN (SELECT * FROM unnest($1::text[], $2::text[]));
