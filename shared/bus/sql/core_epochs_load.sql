-- SPDX-License-Identifier: Apache-2.0
-- The newest 100,000, oldest first.
SELECT epoch, first_seq
  FROM (SELECT number, epoch, first_seq FROM event_epoch ORDER BY number DESC LIMIT 100000) AS newest
 ORDER BY number;
