-- SPDX-License-Identifier: Apache-2.0
-- $1 posting.
DELETE FROM posting WHERE posting = $1::text
