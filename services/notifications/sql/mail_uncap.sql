-- SPDX-License-Identifier: Apache-2.0
-- $1 now, $2 employers that have grown, shrunk, come together or apart: what waits for their next month is judged anew.
UPDATE mail SET due_ms = $1::bigint
WHERE state = 'waiting' AND why = 'capped' AND (recipient = ANY ($2::text[]) OR recipient IN (
	SELECT other.employer FROM firm_member one JOIN firm_member other USING (firm) WHERE one.employer = ANY ($2::text[])))
