-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 posting. Only what that log told of; a row comes back if there was one.
DELETE FROM posting WHERE posting = $2::text AND log_id IN ('', $1::text) RETURNING posting
