-- create_plain.sql - what one CreateEntry writes, as plain statements: one transaction, one statement a line.
--
-- :id       uuid   of the request, new for each command, ordered by time (UUIDv7)
-- :subject  uuid   of the new entry, likewise
-- :edition  uuid   any of bench.edition_id(0 .. 99), at random
-- :source   uuid   '00000000-0000-7000-8000-000000000001', the sending system
-- :agency   uuid   '00000000-0000-7000-8000-000000000002'
-- :person   uuid   '00000000-0000-7000-8000-000000000003'
-- :team     text   'đội 1'
-- :title    text   'Sáng kiến mẫu để đo tốc độ'
-- :summary  text   'Rút ngắn thời gian giải quyết hồ sơ bằng cách kiểm tra thành phần ngay khi nộp.'
-- :salt     bytea  of 16 bytes
-- :digest   bytea  of 32 bytes
-- :request  bytea  of 358 bytes, what came
-- :reply    bytea  of 430 bytes, what was answered
-- :event    bytea  of 303 bytes, what happened
INSERT INTO bench.inbox (programme, source, id, number, service, type, subject, agency, actor, capacity, received_at, stored_at, request_digest, salt, request, reply, chain) VALUES ('bench', :source, :id, nextval('bench.position'), 'submissions', 'sangkien.submissions.v1.CreateEntry', :subject, :agency, :person, 1, now(), now(), :digest, :salt, :request, :reply, :digest);
SELECT state FROM bench.edition WHERE programme = 'bench' AND id = :edition FOR SHARE;
INSERT INTO bench.entry (programme, id, version, state, changed_at, edition_id, entrant_agency_id, team, entry_kind, title, summary, submitted_by, registered_by, entry_code, score_centi, award, reached_final, money_paid, track, draft, content_digest, entry_version, round_code, rank, may_have_prize, accusation, answered) VALUES ('bench', :subject, 1, 1, now(), :edition, :agency, :team, 1, :title, :summary, NULL, NULL, '', 0, 0, false, false, '', 1, :digest, 0, '', 0, false, '', false);
INSERT INTO bench.journal (programme, position, service, kind, aggregate, version, type, body, recorded_at, because, parties, source, cause, heard, agency, actor, capacity, traceparent, request_digest, reply_digest, chain) VALUES ('bench', nextval('bench.position'), 'submissions', 'entry', :subject, 1, 'sangkien.submissions.v1.EntryDrafted', :event, now(), 'the entrant agency began an entry while registration was open', ARRAY[:agency]::uuid[], :source, :id, 0, :agency, :person, 1, '', :digest, :digest, :digest);
