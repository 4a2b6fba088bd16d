-- SPDX-License-Identifier: Apache-2.0
-- What a college places alone and in the pool, for its coordinator. 0 in both: told before this was kept.

ALTER TABLE summary ADD COLUMN alone integer NOT NULL DEFAULT 0;
ALTER TABLE summary ADD COLUMN pool integer NOT NULL DEFAULT 0;
