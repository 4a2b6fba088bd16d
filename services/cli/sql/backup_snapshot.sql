-- SPDX-License-Identifier: Apache-2.0
-- backup_snapshot.sql: what pg_dump is to see, and everything else that is said of this copy.
SELECT pg_export_snapshot()
