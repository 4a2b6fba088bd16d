-- SPDX-License-Identifier: Apache-2.0
SELECT name, applied_seq, seen_ms FROM reader ORDER BY name;
