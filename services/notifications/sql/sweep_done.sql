-- SPDX-License-Identifier: Apache-2.0
-- Nothing is left of what was to go.
DELETE FROM sweep
