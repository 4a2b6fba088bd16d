-- SPDX-License-Identifier: Apache-2.0
-- learner_created.sql: $1 institution, $2 external id. When and by whom she was first fed.
SELECT created_ms, created_by FROM learner WHERE institution = $1::text AND external_id = $2::text
