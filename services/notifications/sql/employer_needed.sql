-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 employers: a posting of theirs has come.
UPDATE employer_contact SET needed_ms = $1::bigint WHERE employer = ANY ($2::text[]) AND needed_ms < $1::bigint
