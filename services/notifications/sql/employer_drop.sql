-- SPDX-License-Identifier: Apache-2.0
-- $1 employer.
DELETE FROM employer_contact WHERE employer = $1::text
