-- SPDX-License-Identifier: Apache-2.0
-- $1 institution, $2 external ids. Canonical cells in the order of the feed's columns; then version, place, and the
-- pause: the first day after it, days since 1970, and its reason.
SELECT external_id, legal_name, neq, headcount::text, naics, language, contact_name, contact_email, contact_phone, address,
       municipality, postal_code, latitude::text, longitude::text,
       version, place_latitude_e7, place_longitude_e7, paused_until - DATE '1970-01-01', paused_reason
FROM employer WHERE institution = $1::text AND external_id = ANY ($2::text[]);
