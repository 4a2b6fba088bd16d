-- SPDX-License-Identifier: Apache-2.0
-- $1 round.
INSERT INTO round_waiting (round, institution, told, untold)
SELECT $1::text, institution, count(*) FILTER (WHERE NOT untold), count(*) FILTER (WHERE untold)
FROM waiting_reference GROUP BY institution;
