-- Verify sangkien:funding on pg

BEGIN;

SELECT programme, id, version, state, changed_at, dossier_version, appraisal_case_id, entry_code, title,
       entrant_agency_id, completion, replication, appraised_vnd
  FROM funding.recommendation WHERE false;
SELECT programme, parent, place, funding_case_id, ceiling_id, purpose, fiscal_year
  FROM funding.linked_case WHERE false;
SELECT programme, id, version, state, changed_at, budget_source, fiscal_year, amount_vnd, reserved_vnd, committed_vnd
  FROM funding.budget_ceiling WHERE false;
SELECT programme, id, version, state, changed_at, dossier_id, entry_code, title, entrant_agency_id, purpose,
       fiscal_year, ceiling_id, beneficiary_kind, beneficiary_id, budget_unit_agency_id, budget_unit_code,
       appraised_vnd, proposal_version, digest, proposed_vnd, agreed_vnd, approved_vnd, allotted_vnd,
       disbursed_vnd, revocation_required, decided_by, submission, decision, reserved_vnd, committed_vnd
  FROM funding.funding_case WHERE false;
SELECT programme, parent, place, number, digest, total_vnd, drafter_id FROM funding.proposal_version WHERE false;
SELECT programme, parent, place, number, ordinal, description, quantity, unit_price_vnd, amount_vnd, index_code
  FROM funding.proposal_line WHERE false;
SELECT programme, parent, place, number, party, person_id, agency_id, digest, verdict
  FROM funding.signoff WHERE false;
SELECT programme, parent, place, amount_vnd, allotment_method, document FROM funding.allotment WHERE false;
SELECT programme, parent, place, ordinal, disbursement_kind, amount_vnd, treasury_office, voucher_year, voucher_number
  FROM funding.disbursement WHERE false;
SELECT programme, page_key, subject, kind, entry_code, title, state, waiting_for, agency_id,
       budget_unit_agency_id, since_us, until_us
  FROM funding.open_work WHERE false;

-- The walls around the money.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['recommendation', 'funding_case', 'budget_ceiling'] LOOP
        ASSERT has_table_privilege('sangkien_funding', 'funding.' || name, 'INSERT'), name;
        ASSERT NOT has_table_privilege('sangkien_funding', 'funding.' || name, 'DELETE, TRUNCATE'), name;
    END LOOP;
    FOREACH name IN ARRAY ARRAY['linked_case', 'proposal_version', 'proposal_line', 'signoff', 'allotment',
                                'disbursement'] LOOP
        ASSERT has_table_privilege('sangkien_funding', 'funding.' || name, 'INSERT'), name;
        ASSERT NOT has_table_privilege('sangkien_funding', 'funding.' || name, 'UPDATE, DELETE, TRUNCATE'), name;
    END LOOP;
    ASSERT (SELECT count(*) = 12 FROM pg_trigger
             WHERE tgconstraint <> 0 AND NOT tgisinternal AND tgdeferrable AND tginitdeferred AND tgenabled = 'O'
               AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'funding'::regnamespace)),
        'an invariant is not checked at COMMIT';
    ASSERT (SELECT bool_and(prosecdef AND proconfig IS NOT NULL) FROM pg_proc
             WHERE pronamespace = 'funding'::regnamespace AND prorettype = 'trigger'::regtype),
        'a check runs with the rights of whom it checks';
    ASSERT NOT EXISTS (SELECT FROM pg_proc WHERE pronamespace = 'funding'::regnamespace
                          AND has_function_privilege('sangkien_funding', oid, 'EXECUTE')),
        'the service may call the checks by itself';
END $$;

ROLLBACK;
