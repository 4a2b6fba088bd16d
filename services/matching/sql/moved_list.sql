-- SPDX-License-Identifier: Apache-2.0
-- $1 round. Who has moved up by it, by the posting where she stood.
SELECT learner, institution, programme, from_posting, from_round FROM round_line
WHERE round = $1::text AND from_posting <> '' AND learner <> 'erased----'
ORDER BY from_posting, learner;
