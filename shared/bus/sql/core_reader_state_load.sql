-- SPDX-License-Identifier: Apache-2.0
-- $1 log. No row: never read.
SELECT epoch, seq, generation, resync_to FROM log_cursor WHERE log_id = $1::text;
