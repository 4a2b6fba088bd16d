-- SPDX-License-Identifier: Apache-2.0
-- $1 postings: who is placed there comes anew.
DELETE FROM placed WHERE posting = ANY ($1::text[])
