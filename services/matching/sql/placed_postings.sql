-- SPDX-License-Identifier: Apache-2.0
-- $1 round. Postings with placements, with what is told of them.
SELECT posting, employer, institution, seats FROM snapshot_posting p
WHERE round = $1::text AND EXISTS (SELECT FROM round_line l WHERE l.round = p.round AND l.posting = p.posting)
ORDER BY posting;
