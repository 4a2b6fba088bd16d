-- SPDX-License-Identifier: Apache-2.0
SELECT asked_ms FROM sweep
