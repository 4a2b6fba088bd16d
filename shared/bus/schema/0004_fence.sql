-- SPDX-License-Identifier: Apache-2.0
-- The fence and the numbering as functions that fail: what is sent behind them without waiting, COMMIT too, is then
-- skipped by the server. A statement that only finds no row would let it pass.

CREATE FUNCTION event_fence(mine uuid) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	head bigint;
BEGIN
	SELECT seq INTO head FROM event_head WHERE epoch = mine FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'another instance has taken over' USING ERRCODE = 'BF001';
	END IF;
	RETURN head;
END $$;

-- The writer knows the head, since nobody else moves it while the epoch is its own; that it is so is checked here.
CREATE FUNCTION event_advance(mine uuid, before bigint, added bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE event_head SET seq = before + added WHERE epoch = mine AND seq = before;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'another instance has taken over' USING ERRCODE = 'BF001';
	END IF;
END $$;
