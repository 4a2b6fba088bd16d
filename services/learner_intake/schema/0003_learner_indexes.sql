-- SPDX-License-Identifier: Apache-2.0
-- Each index is paid for with every learner fed (about a tenth of the server's time for her row), and nobody looks by
-- these: lists go by external id, and who was erased is sought once, at a takeover, through the whole table.
DROP INDEX learner_programme;
ALTER TABLE learner DROP CONSTRAINT learner_register_hash_key;
