-- SPDX-License-Identifier: Apache-2.0
-- $1 rounds, $2 institutions, pair by pair: their lines come anew.
DELETE FROM summary_line WHERE (round, institution) IN (SELECT * FROM unnest($1::text[], $2::text[]))
