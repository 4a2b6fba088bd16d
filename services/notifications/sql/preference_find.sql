-- SPDX-License-Identifier: Apache-2.0
-- $1 address, $2 recipient (one of the two is null), $3 institution (null: any). Whose mail goes to a person: her address, and
-- whether an employer's record has it.
SELECT address, bool_or(recipient <> institution) FROM person
WHERE (address = $1::text OR recipient = $2::text) AND ($3::text IS NULL OR institution = $3::text)
GROUP BY address
