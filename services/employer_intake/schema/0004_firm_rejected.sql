-- SPDX-License-Identifier: Apache-2.0
-- People may also say that two records are not one firm: the pair is kept as rejected, so that nobody is asked again.
ALTER TABLE firm_link DROP CONSTRAINT firm_link_state_check;
ALTER TABLE firm_link ADD CONSTRAINT firm_link_state_check CHECK (state IN ('proposed', 'merged', 'rejected'));
COMMENT ON COLUMN firm_link.state IS 'Only merged makes a firm of two records.';
ALTER TABLE firm_history DROP CONSTRAINT firm_history_act_check;
ALTER TABLE firm_history ADD CONSTRAINT firm_history_act_check CHECK (act IN ('propose', 'merge', 'unmerge', 'reject'));
