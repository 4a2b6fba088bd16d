-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number, $2 what stands for it, of the same length, so that slices keep their places. A slice ends between two
-- values, so no number is cut in two.
UPDATE round_file SET data = convert_to(replace(convert_from(data, 'UTF8'), $1::text, $2::text), 'UTF8')
WHERE round = $3::text AND position(convert_to($1::text, 'UTF8') IN data) > 0;
