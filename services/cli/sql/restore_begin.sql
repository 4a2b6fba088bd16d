-- SPDX-License-Identifier: Apache-2.0
-- restore_begin.sql: keeps the register of the erased aside, then removes whatever this service owns in its store.
-- All of a restore is one transaction: until it is committed, everybody else sees the store as it was.
DO $$
DECLARE
	statements text[];
	statement text;
BEGIN
	CREATE TEMP TABLE register_aside (register_hash bytea PRIMARY KEY, erased_on date NOT NULL) ON COMMIT DROP;
	IF to_regclass('public.erased') IS NOT NULL THEN
		INSERT INTO register_aside SELECT register_hash, erased_on FROM public.erased;
	END IF;
	-- All names first, since each DROP may take others along.
	SELECT array_agg(d) INTO statements FROM (
		SELECT format('DROP %s IF EXISTS %s CASCADE', CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
			WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass) AS d
		FROM pg_class c
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
			AND NOT EXISTS (SELECT FROM pg_depend p WHERE p.objid = c.oid AND p.deptype IN ('a', 'e', 'i'))
		UNION ALL
		SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc p
		WHERE p.pronamespace = 'public'::regnamespace
			AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
		UNION ALL
		SELECT format('DROP TYPE IF EXISTS %s CASCADE', t.oid::regtype) FROM pg_type t
		WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('d', 'e')
			AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')) all_of_it;
	FOREACH statement IN ARRAY coalesce(statements, '{}') LOOP
		EXECUTE statement;
	END LOOP;
END
$$
