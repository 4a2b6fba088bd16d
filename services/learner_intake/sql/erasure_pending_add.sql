-- SPDX-License-Identifier: Apache-2.0
-- erasure_pending_add.sql: $1 pool number.
INSERT INTO erasure_pending (pool_number) VALUES ($1::text) ON CONFLICT (pool_number) DO NOTHING
