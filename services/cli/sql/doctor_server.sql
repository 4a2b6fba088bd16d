-- SPDX-License-Identifier: Apache-2.0
-- doctor_server.sql: what a store's server is and how it is set; data_directory is empty to whoever may not see it.
SELECT current_setting('server_version_num') AS version, current_setting('fsync') AS fsync,
       current_setting('full_page_writes') AS full_page_writes, current_setting('synchronous_commit') AS synchronous_commit,
       current_setting('data_checksums') AS data_checksums, pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS collation,
       current_setting('max_connections')::int - (SELECT count(*) FROM pg_stat_activity) AS connections_left,
       pg_is_in_recovery()::text AS standby, has_schema_privilege('public', 'CREATE')::text AS may_create,
       coalesce((SELECT setting FROM pg_settings WHERE name = 'data_directory'), '') AS data_directory,
       (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
FROM pg_database d WHERE d.datname = current_database()
