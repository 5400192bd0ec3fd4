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
SELECT programme, page_key, subject, kind, entry_code, title, state, waiting_for, agency_id, entrant_agency_id, since_us
  FROM appraisal.open_work WHERE false;

DO $$
BEGIN
    ASSERT 'appraisal.appraisal_case_one_open'::regclass IS NOT NULL;
    ASSERT (SELECT count(*) = 2 FROM pg_trigger
             WHERE tgname IN ('appraisal_case_stays', 'panel_member_no_author')), 'a trigger is missing';
    ASSERT has_table_privilege('sangkien_appraisal', 'appraisal.appraisal_case', 'INSERT');
    ASSERT NOT has_table_privilege('sangkien_appraisal', 'appraisal.appraisal_case', 'DELETE');
    ASSERT NOT has_table_privilege('sangkien_appraisal', 'appraisal.opinion', 'UPDATE, DELETE');
END $$;

ROLLBACK;
