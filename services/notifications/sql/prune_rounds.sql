-- SPDX-License-Identifier: Apache-2.0
-- Who was placed where, of rounds that are over and have no mail under way.
WITH ended AS (SELECT r.round FROM round r WHERE r.state IN ('closed', 'withdrawn')
		AND NOT EXISTS (SELECT FROM mail m WHERE m.round = r.round AND m.state NOT IN ('sent', 'failed', 'suppressed', 'folded'))),
     places AS (DELETE FROM placed d USING placement l, ended WHERE l.posting = d.posting AND l.round = ended.round),
     postings AS (DELETE FROM placement l USING ended WHERE l.round = ended.round),
     lines AS (DELETE FROM summary_line s USING ended WHERE s.round = ended.round)
DELETE FROM summary s USING ended WHERE s.round = ended.round
