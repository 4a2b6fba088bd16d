-- SPDX-License-Identifier: Apache-2.0
-- $1 day. Colleges with something to do whose coordinator was not told of it on this day.
SELECT DISTINCT t.institution FROM task t
WHERE t.state = 'open' AND t.institution <> '' AND NOT EXISTS (
	SELECT FROM notice n WHERE n.kind = 'tasks' AND n.ids = t.institution || '/' || $1::text)
LIMIT 1000
