-- SPDX-License-Identifier: Apache-2.0
-- Who ranked, but nothing that could enter the round, is counted apart from who ranked nothing.

ALTER TABLE summary ADD COLUMN none_fits integer NOT NULL DEFAULT 0;
