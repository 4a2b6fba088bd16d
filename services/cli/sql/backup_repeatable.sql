-- SPDX-License-Identifier: Apache-2.0
-- backup_repeatable.sql: first of its transaction: all that follows is of one moment.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ
