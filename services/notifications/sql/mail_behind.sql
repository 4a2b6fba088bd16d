-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 rounds that must wait: said once, so that it can be seen.
UPDATE mail SET why = 'behind' WHERE state = 'waiting' AND due_ms <= $1::bigint AND round = ANY ($2::text[]) AND why <> 'behind'
