-- SPDX-License-Identifier: Apache-2.0
-- The version of what is told next.
UPDATE told SET version = version + 1 RETURNING version;
