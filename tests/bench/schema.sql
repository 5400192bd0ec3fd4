-- Tables of the same shape as those that a command writes, for pgbench alone: no head to wait for, no chain.
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;
CREATE TABLE bench.inbox (LIKE runtime.inbox);
ALTER TABLE bench.inbox ADD PRIMARY KEY (programme, source, id);
CREATE TABLE bench.request (LIKE runtime.request);
ALTER TABLE bench.request ADD PRIMARY KEY (programme, source, id);
CREATE TABLE bench.journal (LIKE runtime.journal);
ALTER TABLE bench.journal ADD PRIMARY KEY (programme, position), ADD UNIQUE (programme, aggregate, kind, version);
CREATE SEQUENCE bench.position CACHE 100;
CREATE TABLE bench.entry (LIKE submissions.entry);
ALTER TABLE bench.entry ADD PRIMARY KEY (programme, id);
CREATE TABLE bench.edition (programme text, id uuid, state int4, PRIMARY KEY (programme, id));
INSERT INTO bench.edition VALUES ('bench', '00000000-0000-7000-8000-000000000001', 3);
