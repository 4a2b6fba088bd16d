-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 key: the log no longer has it, and no other log has told of it since.
DELETE FROM view_direct_offer WHERE learner = $2::text AND log_id = $1::text;
