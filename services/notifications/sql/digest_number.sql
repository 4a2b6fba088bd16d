-- SPDX-License-Identifier: Apache-2.0
-- The number of a message that is about to be made of several mails: it stands in its subject.
SELECT nextval(pg_get_serial_sequence('mail', 'mail'))
