-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 employer. Only what that log told of; a row comes back if there was one.
DELETE FROM firm_member WHERE employer = $2::text AND log_id = $1::text RETURNING employer
