-- SPDX-License-Identifier: Apache-2.0
-- $1 after cursor, $2 limit. The cursor, then the columns as text.
SELECT institution,
	institution, log_id, version::text, name_fr, name_en
FROM view_institution WHERE institution > $1::text ORDER BY institution LIMIT $2::bigint;
