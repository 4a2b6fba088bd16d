-- SPDX-License-Identifier: Apache-2.0
-- Behind core_events_advance, as core_events_append, when there are many.
COPY event (seq, topic, key, version, type, at_ms, body) FROM STDIN (FORMAT binary);
