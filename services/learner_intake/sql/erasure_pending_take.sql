-- SPDX-License-Identifier: Apache-2.0
-- erasure_pending_take.sql: removes and returns what an erasure left to blank.
DELETE FROM erasure_pending RETURNING pool_number
