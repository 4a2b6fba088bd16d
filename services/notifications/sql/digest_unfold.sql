-- SPDX-License-Identifier: Apache-2.0
-- $1 now. A message that tells of several mails is never composed anew: it is taken apart, and they are judged anew.
WITH gone AS (DELETE FROM mail WHERE state = 'waiting' AND kind = 'digest' AND due_ms <= $1::bigint RETURNING mail)
UPDATE mail m SET state = 'waiting', why = 'next_digest', due_ms = $1::bigint, carrier = NULL, composed_ms = 0, ended_ms = 0
FROM gone WHERE m.carrier = gone.mail
