-- SPDX-License-Identifier: Apache-2.0
-- When the next mail is due to be composed, and to be sent; null: none.
SELECT (SELECT min(due_ms) FROM mail WHERE state = 'waiting'),
	(SELECT min(due_ms) FROM mail WHERE state IN ('queued', 'deferred'))
