-- SPDX-License-Identifier: Apache-2.0
-- held_history.sql: $1 institution, $2 external id. Who changed what of her; of personal fields no value is kept.
SELECT at_ms::text, who, command::text, kind, version::text, field, was, is_now, reason FROM history
WHERE institution = $1::text AND external_id = $2::text AND kind IN ('learner', 'learner_ranking', 'direct_offer')
ORDER BY at_ms, kind, version, field
