-- SPDX-License-Identifier: Apache-2.0
-- $1 replies to commands made before this moment (ms; the first 48 bits of a UUIDv7, RFC 9562), at most 20,000 a call.
DELETE FROM command_reply
 WHERE ctid = ANY (ARRAY (SELECT ctid FROM command_reply
                           WHERE request_id < (lpad(to_hex(greatest($1::bigint, 0)), 12, '0') || repeat('0', 20))::uuid
                           ORDER BY request_id LIMIT 20000));
