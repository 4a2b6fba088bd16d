-- SPDX-License-Identifier: Apache-2.0
-- $1 round/institution.
WITH lines AS (DELETE FROM summary_line WHERE round || '/' || institution = $1::text)
DELETE FROM summary WHERE round || '/' || institution = $1::text
