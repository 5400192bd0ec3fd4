-- tests/db/funding_isolation.sql - nobody passes the checks of money by looking at an old snapshot.

BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT plan(2);

SELECT lives_ok($$INSERT INTO funding.budget_ceiling VALUES ('test-db', gen_random_uuid(), 1, 1, now(), 'x', 2020, 9, 0, 0)$$,
                'a ceiling may be written down');
SELECT throws_ok('SET CONSTRAINTS ALL IMMEDIATE', '23514', 'money is written in READ COMMITTED transactions only',
                 'but not committed');

SELECT * FROM finish();
ROLLBACK;
