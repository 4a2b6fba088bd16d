-- SPDX-License-Identifier: Apache-2.0
-- $1..$8 one text[] for each column of the feed, $9 versions, $10 $11 when and by whom new ones are
-- fed. New rows and changed ones alike; keys are unique in a batch.
INSERT INTO institution (external_id, name_fr, name_en, coordinator_name, coordinator_email, phone, postal_address, language,
                         version, created_ms, created_by)
SELECT fed.*, $10::bigint, $11::text
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[]) AS fed
ON CONFLICT (external_id) DO UPDATE SET
	name_fr = excluded.name_fr, name_en = excluded.name_en, coordinator_name = excluded.coordinator_name,
	coordinator_email = excluded.coordinator_email, phone = excluded.phone, postal_address = excluded.postal_address,
	language = excluded.language, version = excluded.version;
