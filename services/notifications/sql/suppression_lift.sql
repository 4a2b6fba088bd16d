-- SPDX-License-Identifier: Apache-2.0
-- $1 address in small letters, $2 institution ('': that from all). A row comes back if there was one.
DELETE FROM suppression WHERE address = $1::text AND institution = $2::text RETURNING address
