-- SPDX-License-Identifier: Apache-2.0
-- backup_head.sql: where the log stands: last seq, its epoch, how many epochs there were; the server's version.
SELECT h.seq, coalesce(replace(h.epoch::text, '-', ''), ''), (SELECT count(*) FROM event_epoch),
       current_setting('server_version_num')::bigint
FROM event_head h
