-- SPDX-License-Identifier: Apache-2.0
-- $1 institution, $2 external ids, $3 versions of the records, $4 version of the rules.
INSERT INTO employer_key (institution, external_id, version, rules)
SELECT $1::text, e, v, $4::bigint FROM unnest($2::text[], $3::bigint[]) AS made (e, v)
ON CONFLICT (institution, external_id) DO UPDATE SET version = excluded.version, rules = excluded.rules;
