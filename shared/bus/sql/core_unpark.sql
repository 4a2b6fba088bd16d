-- SPDX-License-Identifier: Apache-2.0
-- $1 log, $2 topics, $3 keys. Whatever their version: after a resynchronisation versions may begin anew.
DELETE FROM parked_event AS p
 USING unnest($2::text[], $3::text[]) AS e (topic, key)
 WHERE p.log_id = $1::text AND p.topic = e.topic AND p.key = e.key;
