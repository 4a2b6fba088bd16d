-- SPDX-License-Identifier: Apache-2.0
-- The greatest id that was answered; no row: none was.
SELECT request_id FROM command_reply ORDER BY request_id DESC LIMIT 1;
