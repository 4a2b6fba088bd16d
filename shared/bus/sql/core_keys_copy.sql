-- SPDX-License-Identifier: Apache-2.0
-- Keys that core_keys_known does not know.
COPY log_key (log_id, topic, key, version, generation) FROM STDIN (FORMAT binary);
