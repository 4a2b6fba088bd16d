-- SPDX-License-Identifier: Apache-2.0
-- $1 mail, $2 institution (null: any).
SELECT state, body, institution FROM mail
WHERE mail = $1::bigint AND ($2::text IS NULL OR institution = $2::text)
