-- SPDX-License-Identifier: Apache-2.0
-- A statement that finds the head is not ours must fail, so that what is sent behind it without waiting, COMMIT too, is skipped
-- by the server. A type that takes no null fails so inside any statement, in half the time of a function.
CREATE DOMAIN event_seq AS bigint NOT NULL;
COMMENT ON DOMAIN event_seq IS 'Of a head that is ours. Null (SQLSTATE 23502): another instance has taken over.';
DROP FUNCTION event_fence(uuid);
DROP FUNCTION event_advance(uuid, bigint, bigint);
