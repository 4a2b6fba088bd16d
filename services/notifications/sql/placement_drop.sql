-- SPDX-License-Identifier: Apache-2.0
-- $1 posting: nobody is placed there any more.
WITH places AS (DELETE FROM placed WHERE posting = $1::text)
DELETE FROM placement WHERE posting = $1::text
