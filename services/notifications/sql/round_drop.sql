-- SPDX-License-Identifier: Apache-2.0
-- $1 round.
DELETE FROM round WHERE round = $1::text
