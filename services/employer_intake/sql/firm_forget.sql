-- SPDX-License-Identifier: Apache-2.0
-- $1 institution, $2 external ids. Their keys go, before new ones are written.
DELETE FROM employer_block WHERE institution = $1::text AND external_id = ANY ($2::text[]);
