-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 programme.
DELETE FROM programme WHERE log_id = $1::text AND programme = $2::text
