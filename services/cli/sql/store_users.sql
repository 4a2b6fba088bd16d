-- SPDX-License-Identifier: Apache-2.0
-- store_users.sql: $1 a log's name. Sessions of its service, active or waiting to be, and the server's version.
SELECT (SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = $1::text AND pid <> pg_backend_pid()),
       current_setting('server_version_num')::bigint
