-- SPDX-License-Identifier: Apache-2.0
-- $1 external ids. What stands, as canonical cells in the order of the feed's columns, then the version.
SELECT external_id, name_fr, name_en, coordinator_name, coordinator_email, phone, postal_address, language, version
FROM institution WHERE external_id = ANY ($1::text[]);
