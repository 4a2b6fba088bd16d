-- SPDX-License-Identifier: Apache-2.0
-- $1..$4 the pair.
DELETE FROM firm_link WHERE institution_a = $1::text AND external_id_a = $2::text
                        AND institution_b = $3::text AND external_id_b = $4::text;
