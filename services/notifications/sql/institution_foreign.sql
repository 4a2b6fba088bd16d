-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 institutions. Those that another log told of.
SELECT institution FROM institution WHERE institution = ANY ($2::text[]) AND log_id NOT IN ('', $1::text)
