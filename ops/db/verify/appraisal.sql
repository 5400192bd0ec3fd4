-- Verify sangkien:appraisal on pg

BEGIN;

SELECT programme, id, version, state, changed_at, dossier_version, digest, entry_code, title,
       entrant_agency_id, estimate_vnd, appraisal_case_id
  FROM appraisal.dossier_intake WHERE false;
SELECT programme, parent, place, dossier_version, person_id FROM appraisal.dossier_author WHERE false;
SELECT programme, id, version, state, changed_at, dossier_id, dossier_version, digest, entry_code, title,
       entrant_agency_id, estimate_vnd, opinions_due_at, outcome, scope, recommended_ceiling_vnd, minutes,
       report
  FROM appraisal.appraisal_case WHERE false;
SELECT programme, parent, place, agency_id FROM appraisal.dossier_co_entrant WHERE false;
SELECT programme, parent, place, person_id FROM appraisal.case_author WHERE false;
SELECT programme, parent, place, agency_id FROM appraisal.case_co_entrant WHERE false;
SELECT programme, parent, place, person_id, seat FROM appraisal.panel_member WHERE false;
SELECT programme, parent, place, agency_id FROM appraisal.consultee WHERE false;
SELECT programme, parent, place, agency_id, person_id, verdict, opinion, document
  FROM appraisal.opinion WHERE false;
SELECT programme, page_key, subject, kind, entry_code, title, state, waiting_for, agency_id, entrant_agency_id, since_us, until_us
  FROM appraisal.open_work WHERE false;
SELECT programme, id, version, state, changed_at, rules_digest, rules, jury_may_enter, organiser_agency_id, awaited
  FROM appraisal.contest WHERE false;
SELECT programme, parent, place, round_id, round_code, cluster_code, instance, state, ranking_digest, proposed_by,
       confirmed_by
  FROM appraisal.contest_round WHERE false;
SELECT programme, id, version, state, changed_at, edition_id, entry_code, title, summary, entrant_agency_id,
       team, track, submitted_at, entry_version, round_id, next_round_code
  FROM appraisal.contender WHERE false;
SELECT programme, parent, place, person_id FROM appraisal.contender_author WHERE false;
SELECT programme, parent, place, agency_id FROM appraisal.contender_co_entrant WHERE false;
SELECT programme, parent, place, kind, name, uri, sha256, size_bytes, media_type FROM appraisal.contender_evidence WHERE false;
SELECT programme, id, version, state, changed_at, edition_id, document, organiser_agency_id
  FROM appraisal.council WHERE false;
SELECT programme, parent, place, person_id, seat FROM appraisal.council_member WHERE false;
SELECT programme, parent, place, person_id, entry_id, kind FROM appraisal.council_conflict WHERE false;
SELECT programme, parent, place, person_id FROM appraisal.council_declarant WHERE false;
SELECT programme, parent, place, round_id, is_over FROM appraisal.council_round WHERE false;
SELECT programme, id, version, state, changed_at, edition_id, round_code, cluster_code, instance, council_id,
       stage, rules_digest, rules, is_last, organiser_agency_id, due_at, ranking, ranking_digest, proposed_by,
       confirmed_by, deliberation, was_proposed
  FROM appraisal.round WHERE false;
SELECT programme, parent, place, person_id, seat FROM appraisal.round_member WHERE false;
SELECT programme, parent, place, entry_id, entry_code FROM appraisal.round_entry WHERE false;
SELECT programme, parent, place, person_id, entry_id, kind FROM appraisal.round_conflict WHERE false;
SELECT programme, parent, place, decision FROM appraisal.round_decision WHERE false;
SELECT programme, id, version, state, changed_at, round_id, entry_id, entry_code, person_id, judge_agency_id,
       council_id, scores, total_centi, reason, excused_by
  FROM appraisal.score_sheet WHERE false;

DO $$
BEGIN
    ASSERT 'appraisal.appraisal_case_one_open'::regclass IS NOT NULL;
    ASSERT 'appraisal.round_one_live'::regclass IS NOT NULL;
    ASSERT (SELECT count(*) = 9 FROM pg_trigger
             WHERE tgname IN ('appraisal_case_stays', 'panel_member_no_author', 'round_stays', 'score_sheet_no_conflict',
                              'score_sheet_stays', 'score_sheet_of_open_round', 'council_member_no_author',
                              'round_entry_no_author', 'contest_stays')), 'a trigger is missing';
    ASSERT has_table_privilege('sangkien_appraisal', 'appraisal.appraisal_case', 'INSERT');
    ASSERT NOT has_table_privilege('sangkien_appraisal', 'appraisal.appraisal_case', 'DELETE');
    ASSERT NOT has_table_privilege('sangkien_appraisal', 'appraisal.opinion', 'UPDATE, DELETE');
    ASSERT NOT has_table_privilege('sangkien_appraisal', 'appraisal.score_sheet', 'DELETE');
    ASSERT NOT has_table_privilege('sangkien_appraisal', 'appraisal.round_member', 'UPDATE, DELETE');
END $$;

ROLLBACK;
