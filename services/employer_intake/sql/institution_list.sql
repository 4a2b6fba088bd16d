-- SPDX-License-Identifier: Apache-2.0
-- $1 after (external id), $2 limit, $3 whose coordinator may be seen ('' nobody's, '*' everybody's).
SELECT external_id, name_fr, name_en, language, phone, postal_address,
       CASE WHEN $3::text IN ('*', external_id) THEN coordinator_name ELSE '' END,
       CASE WHEN $3::text IN ('*', external_id) THEN coordinator_email ELSE '' END
FROM institution
WHERE external_id > $1::text COLLATE "C"
ORDER BY external_id LIMIT $2::bigint;
