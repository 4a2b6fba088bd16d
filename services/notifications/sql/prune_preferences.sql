-- SPDX-License-Identifier: Apache-2.0
-- $1 set before: wishes of addresses that nobody has any more.
DELETE FROM preference p WHERE p.set_ms < $1::bigint AND NOT EXISTS (SELECT FROM person n WHERE n.address = p.address)
