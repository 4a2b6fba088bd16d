-- SPDX-License-Identifier: Apache-2.0
-- $1 log.
SELECT count(*) FROM parked_event WHERE log_id = $1::text;
