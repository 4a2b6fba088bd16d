-- SPDX-License-Identifier: Apache-2.0
-- $1 not needed since. Contacts of firms that have no posting in the pool and no mail under way.
DELETE FROM employer_contact e WHERE e.needed_ms < $1::bigint
	AND NOT EXISTS (SELECT FROM posting p WHERE p.employer = e.employer AND p.state IN ('draft', 'open', 'paused', 'filled'))
	AND NOT EXISTS (SELECT FROM mail m WHERE m.recipient = e.employer AND m.state NOT IN ('sent', 'failed', 'suppressed', 'folded'))
