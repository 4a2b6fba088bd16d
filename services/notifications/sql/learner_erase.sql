-- SPDX-License-Identifier: Apache-2.0
-- $1 pool numbers: all that is held on them but what stands in messages (mail_forget).
WITH contacts AS (DELETE FROM learner_contact WHERE learner = ANY ($1::text[])),
     places AS (DELETE FROM placed WHERE learner = ANY ($1::text[]))
DELETE FROM summary_line WHERE learner = ANY ($1::text[])
