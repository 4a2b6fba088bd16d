-- SPDX-License-Identifier: Apache-2.0
-- $1 kind, $2 institution, $3 external id. When and by whom the row was first fed.
SELECT created_ms, created_by FROM posting WHERE $1::text = 'posting' AND institution = $2::text AND external_id = $3::text
UNION ALL
SELECT created_ms, created_by FROM employer WHERE $1::text = 'employer' AND institution = $2::text AND external_id = $3::text
UNION ALL
SELECT created_ms, created_by FROM institution WHERE $1::text = 'institution' AND external_id = $3::text;
