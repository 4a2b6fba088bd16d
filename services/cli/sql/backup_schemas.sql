-- SPDX-License-Identifier: Apache-2.0
-- backup_schemas.sql: the last migration of each series.
SELECT series, max(version)::bigint FROM schema_version GROUP BY series ORDER BY series
