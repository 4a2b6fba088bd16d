-- SPDX-License-Identifier: Apache-2.0
-- $1 round, $2 offset. The slice that holds this byte, where it starts, and the size of the whole.
SELECT data, starts, (SELECT starts + octet_length(data) FROM round_file WHERE round = $1::text ORDER BY starts DESC LIMIT 1)
FROM round_file WHERE round = $1::text AND starts <= $2::bigint ORDER BY starts DESC LIMIT 1;
