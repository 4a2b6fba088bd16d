-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 institution. Only what that log told of; a row comes back if there was one.
DELETE FROM institution_contact WHERE institution = $2::text AND log_id IN ('', $1::text) RETURNING institution
