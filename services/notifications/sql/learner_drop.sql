-- SPDX-License-Identifier: Apache-2.0
-- $1 pool number.
DELETE FROM learner_contact WHERE learner = $1::text
