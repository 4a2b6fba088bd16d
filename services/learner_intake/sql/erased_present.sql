-- SPDX-License-Identifier: Apache-2.0
-- erased_present.sql: erased, yet here: this store was restored from a copy older than the register.
SELECT institution, external_id FROM learner JOIN erased USING (register_hash)
UNION
SELECT institution, learner FROM learner_ranking JOIN erased USING (register_hash)
UNION
SELECT institution, learner FROM direct_offer JOIN erased USING (register_hash)
