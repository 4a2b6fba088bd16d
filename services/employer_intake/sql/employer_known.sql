-- SPDX-License-Identifier: Apache-2.0
-- $1 institution, $2 external ids. Those that there are.
SELECT external_id FROM employer WHERE institution = $1::text AND external_id = ANY ($2::text[]);
