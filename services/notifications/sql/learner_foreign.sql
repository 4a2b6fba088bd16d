-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 pool numbers. Those that another log told of.
SELECT learner FROM learner_contact WHERE learner = ANY ($2::text[]) AND log_id NOT IN ('', $1::text)
