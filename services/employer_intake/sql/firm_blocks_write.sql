-- SPDX-License-Identifier: Apache-2.0
-- $1 institution, $2 keys and $3 external ids, pair by pair.
INSERT INTO employer_block (key, institution, external_id)
SELECT k, $1::text, e FROM unnest($2::bytea[], $3::text[]) AS made (k, e);
