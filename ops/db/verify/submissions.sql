-- Verify sangkien:submissions on pg

BEGIN;

SELECT programme, id, version, state, changed_at, name, owner_agency_id, utc_offset_minutes
    FROM submissions.programme WHERE false;
SELECT programme, id, version, state, changed_at, rules_version FROM submissions.programme_rules WHERE false;
SELECT programme, parent, place, number, digest, rules FROM submissions.programme_rules_version WHERE false;
SELECT programme, id, version, state, changed_at, ordinal, year, name, threshold_centi, maximum_centi, document,
       judged_elsewhere, organiser_agency_id, parent_edition_id, planned_cost_vnd, cost_cap_vnd, max_promotions,
       rules, rules_version, rules_digest, opens_at, closes_at, finalists, places, results_document, cost_vnd, local_report,
       entrants_confirmed, judging_ended, ranking_digest, final_round_id, places_round_id,
       programme_rules_version, programme_rules_digest, results_published_at, results_url, results_notice, follow_up_due_at
    FROM submissions.edition WHERE false;
SELECT programme, id, version, state, changed_at, edition_id, entrant_agency_id, team, entry_kind, title, summary,
       submitted_by, registered_by, entry_code, score_centi, award, reached_final, money_paid, track, draft,
       content_digest, entry_version, submitted_at, examined_by, cure_at, round_id, round_code, rank,
       may_have_prize, promoted_from_id, promoted_to_id, accused_by, accusation, answer_due_at, answered, disqualified_by,
       organiser_agency_id, title_key, roll_id, silent_since
    FROM submissions.entry WHERE false;
SELECT programme, parent, place, person_id, share_bp, staff_kind, draft FROM submissions.entry_author WHERE false;
SELECT programme, parent, place, kind, name, uri, sha256, size_bytes, media_type, draft
    FROM submissions.entry_evidence WHERE false;
SELECT programme, id, version, state, changed_at, edition_id, agency_id, entries, contests, promotions
    FROM submissions.entrant WHERE false;
SELECT programme, parent, place, team, change FROM submissions.entrant_entry WHERE false;
SELECT programme, id, version, state, changed_at, edition_id, cluster_code, entries FROM submissions.roll WHERE false;
SELECT programme, id, version, state, changed_at FROM submissions.jury WHERE false;
SELECT programme, parent, place, person_id, is_over FROM submissions.jury_judge WHERE false;
SELECT programme, blind_edition_id, person_id FROM submissions.blind_judge WHERE false;
SELECT programme, parent, place, agency_id, draft, has_left, said_by FROM submissions.entry_co_entrant WHERE false;
SELECT programme, id, version, state, changed_at, entrant_agency_id, entry_code, title, due_at, due, cure_at, cure,
       overdue, dossier_version, submitted_by, accepted_by, open_cases, committed_cases
    FROM submissions.dossier WHERE false;
SELECT programme, parent, place, agency_id FROM submissions.dossier_co_entrant WHERE false;
SELECT programme, parent, place, number, digest, dossier_form, solution, implementation_method, total_vnd, document
    FROM submissions.dossier_version WHERE false;
SELECT programme, parent, place, number, ordinal, description, quantity, unit_price_vnd, amount_vnd, index_code
    FROM submissions.dossier_line WHERE false;
SELECT programme, id FROM submissions.published_edition WHERE false;
SELECT programme, page_key, subject, kind, entry_code, title, state, waiting_for, agency_id, entrant_agency_id, since_us, until_us
    FROM submissions.open_work WHERE false;
SELECT programme, page_key, subject, kind, entry_code, title, state, waiting_for, agency_id, since_us, until_us, edition_id,
       entrant_agency_id, organiser_agency_id
    FROM submissions.waiting_entry WHERE false;
SELECT programme, page_key, subject, kind, entry_code, title, state, waiting_for, agency_id, since_us, until_us, edition_id,
       entrant_agency_id, organiser_agency_id
    FROM submissions.waiting_draft WHERE false;
SELECT programme, page_key, subject, kind, entry_code, title, state, waiting_for, agency_id, since_us, until_us, edition_id,
       entrant_agency_id, organiser_agency_id
    FROM submissions.waiting_accused WHERE false;
SELECT programme, page_key, subject, kind, entry_code, title, state, waiting_for, agency_id, since_us, until_us, edition_id,
       entrant_agency_id, organiser_agency_id
    FROM submissions.waiting_co_entrant WHERE false;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['programme', 'programme_rules', 'edition', 'entry', 'dossier', 'entrant', 'roll', 'jury'] LOOP
        ASSERT has_table_privilege('sangkien_submissions', 'submissions.' || name, 'UPDATE');
    END LOOP;
    FOREACH name IN ARRAY ARRAY['programme_rules_version', 'entry_author', 'entry_co_entrant', 'entry_evidence',
                              'entrant_entry', 'dossier_co_entrant', 'dossier_version', 'dossier_line'] LOOP
        ASSERT has_table_privilege('sangkien_submissions', 'submissions.' || name, 'INSERT');
        ASSERT NOT has_table_privilege('sangkien_submissions', 'submissions.' || name, 'UPDATE, DELETE');
    END LOOP;
    ASSERT NOT has_schema_privilege('sangkien_funding', 'submissions', 'USAGE');
    -- What services/submissions/service.c names as guards.
    ASSERT (SELECT count(*) FROM pg_constraint AS c
             WHERE c.connamespace = 'submissions'::regnamespace
               AND c.conname IN ('programme_once', 'edition_ordinal_once', 'edition_threshold', 'edition_cost',
                                 'entry_registrar', 'entry_author_once', 'entry_examiner',
                                 'entry_silent', 'entry_accuser', 'dossier_examiner', 'dossier_line_amount',
                                 'dossier_version_total')) = 12;
    ASSERT to_regclass('submissions.entry_code_once') IS NOT NULL;
    ASSERT to_regclass('submissions.entry_promoted_once') IS NOT NULL;
END $$;

ROLLBACK;
