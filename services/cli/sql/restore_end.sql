-- SPDX-License-Identifier: Apache-2.0
-- restore_end.sql: whoever was erased since the copy stays erased: the service reads this register before it opens.
DO $$
BEGIN
	IF to_regclass('public.erased') IS NOT NULL THEN
		INSERT INTO public.erased (register_hash, erased_on)
		SELECT register_hash, erased_on FROM pg_temp.register_aside ON CONFLICT DO NOTHING;
	END IF;
END
$$
