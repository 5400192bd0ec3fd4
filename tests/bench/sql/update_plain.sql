-- update_plain.sql - what one SubmitEntry writes, as plain statements: one transaction, one statement a line.
--
-- :id       uuid   of the request, new for each command, ordered by time (UUIDv7)
-- :subject  uuid   any of bench.entry_id(0 .. 199999), at random
-- :version  int8   of the entry, any that it had not before: a number that grows from command to command
-- :source   uuid   '00000000-0000-7000-8000-000000000001', the sending system
-- :agency   uuid   '00000000-0000-7000-8000-000000000002'
-- :person   uuid   '00000000-0000-7000-8000-000000000003'
-- :salt     bytea  of 16 bytes
-- :digest   bytea  of 32 bytes
-- :request  bytea  of 160 bytes, what came
-- :reply    bytea  of 324 bytes, what was answered
-- :event    bytea  of 198 bytes, what happened
INSERT INTO bench.inbox (programme, source, id, number, service, type, subject, agency, actor, capacity, received_at, stored_at, request_digest, salt, request, reply, chain) VALUES ('bench', :source, :id, nextval('bench.position'), 'submissions', 'sangkien.submissions.v1.SubmitEntry', :subject, :agency, :person, 1, now(), now(), :digest, :salt, :request, :reply, :digest);
SELECT id, version, state, changed_at, edition_id, entrant_agency_id, team, entry_kind, title, summary, submitted_by, registered_by, entry_code, score_centi, award, reached_final, money_paid, track, draft, content_digest, entry_version, (SELECT sum(share_bp) FROM bench.entry_author WHERE programme = 'bench' AND parent = :subject) AS shares_bp FROM bench.entry WHERE programme = 'bench' AND id = :subject FOR UPDATE;
UPDATE bench.entry SET version = :version, state = 2, changed_at = now(), submitted_by = :person, submitted_at = now(), entry_version = entry_version + 1, title_key = 'sang kien mau de do toc do' WHERE programme = 'bench' AND id = :subject;
INSERT INTO bench.journal (programme, position, service, kind, aggregate, version, type, body, recorded_at, because, parties, source, cause, heard, agency, actor, capacity, traceparent, request_digest, reply_digest, chain) VALUES ('bench', nextval('bench.position'), 'submissions', 'entry', :subject, :version, 'sangkien.submissions.v1.EntrySubmitted', :event, now(), 'the entrant agency handed the entry in', ARRAY[:agency]::uuid[], :source, :id, 0, :agency, :person, 1, '', :digest, :digest, :digest);
