-- SPDX-License-Identifier: Apache-2.0
-- $1 topics, $2 keys, pairwise: the payloads of all their events, past and present, are gone. For erasing a person.
UPDATE event AS e SET body = ''::bytea
  FROM unnest($1::text[], $2::text[]) AS k (topic, key)
 WHERE e.topic = k.topic AND e.key = k.key AND e.body <> ''::bytea;
