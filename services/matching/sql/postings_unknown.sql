-- SPDX-License-Identifier: Apache-2.0
-- $1 references. The places, from 1, of those that no log has told of.
SELECT n FROM unnest($1::text[]) WITH ORDINALITY AS r (posting, n)
WHERE NOT EXISTS (SELECT FROM view_posting p WHERE p.posting = r.posting) ORDER BY n;
