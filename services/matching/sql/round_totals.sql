-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 institution (NULL: all of them wait, also those that only the intermediary is told of).
SELECT coalesce(sum(postings), 0)::bigint, coalesce(sum(seats), 0)::bigint, coalesce(sum(seats_filled), 0)::bigint,
       (SELECT coalesce(sum(told + CASE WHEN $2::text IS NULL THEN untold ELSE 0 END), 0)::bigint FROM round_waiting
        WHERE round = $1::text AND ($2::text IS NULL OR institution = $2::text))
FROM round_college WHERE round = $1::text;
