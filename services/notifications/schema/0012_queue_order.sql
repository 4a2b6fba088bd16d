-- SPDX-License-Identifier: Apache-2.0
-- Mails are taken from the queue in order of (due_ms, mail). Those composed at one moment are due at one moment: without
-- the second column each look sorted all of them.
DROP INDEX mail_to_send;
CREATE INDEX mail_to_send ON mail (due_ms, mail) WHERE state IN ('queued', 'deferred');
