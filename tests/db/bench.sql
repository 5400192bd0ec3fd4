-- tests/db/bench.sql - that the tables which others are measured with are still ours, and can be written as tests/bench says.

SELECT plan(9);

CREATE FUNCTION pg_temp.id(number int4) RETURNS uuid LANGUAGE sql IMMUTABLE
    AS $$ SELECT ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid $$;

\ir ../bench/schema.sql
SELECT is(count(*)::int, 100, 'there are editions') FROM bench.edition;
SELECT is(count(*)::int, 200000, 'and entries to be handed in') FROM bench.entry;

\set source pg_temp.id(1)
\set agency pg_temp.id(2)
\set person pg_temp.id(3)
\set team '''đội 1'''
\set title '''Một cửa'''
\set summary '''Tóm tắt'''
\set salt '''\\x00112233445566778899aabbccddeeff''::bytea'
\set digest 'sha256(''x'')'
\set request '''x''::bytea'
\set reply '''y''::bytea'
\set event '''z''::bytea'
\set edition bench.edition_id(0)

\o /dev/null
\set id pg_temp.id(11)
\set subject pg_temp.id(21)
\ir ../bench/sql/create_plain.sql
\set id pg_temp.id(12)
\set subject pg_temp.id(22)
\ir ../bench/sql/create_cte.sql
\o
SELECT is(count(*)::int, 2, 'a new one is written by plain statements, and by one') FROM bench.entry
 WHERE id IN (pg_temp.id(21), pg_temp.id(22));

\o /dev/null
\set id pg_temp.id(13)
\set version 2
\set subject bench.entry_id(1)
\ir ../bench/sql/update_plain.sql
\set id pg_temp.id(14)
\set subject bench.entry_id(2)
\ir ../bench/sql/update_cte.sql
\o
SELECT is(count(*)::int, 2, 'one is handed in in the same ways') FROM bench.entry
 WHERE id IN (bench.entry_id(1), bench.entry_id(2)) AND state = 2 AND version = 2;

\set source 'ARRAY[pg_temp.id(1)]'
\set agency 'ARRAY[pg_temp.id(2)]'
\set person 'ARRAY[pg_temp.id(3)]'
\set team 'ARRAY[''đội 1'']'
\set title 'ARRAY[''Một cửa'']'
\set summary 'ARRAY[''Tóm tắt'']'
\set salt 'ARRAY[''\\x00112233445566778899aabbccddeeff''::bytea]'
\set digest 'ARRAY[sha256(''x'')]'
\set request 'ARRAY[''x''::bytea]'
\set reply 'ARRAY[''y''::bytea]'
\set event 'ARRAY[''z''::bytea]'
\set edition 'ARRAY[bench.edition_id(0)]'
\o /dev/null
\set id 'ARRAY[pg_temp.id(15)]'
\set subject 'ARRAY[pg_temp.id(25)]'
\ir ../bench/sql/create_batch.sql
\o
SELECT is(count(*)::int, 1, 'a batch is written') FROM bench.entry WHERE id = pg_temp.id(25);
SELECT is(count(*)::int, 5, 'each with its request') FROM bench.inbox;
SELECT is(count(*)::int, 5, 'and its event') FROM bench.journal;
CALL bench.clear();
SELECT is(count(*)::int, 0, 'it is emptied for the next one') FROM bench.journal;
DROP SCHEMA bench CASCADE;

\set programme bench
\set edition 00000000-0000-7000-8000-000000000004
\set agency 00000000-0000-7000-8000-000000000002
\set person 00000000-0000-7000-8000-000000000003
\set team 'đội 1'
\set title 'Một cửa'
\set summary 'Tóm tắt'
\set count 10
\ir ../bench/pool.sql
SELECT is(count(*)::int, 10, 'and our own entries are there to be handed in') FROM submissions.entry_author WHERE programme = 'bench';
DELETE FROM submissions.entry_author WHERE programme = 'bench';
DELETE FROM submissions.entry WHERE programme = 'bench';

SELECT * FROM finish();
