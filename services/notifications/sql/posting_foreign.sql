-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 postings. Those that another log told of.
SELECT posting FROM posting WHERE posting = ANY ($2::text[]) AND log_id NOT IN ('', $1::text)
