-- pool.sql - entries of the programme that is measured, to be handed in: that nobody drafted does not matter, as long as the
-- rows are there.
--
-- :programme, :team, :title, :summary   text
-- :edition, :agency, :person            uuid of what they are of
-- :count                                so many; the nth has the id '00000000-0000-7000-8002-' and n in twelve
--                                       hexadecimal digits

-- Without the triggers, which would look up the edition of each.
SET session_replication_role = replica;
INSERT INTO submissions.entry (programme, id, version, state, changed_at, edition_id, entrant_agency_id, team,
                               entry_kind, title, summary, entry_code, score_centi, award, reached_final, money_paid,
                               track, draft, content_digest, entry_version, round_code, rank,
                               may_have_prize, accusation, answered)
SELECT :'programme', ('00000000-0000-7000-8002-' || lpad(to_hex(n), 12, '0'))::uuid, 1, 1, now(), :'edition', :'agency',
       :'team', 1, :'title', :'summary', '', 0, 0, false, false,
       '', 1, sha256('draft'), 0, '', 0, false, '', false
  FROM generate_series(0, :count - 1) AS n;
INSERT INTO submissions.entry_author (programme, parent, place, person_id, share_bp, staff_kind, draft)
SELECT :'programme', ('00000000-0000-7000-8002-' || lpad(to_hex(n), 12, '0'))::uuid, 0, :'person', 10000, 0, 1
  FROM generate_series(0, :count - 1) AS n;
RESET session_replication_role;
VACUUM (ANALYZE) submissions.entry, submissions.entry_author;
