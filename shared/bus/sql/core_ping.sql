-- SPDX-License-Identifier: Apache-2.0
-- Keeps the session, and with it the lease.
-- plan: kept
SELECT 1;
