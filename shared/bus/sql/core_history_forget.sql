-- SPDX-License-Identifier: Apache-2.0
-- $1 institution, $2 external id, $3 kinds. Erasing a person: what was changed of her is gone with her.
DELETE FROM history WHERE institution = $1::text AND external_id = $2::text AND kind = ANY ($3::text[]);
