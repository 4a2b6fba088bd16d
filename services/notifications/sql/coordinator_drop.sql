-- SPDX-License-Identifier: Apache-2.0
-- $1 institution.
DELETE FROM institution_contact WHERE institution = $1::text
