-- SPDX-License-Identifier: Apache-2.0
-- $1 pool numbers of learners who were erased: a note that names one of them goes.
UPDATE task SET note = '' FROM unnest($1::text[]) AS n (learner) WHERE position(n.learner IN note) > 0
