-- SPDX-License-Identifier: Apache-2.0
-- An employer is told how each of them was placed, and who no longer comes since she has moved up.

ALTER TABLE placed ADD COLUMN placed_by text NOT NULL DEFAULT '';
ALTER TABLE placed ADD COLUMN moved boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN placed.placed_by IS 'fixed, ranked, assigned, standing (matching.md); empty: told before this was kept, or moved.';
COMMENT ON COLUMN placed.moved IS 'She stood here until this round, which has given her a place that she ranks higher.';
