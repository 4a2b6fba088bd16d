-- SPDX-License-Identifier: Apache-2.0
-- $1 read before.
DELETE FROM bounce WHERE read_ms < $1::bigint
