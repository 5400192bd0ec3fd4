-- What one command writes, as plain statements in one transaction: pgbench runs it, prepared.
\set n random(1, 2000000000)
BEGIN;
INSERT INTO bench.inbox VALUES ('bench', :source, gen_random_uuid(), :n, 'submissions', 'sangkien.submissions.v1.CreateEntry', gen_random_uuid(), :source, :source, 1, now(), now(), :digest, :reply, :digest);
INSERT INTO bench.request VALUES ('bench', :source, gen_random_uuid(), :salt, :body);
SELECT state FROM bench.edition WHERE programme = 'bench' AND id = :source;
INSERT INTO bench.entry VALUES ('bench', gen_random_uuid(), 1, 1, now(), :source, :source, 'đội 1', 2, 'Sáng kiến mẫu để đo tốc độ', 'Rút ngắn thời gian giải quyết hồ sơ bằng cách kiểm tra thành phần ngay khi nộp.', NULL, NULL, '', 0, 0, false, false);
INSERT INTO bench.journal VALUES ('bench', nextval('bench.position'), 'submissions', 'entry', gen_random_uuid(), 1, 'sangkien.submissions.v1.EntryDrafted', :body, now(), 'an author or a records office began an entry', ARRAY[:source]::uuid[], :source, gen_random_uuid(), 0, :source, :source, 1, '', :digest, :digest, :digest);
COMMIT;
