-- SPDX-License-Identifier: Apache-2.0
-- A pool number that was drawn twice makes the transaction fail, and the next one draws anew: the end of the constraint's name
-- tells the store so. Nobody asks beforehand, which would cost each newcomer a look through the index.
ALTER TABLE learner RENAME CONSTRAINT learner_pool_number_key TO learner_pool_number_drawn;
-- The form of both is the intake's own making; two regular expressions for each row are more than they are worth here.
ALTER TABLE learner DROP CONSTRAINT learner_pool_number_check, DROP CONSTRAINT learner_postal_code_check;
ALTER TABLE learner ADD CONSTRAINT learner_pool_number_check CHECK (octet_length(pool_number) = 10),
	ADD CONSTRAINT learner_postal_code_check CHECK (octet_length(postal_code) = 7);
-- What tells most stands first: one comparison where there were two. A list of one college skips the others' entries.
ALTER TABLE learner DROP CONSTRAINT learner_pkey, ADD PRIMARY KEY (external_id, institution);
