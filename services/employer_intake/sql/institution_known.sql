-- SPDX-License-Identifier: Apache-2.0
-- $1 institution. One row when the intermediary has fed it.
SELECT 1 FROM institution WHERE external_id = $1::text;
