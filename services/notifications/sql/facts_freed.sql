-- SPDX-License-Identifier: Apache-2.0
-- $1 mails. The stays that each says are given up: what calendars know each by, and who had told of it. Empty where there is
-- nothing to cancel: told before it was kept, said already by this mail, or of somebody who is placed there again.
SELECT n.mail, n.ids,
	CASE WHEN row_number() OVER (PARTITION BY n.mail, n.ids, n.stay ORDER BY n.version) > 1 OR EXISTS (SELECT FROM placed d
		WHERE d.posting = n.ids AND NOT d.moved AND stay_of(d.posting, d.learner) = n.stay) THEN '' ELSE n.stay END,
	k.coordinator_name, k.coordinator_email, k.phone
FROM notice n
LEFT JOIN institution_contact k ON k.institution = n.stay_college
WHERE n.mail = ANY ($1::bigint[]) AND n.kind = 'place_freed'
ORDER BY n.mail, n.ids, n.version
