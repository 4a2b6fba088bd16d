-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 employers. Those that another log told of.
SELECT employer FROM employer_contact WHERE employer = ANY ($2::text[]) AND log_id NOT IN ('', $1::text)
