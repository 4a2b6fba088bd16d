-- SPDX-License-Identifier: Apache-2.0
-- $1 institution, $2..$15 one text[] for each column of the feed, $16 versions, $17 $18 places (NULL: unknown), $19 $20 when
-- and by whom new ones are fed. A pause stays as it is.
INSERT INTO employer (institution, external_id, legal_name, neq, headcount, naics, language, contact_name, contact_email,
                      contact_phone, address, municipality, postal_code, latitude, longitude, version, place_latitude_e7,
                      place_longitude_e7, created_ms, created_by)
SELECT $1::text, c1, c2, c3, c4::integer, c5, c6, c7, c8, c9, c10, c11, c12, c13::numeric, c14::numeric, v, lat, lon,
       $19::bigint, $20::text
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
            $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::bigint[], $17::bigint[], $18::bigint[])
     AS fed (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, v, lat, lon)
ON CONFLICT (institution, external_id) DO UPDATE SET
	legal_name = excluded.legal_name, neq = excluded.neq, headcount = excluded.headcount, naics = excluded.naics,
	language = excluded.language, contact_name = excluded.contact_name, contact_email = excluded.contact_email,
	contact_phone = excluded.contact_phone, address = excluded.address, municipality = excluded.municipality,
	postal_code = excluded.postal_code, latitude = excluded.latitude, longitude = excluded.longitude,
	version = excluded.version, place_latitude_e7 = excluded.place_latitude_e7,
	place_longitude_e7 = excluded.place_longitude_e7;
