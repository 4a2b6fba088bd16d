-- SPDX-License-Identifier: Apache-2.0
-- $1 institutions and $2 external ids, one of each a row; $3 kind, $4 command: the fields of these rows that this command was
-- the last to change.
SELECT external_id, field
  FROM (SELECT DISTINCT ON (h.external_id, h.field) h.external_id, h.field, h.command
          FROM unnest($1::text[], $2::text[]) AS r (institution, external_id)
          JOIN history h ON h.institution = r.institution AND h.external_id = r.external_id AND h.kind = $3::text
         ORDER BY h.external_id, h.field, h.version DESC) AS last
 WHERE command = $4::bigint
 ORDER BY external_id, field;
