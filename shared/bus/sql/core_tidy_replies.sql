-- SPDX-License-Identifier: Apache-2.0
-- $1 replies from before this moment, at most 20,000 a call.
DELETE FROM command_reply
 WHERE ctid = ANY (ARRAY (SELECT ctid FROM command_reply WHERE at_ms < $1::bigint ORDER BY at_ms LIMIT 20000));
