-- SPDX-License-Identifier: Apache-2.0
-- $1 mails.
DELETE FROM mail_source WHERE mail = ANY ($1::bigint[])
