-- SPDX-License-Identifier: Apache-2.0
-- A whole message is read once more for each attempt, by the turn that claims it: lz4 unpacks it in a tenth of pglz's time. A
-- server that was built without lz4 keeps its own way; bodies that stand are read as they were written.
DO $$
BEGIN
	ALTER TABLE mail ALTER COLUMN body SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
	RAISE DEBUG 'this server has no lz4';
END
$$;

-- Two entries less for each mail sent, and no other way to find what is to be sent than in order of the queue. Counts read the
-- whole table in any case; lists go by number.
DROP INDEX mail_by_state;
