-- SPDX-License-Identifier: Apache-2.0
-- $1 task, $2 institution (null: any).
SELECT state FROM task WHERE task = $1::bigint AND ($2::text IS NULL OR institution = $2::text)
