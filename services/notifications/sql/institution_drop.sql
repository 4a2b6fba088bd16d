-- SPDX-License-Identifier: Apache-2.0
-- $1 institution.
DELETE FROM institution WHERE institution = $1::text
