-- Deploy sangkien:funding to pg
-- Recommendations, funding cases and budget ceilings. The invariants of money and of separation of duties
-- stand here a second time, independent of the program: at COMMIT, whoever wrote.
--
-- What is checked at COMMIT reads and locks only rows that a well-behaved transaction holds already:
-- it never waits, not even behind the journal's head.

BEGIN;

CREATE SCHEMA funding;

-- ---------------------------------------------------------------- tables

-- What appraisal recommended for a dossier. States: 1 noted, 2 withdrawn.
CREATE TABLE funding.recommendation (
    programme         text NOT NULL,
    id                uuid NOT NULL,
    version           int8 NOT NULL CHECK (version > 0),
    state             int4 NOT NULL CHECK (state IN (1, 2)),
    changed_at        timestamptz NOT NULL,
    dossier_version   int8 NOT NULL CHECK (dossier_version >= 0),
    appraisal_case_id uuid,
    entry_code        text NOT NULL CHECK (entry_code IS NFC NORMALIZED),
    title             text NOT NULL CHECK (title IS NFC NORMALIZED),
    entrant_agency_id uuid,
    completion        bool NOT NULL,
    replication       bool NOT NULL,
    appraised_vnd     int8 NOT NULL CHECK (appraised_vnd >= 0),
    PRIMARY KEY (programme, id),
    CHECK (state <> 1 OR (entrant_agency_id IS NOT NULL AND appraisal_case_id IS NOT NULL))
) WITH (fillfactor = 70);

-- Upper limit per source, year and programme. State: 1 set.
CREATE TABLE funding.budget_ceiling (
    programme     text NOT NULL,
    id            uuid NOT NULL,
    version       int8 NOT NULL CHECK (version > 0),
    state         int4 NOT NULL CHECK (state = 1),
    changed_at    timestamptz NOT NULL,
    budget_source text NOT NULL CHECK (budget_source <> '' AND budget_source IS NFC NORMALIZED),
    fiscal_year   int4 NOT NULL CHECK (fiscal_year > 0),
    amount_vnd    int8 NOT NULL CHECK (amount_vnd > 0),
    reserved_vnd  int8 NOT NULL CHECK (reserved_vnd >= 0),
    committed_vnd int8 NOT NULL CHECK (committed_vnd >= 0),
    PRIMARY KEY (programme, id),
    CONSTRAINT budget_ceiling_source_key UNIQUE (programme, budget_source, fiscal_year),
    CONSTRAINT budget_ceiling_year_key UNIQUE (programme, id, fiscal_year),
    -- By subtraction: a sum could overflow.
    CONSTRAINT budget_ceiling_is_not_passed
        CHECK (committed_vnd <= amount_vnd AND reserved_vnd <= amount_vnd - committed_vnd)
) WITH (fillfactor = 70);

-- States: 1 draft, 2 proposed, 3 under sign-off, 4 agreed, 5 revising, 6 submitted, 8 approved, 9 rejected,
-- 10 allotted, 11 disbursing, 15 withdrawn. No other may be written before its rules stand here.
CREATE TABLE funding.funding_case (
    programme             text NOT NULL,
    id                    uuid NOT NULL,
    version               int8 NOT NULL CHECK (version > 0),
    state                 int4 NOT NULL
        CONSTRAINT funding_case_state CHECK (state IN (1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 15)),
    changed_at            timestamptz NOT NULL,
    dossier_id            uuid NOT NULL,
    entry_code            text NOT NULL CHECK (entry_code IS NFC NORMALIZED),
    title                 text NOT NULL CHECK (title IS NFC NORMALIZED),
    entrant_agency_id     uuid NOT NULL,
    purpose               int4 NOT NULL CHECK (purpose IN (1, 2)),
    fiscal_year           int4 NOT NULL CHECK (fiscal_year > 0),
    ceiling_id            uuid NOT NULL,
    beneficiary_kind      int4 NOT NULL CHECK (beneficiary_kind IN (1, 2)),
    beneficiary_id        uuid NOT NULL,
    budget_unit_agency_id uuid NOT NULL,
    budget_unit_code      text NOT NULL CHECK (budget_unit_code ~ '^[0-9]{7}$'),
    appraised_vnd         int8 NOT NULL,
    proposal_version      int8 NOT NULL CHECK (proposal_version >= 0),
    digest                bytea CHECK (octet_length(digest) = 32),
    proposed_vnd          int8 NOT NULL,
    agreed_vnd            int8 NOT NULL,
    approved_vnd          int8 NOT NULL,
    allotted_vnd          int8 NOT NULL,
    disbursed_vnd         int8 NOT NULL,
    revocation_required   bool NOT NULL,
    decided_by            uuid,
    submission            bytea,
    decision              bytea,
    -- What the case takes up of its ceiling.
    reserved_vnd          int8 NOT NULL
        GENERATED ALWAYS AS (CASE WHEN state IN (4, 6) THEN agreed_vnd ELSE 0 END) STORED,
    committed_vnd         int8 NOT NULL GENERATED ALWAYS AS (approved_vnd) STORED,
    PRIMARY KEY (programme, id),
    CONSTRAINT funding_case_terms_key
        UNIQUE (programme, id, dossier_id, purpose, fiscal_year, ceiling_id),
    CONSTRAINT funding_case_recommendation FOREIGN KEY (programme, dossier_id)
        REFERENCES funding.recommendation DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT funding_case_ceiling_year FOREIGN KEY (programme, ceiling_id, fiscal_year)
        REFERENCES funding.budget_ceiling (programme, id, fiscal_year) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT funding_case_amounts
        CHECK (0 <= disbursed_vnd AND disbursed_vnd <= allotted_vnd AND allotted_vnd <= approved_vnd
               AND approved_vnd <= agreed_vnd AND agreed_vnd <= proposed_vnd
               AND proposed_vnd <= appraised_vnd),
    CONSTRAINT funding_case_proposal
        CHECK ((proposal_version > 0) = (digest IS NOT NULL)
               AND (proposal_version > 0) = (proposed_vnd > 0)
               AND (state <> 1 OR proposal_version = 0)
               AND (state IN (1, 15) OR proposal_version > 0)),
    CONSTRAINT funding_case_agreed
        CHECK (CASE WHEN state IN (1, 2, 3, 5) THEN agreed_vnd = 0
                    WHEN state = 15 THEN true
                    ELSE agreed_vnd = proposed_vnd AND agreed_vnd > 0 END),
    CONSTRAINT funding_case_submitted
        CHECK (state NOT IN (6, 8, 9, 10, 11) OR submission IS NOT NULL),
    CONSTRAINT funding_case_decided
        CHECK ((state IN (8, 9, 10, 11)) = (decided_by IS NOT NULL)
               AND (state IN (8, 9, 10, 11)) = (decision IS NOT NULL)
               AND (state IN (8, 10, 11)) = (approved_vnd > 0)),
    CONSTRAINT funding_case_paid
        CHECK ((state IN (10, 11)) = (allotted_vnd > 0) AND (state = 11) = (disbursed_vnd > 0)),
    CONSTRAINT funding_case_revocation CHECK (NOT revocation_required OR state IN (8, 10, 11))
) WITH (fillfactor = 70);
-- One open case per dossier, purpose and fiscal year.
CREATE UNIQUE INDEX funding_case_open_key
    ON funding.funding_case (programme, dossier_id, purpose, fiscal_year) WHERE state NOT IN (9, 15);
CREATE INDEX funding_case_of_agency ON funding.funding_case (entrant_agency_id, id)
    WHERE entrant_agency_id IS NOT NULL;
CREATE INDEX funding_case_of_budget_unit ON funding.funding_case (budget_unit_agency_id, id)
    WHERE budget_unit_agency_id IS NOT NULL;
-- The view open_work says the same. A case that was paid in full waits for nobody.
CREATE INDEX funding_case_open ON funding.funding_case (programme, id)
    WHERE state IN (1, 2, 3, 4, 5, 6, 8, 10, 11)
      AND (state <> 11 OR revocation_required OR disbursed_vnd < allotted_vnd);
CREATE INDEX funding_case_of_ceiling ON funding.funding_case (ceiling_id) WHERE ceiling_id IS NOT NULL;

CREATE TABLE funding.linked_case (
    programme       text NOT NULL,
    parent          uuid NOT NULL,
    place           int4 NOT NULL CHECK (place >= 0),
    funding_case_id uuid NOT NULL,
    ceiling_id      uuid NOT NULL,
    purpose         int4 NOT NULL,
    fiscal_year     int4 NOT NULL,
    PRIMARY KEY (programme, parent, place),
    CONSTRAINT linked_case_key UNIQUE (programme, funding_case_id),
    FOREIGN KEY (programme, parent) REFERENCES funding.recommendation DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT linked_case_terms
        FOREIGN KEY (programme, funding_case_id, parent, purpose, fiscal_year, ceiling_id)
        REFERENCES funding.funding_case (programme, id, dossier_id, purpose, fiscal_year, ceiling_id)
        DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE funding.proposal_version (
    programme  text  NOT NULL,
    parent     uuid  NOT NULL,
    place      int4  NOT NULL CHECK (place >= 0),
    number     int8  NOT NULL,
    digest     bytea NOT NULL CHECK (octet_length(digest) = 32),
    total_vnd  int8  NOT NULL CHECK (total_vnd > 0),
    drafter_id uuid  NOT NULL,
    PRIMARY KEY (programme, parent, place),
    -- Numbered 1, 2, 3 ... without gaps.
    CONSTRAINT proposal_version_number CHECK (number = place + 1),
    CONSTRAINT proposal_version_number_key UNIQUE (programme, parent, number),
    CONSTRAINT proposal_version_digest_key UNIQUE (programme, parent, number, digest),
    FOREIGN KEY (programme, parent) REFERENCES funding.funding_case DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE funding.proposal_line (
    programme      text NOT NULL,
    parent         uuid NOT NULL,
    place          int4 NOT NULL CHECK (place >= 0),
    number         int8 NOT NULL,
    ordinal        int4 NOT NULL CHECK (ordinal > 0),
    description    text NOT NULL CHECK (description IS NFC NORMALIZED),
    quantity       int8 NOT NULL CHECK (quantity > 0),
    unit_price_vnd int8 NOT NULL CHECK (unit_price_vnd > 0),
    amount_vnd     int8 NOT NULL CHECK (amount_vnd > 0),
    index_code     text NOT NULL CHECK (index_code IS NFC NORMALIZED),
    PRIMARY KEY (programme, parent, place),
    CONSTRAINT proposal_line_ordinal_key UNIQUE (programme, parent, number, ordinal),
    CONSTRAINT proposal_line_amount CHECK (quantity::numeric * unit_price_vnd = amount_vnd),
    CONSTRAINT proposal_line_version FOREIGN KEY (programme, parent, number)
        REFERENCES funding.proposal_version (programme, parent, number) DEFERRABLE INITIALLY DEFERRED
);

-- Parties: 1 Home Affairs, 2 Finance. Verdicts: 1 agree, 2 disagree.
CREATE TABLE funding.signoff (
    programme text  NOT NULL,
    parent    uuid  NOT NULL,
    place     int4  NOT NULL CHECK (place >= 0),
    number    int8  NOT NULL,
    party     int4  NOT NULL CHECK (party IN (1, 2)),
    person_id uuid  NOT NULL,
    agency_id uuid  NOT NULL,
    digest    bytea NOT NULL CHECK (octet_length(digest) = 32),
    verdict   int4  NOT NULL CHECK (verdict IN (1, 2)),
    PRIMARY KEY (programme, parent, place),
    CONSTRAINT signoff_party_key UNIQUE (programme, parent, number, party),
    CONSTRAINT signoff_person_key UNIQUE (programme, parent, number, person_id),
    CONSTRAINT signoff_agency_key UNIQUE (programme, parent, number, agency_id),
    -- A sign-off binds the very text.
    CONSTRAINT signoff_digest FOREIGN KEY (programme, parent, number, digest)
        REFERENCES funding.proposal_version (programme, parent, number, digest)
        DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE funding.allotment (
    programme        text  NOT NULL,
    parent           uuid  NOT NULL,
    place            int4  NOT NULL CHECK (place >= 0),
    amount_vnd       int8  NOT NULL CHECK (amount_vnd > 0),
    allotment_method int4  NOT NULL CHECK (allotment_method IN (1, 2, 3)),
    document         bytea NOT NULL,
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES funding.funding_case DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE funding.disbursement (
    programme         text NOT NULL,
    parent            uuid NOT NULL,
    place             int4 NOT NULL CHECK (place >= 0),
    ordinal           int4 NOT NULL,
    disbursement_kind int4 NOT NULL CHECK (disbursement_kind IN (1, 2)),
    amount_vnd        int8 NOT NULL CHECK (amount_vnd > 0),
    treasury_office   text NOT NULL CHECK (treasury_office <> '' AND treasury_office IS NFC NORMALIZED),
    voucher_year      int4 NOT NULL CHECK (voucher_year > 0),
    voucher_number    text NOT NULL CHECK (voucher_number <> '' AND voucher_number IS NFC NORMALIZED),
    PRIMARY KEY (programme, parent, place),
    CONSTRAINT disbursement_ordinal CHECK (ordinal = place + 1),
    FOREIGN KEY (programme, parent) REFERENCES funding.funding_case DEFERRABLE INITIALLY DEFERRED
);

CREATE UNIQUE INDEX disbursement_voucher_key
    ON funding.disbursement (programme, treasury_office, voucher_year, voucher_number)
    WHERE voucher_number IS NOT NULL;

-- ---------------------------------------------------------------- what may never change

CREATE FUNCTION funding.refuse(invariant text, words text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', words USING ERRCODE = 'check_violation', CONSTRAINT = invariant;
END $$;

CREATE FUNCTION funding.never_change() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM funding.refuse('records_stay', format('%s: records are added, never changed or removed', TG_TABLE_NAME));
    RETURN NULL;
END $$;

CREATE FUNCTION funding.keep_recommendation() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.programme, NEW.id) <> (OLD.programme, OLD.id) OR NEW.version <= OLD.version THEN
        PERFORM funding.refuse('recommendation_terms', 'a recommendation keeps its id and moves forward');
    END IF;
    IF OLD.state = 2 THEN
        PERFORM funding.refuse('withdrawn_is_final', 'a withdrawn entry does not come back');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION funding.keep_ceiling() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.programme, NEW.id, NEW.budget_source, NEW.fiscal_year)
       <> (OLD.programme, OLD.id, OLD.budget_source, OLD.fiscal_year) OR NEW.version <= OLD.version THEN
        PERFORM funding.refuse('budget_ceiling_terms', 'a ceiling keeps its source and year and moves forward');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION funding.keep_case() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (NEW.programme, NEW.id, NEW.dossier_id, NEW.entry_code, NEW.title, NEW.entrant_agency_id, NEW.purpose,
        NEW.fiscal_year, NEW.ceiling_id, NEW.beneficiary_kind, NEW.beneficiary_id, NEW.budget_unit_agency_id,
        NEW.budget_unit_code, NEW.appraised_vnd)
       <> (OLD.programme, OLD.id, OLD.dossier_id, OLD.entry_code, OLD.title, OLD.entrant_agency_id, OLD.purpose,
           OLD.fiscal_year, OLD.ceiling_id, OLD.beneficiary_kind, OLD.beneficiary_id,
           OLD.budget_unit_agency_id, OLD.budget_unit_code, OLD.appraised_vnd)
       OR NEW.version <= OLD.version THEN
        PERFORM funding.refuse('funding_case_terms', 'a case keeps what it was opened for and moves forward');
    END IF;
    IF OLD.state IN (9, 15) THEN
        PERFORM funding.refuse('over_is_over', 'a rejected or withdrawn case does not change');
    END IF;
    IF NEW.proposal_version < OLD.proposal_version
       OR (NEW.proposal_version = OLD.proposal_version
           AND (NEW.digest, NEW.proposed_vnd) IS DISTINCT FROM (OLD.digest, OLD.proposed_vnd)) THEN
        PERFORM funding.refuse('versions_stay', 'another text is another version');
    END IF;
    -- From the submission on there is no way back to the drafting table.
    IF OLD.state = 6 AND (NEW.state NOT IN (6, 8, 9, 10, 11, 15)
                          OR (NEW.proposal_version, NEW.agreed_vnd, NEW.submission)
                             IS DISTINCT FROM (OLD.proposal_version, OLD.agreed_vnd, OLD.submission)) THEN
        PERFORM funding.refuse('submitted_is_submitted', 'what was submitted is decided as it is');
    END IF;
    IF OLD.state IN (8, 10, 11)
       AND (NEW.state NOT IN (8, 10, 11) OR NEW.state < OLD.state
            OR (NEW.proposal_version, NEW.agreed_vnd, NEW.approved_vnd, NEW.decided_by, NEW.submission, NEW.decision)
               IS DISTINCT FROM
               (OLD.proposal_version, OLD.agreed_vnd, OLD.approved_vnd, OLD.decided_by, OLD.submission, OLD.decision)
            OR NEW.allotted_vnd < OLD.allotted_vnd OR NEW.disbursed_vnd < OLD.disbursed_vnd) THEN
        PERFORM funding.refuse('decided_once', 'a decision applies once and money given is not taken back by hand');
    END IF;
    IF OLD.revocation_required
       AND (NOT NEW.revocation_required
            OR (NEW.allotted_vnd, NEW.disbursed_vnd) <> (OLD.allotted_vnd, OLD.disbursed_vnd)) THEN
        PERFORM funding.refuse('revoked_first', 'nothing more is paid until the decision is revoked');
    END IF;
    RETURN NEW;
END $$;

-- ---------------------------------------------------------------- what must hold at COMMIT

-- What follows reads the latest committed rows; an older snapshot would let two writers pass one another.
CREATE FUNCTION funding.must_see_the_latest() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM funding.refuse('read_committed', 'money is written in READ COMMITTED transactions only');
    END IF;
END $$;

-- Two parties, two persons, two agencies, one text; neither the drafter; the decider none of them.
CREATE FUNCTION funding.check_duties(c funding.funding_case) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    agreed bool;
BEGIN
    IF EXISTS (SELECT FROM funding.signoff a JOIN funding.signoff b USING (programme, parent, person_id)
               WHERE a.programme = c.programme AND a.parent = c.id AND a.party < b.party) THEN
        PERFORM funding.refuse('one_person_one_party', 'one person signed for two parties of a case');
    END IF;
    IF EXISTS (SELECT FROM funding.signoff s JOIN funding.proposal_version v USING (programme, parent, number)
               WHERE s.programme = c.programme AND s.parent = c.id AND s.person_id = v.drafter_id) THEN
        PERFORM funding.refuse('drafter_signs_not', 'a version was signed by its drafter');
    END IF;
    SELECT count(*) FILTER (WHERE verdict = 1 AND digest = c.digest) = 2 AND count(*) = 2
           AND count(DISTINCT party) = 2 AND count(DISTINCT person_id) = 2 AND count(DISTINCT agency_id) = 2
        INTO agreed FROM funding.signoff
        WHERE programme = c.programme AND parent = c.id AND number = c.proposal_version;
    IF c.state IN (4, 6, 8, 9, 10, 11) AND NOT agreed THEN
        PERFORM funding.refuse('two_signoffs', 'two parties must agree to the current version');
    END IF;
    IF c.decided_by IS NOT NULL
       AND (EXISTS (SELECT FROM funding.signoff s
                    WHERE s.programme = c.programme AND s.parent = c.id AND s.person_id = c.decided_by)
            OR EXISTS (SELECT FROM funding.proposal_version v
                       WHERE v.programme = c.programme AND v.parent = c.id AND v.drafter_id = c.decided_by)) THEN
        PERFORM funding.refuse('decider_signs_not', 'the case was decided by who signed or drafted it');
    END IF;
END $$;

-- The columns of the case are what its records add up to.
CREATE FUNCTION funding.check_records(c funding.funding_case) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF c.proposal_version <> (SELECT count(*) FROM funding.proposal_version
                              WHERE programme = c.programme AND parent = c.id)
       OR (c.proposal_version > 0
           AND NOT EXISTS (SELECT FROM funding.proposal_version v
                           WHERE v.programme = c.programme AND v.parent = c.id AND v.number = c.proposal_version
                             AND v.digest = c.digest AND v.total_vnd = c.proposed_vnd)) THEN
        PERFORM funding.refuse('current_version', 'the case does not stand on its last proposal version');
    END IF;
    IF c.allotted_vnd <> (SELECT coalesce(sum(amount_vnd), 0) FROM funding.allotment
                          WHERE programme = c.programme AND parent = c.id) THEN
        PERFORM funding.refuse('allotted_sum', 'allotted is not the sum of the allotments');
    END IF;
    IF c.disbursed_vnd <> (SELECT coalesce(sum(amount_vnd), 0) FROM funding.disbursement
                           WHERE programme = c.programme AND parent = c.id) THEN
        PERFORM funding.refuse('disbursed_sum', 'disbursed is not the sum of the disbursements');
    END IF;
    IF EXISTS (SELECT FROM funding.disbursement
               WHERE programme = c.programme AND parent = c.id AND voucher_year <> c.fiscal_year) THEN
        PERFORM funding.refuse('closed_period', 'a voucher is of another year than the money');
    END IF;
END $$;

CREATE FUNCTION funding.check_recommendation(c funding.funding_case) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM funding.linked_case WHERE programme = c.programme AND funding_case_id = c.id) THEN
        PERFORM funding.refuse('every_case_is_linked', 'a withdrawal of the entry would not find the case');
    END IF;
    IF c.state NOT IN (9, 15) AND NOT c.revocation_required
       AND NOT EXISTS (SELECT FROM funding.recommendation
                       WHERE programme = c.programme AND id = c.dossier_id AND state = 1) THEN
        PERFORM funding.refuse('withdrawn_gains_nothing', 'a case of a withdrawn entry goes on');
    END IF;
END $$;

CREATE FUNCTION funding.check_case(of_programme text, of_case uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c funding.funding_case;
BEGIN
    PERFORM funding.must_see_the_latest();
    SELECT * INTO c FROM funding.funding_case
        WHERE programme = of_programme AND id = of_case FOR NO KEY UPDATE;
    IF FOUND THEN
        PERFORM funding.check_records(c);
        PERFORM funding.check_duties(c);
        PERFORM funding.check_recommendation(c);
    END IF;
END $$;

CREATE FUNCTION funding.case_holds() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM funding.check_case(NEW.programme, NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION funding.record_holds() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM funding.check_case(NEW.programme, NEW.parent);
    RETURN NULL;
END $$;

-- Also run for a new version, which must have lines.
CREATE FUNCTION funding.lines_hold() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM funding.must_see_the_latest();
    PERFORM FROM funding.funding_case WHERE programme = NEW.programme AND id = NEW.parent FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM funding.proposal_version v
               WHERE v.programme = NEW.programme AND v.parent = NEW.parent AND v.number = NEW.number
                 AND v.total_vnd IS DISTINCT FROM
                     (SELECT sum(l.amount_vnd) FROM funding.proposal_line l
                      WHERE l.programme = v.programme AND l.parent = v.parent AND l.number = v.number)) THEN
        PERFORM funding.refuse('lines_add_up', 'the lines of a version are not its total');
    END IF;
    RETURN NULL;
END $$;

-- A case is opened on the recommendation as it stands, for what it recommends.
CREATE FUNCTION funding.new_case_holds() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r funding.recommendation;
BEGIN
    PERFORM funding.must_see_the_latest();
    SELECT * INTO r FROM funding.recommendation
        WHERE programme = NEW.programme AND id = NEW.dossier_id FOR NO KEY UPDATE;
    IF r.state IS DISTINCT FROM 1 OR r.appraised_vnd <> NEW.appraised_vnd
       OR r.entrant_agency_id <> NEW.entrant_agency_id
       OR NOT (CASE NEW.purpose WHEN 1 THEN r.completion ELSE r.replication END) THEN
        PERFORM funding.refuse('recommended', 'appraisal recommends no such case');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION funding.withdrawal_holds() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM funding.check_case(NEW.programme, c.id) FROM funding.funding_case c
        WHERE c.programme = NEW.programme AND c.dossier_id = NEW.id;
    RETURN NULL;
END $$;

-- Reserved and committed are what the cases take up; CHECK keeps their sum within the amount.
CREATE FUNCTION funding.check_ceiling(of_programme text, of_ceiling uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c funding.budget_ceiling;
BEGIN
    PERFORM funding.must_see_the_latest();
    SELECT * INTO c FROM funding.budget_ceiling
        WHERE programme = of_programme AND id = of_ceiling FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM funding.funding_case f WHERE f.programme = of_programme AND f.ceiling_id = of_ceiling
               HAVING coalesce(sum(f.reserved_vnd), 0) IS DISTINCT FROM coalesce(c.reserved_vnd, 0)
                   OR coalesce(sum(f.committed_vnd), 0) IS DISTINCT FROM coalesce(c.committed_vnd, 0)) THEN
        PERFORM funding.refuse('ceiling_adds_up', 'the ceiling does not count what its cases take up');
    END IF;
END $$;

CREATE FUNCTION funding.ceiling_holds() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM funding.check_ceiling(NEW.programme, NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION funding.ceiling_of_case_holds() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM funding.check_ceiling(NEW.programme, NEW.ceiling_id);
    RETURN NULL;
END $$;

CREATE TRIGGER keep BEFORE UPDATE ON funding.recommendation
    FOR EACH ROW EXECUTE FUNCTION funding.keep_recommendation();
CREATE TRIGGER keep BEFORE UPDATE ON funding.budget_ceiling
    FOR EACH ROW EXECUTE FUNCTION funding.keep_ceiling();
CREATE TRIGGER keep BEFORE UPDATE ON funding.funding_case
    FOR EACH ROW EXECUTE FUNCTION funding.keep_case();

CREATE CONSTRAINT TRIGGER case_holds AFTER INSERT OR UPDATE ON funding.funding_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funding.case_holds();
CREATE CONSTRAINT TRIGGER new_case_holds AFTER INSERT ON funding.funding_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funding.new_case_holds();
CREATE CONSTRAINT TRIGGER record_holds AFTER INSERT ON funding.proposal_version
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funding.record_holds();
CREATE CONSTRAINT TRIGGER record_holds AFTER INSERT ON funding.signoff
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funding.record_holds();
CREATE CONSTRAINT TRIGGER record_holds AFTER INSERT ON funding.allotment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funding.record_holds();
CREATE CONSTRAINT TRIGGER record_holds AFTER INSERT ON funding.disbursement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funding.record_holds();
CREATE CONSTRAINT TRIGGER lines_hold AFTER INSERT ON funding.proposal_version
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funding.lines_hold();
CREATE CONSTRAINT TRIGGER lines_hold AFTER INSERT ON funding.proposal_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funding.lines_hold();
CREATE CONSTRAINT TRIGGER withdrawal_holds AFTER UPDATE ON funding.recommendation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state = 2) EXECUTE FUNCTION funding.withdrawal_holds();

-- A case is compared with its ceiling only when what it takes up changes: then its writer holds the ceiling.
CREATE CONSTRAINT TRIGGER ceiling_holds AFTER INSERT OR UPDATE ON funding.budget_ceiling
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION funding.ceiling_holds();
CREATE CONSTRAINT TRIGGER ceiling_of_new_case_holds AFTER INSERT ON funding.funding_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.reserved_vnd > 0 OR NEW.committed_vnd > 0) EXECUTE FUNCTION funding.ceiling_of_case_holds();
CREATE CONSTRAINT TRIGGER ceiling_of_case_holds AFTER UPDATE ON funding.funding_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.reserved_vnd <> OLD.reserved_vnd OR NEW.committed_vnd <> OLD.committed_vnd)
    EXECUTE FUNCTION funding.ceiling_of_case_holds();

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['linked_case', 'proposal_version', 'proposal_line', 'signoff', 'allotment',
                                'disbursement'] LOOP
        EXECUTE format('CREATE TRIGGER never_change BEFORE UPDATE OR DELETE ON funding.%I '
                       'FOR EACH ROW EXECUTE FUNCTION funding.never_change()', name);
        EXECUTE format('CREATE TRIGGER never_empty BEFORE TRUNCATE ON funding.%I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION funding.never_change()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['recommendation', 'funding_case', 'budget_ceiling'] LOOP
        EXECUTE format('CREATE TRIGGER never_remove BEFORE DELETE ON funding.%I '
                       'FOR EACH ROW EXECUTE FUNCTION funding.never_change()', name);
        EXECUTE format('CREATE TRIGGER never_empty BEFORE TRUNCATE ON funding.%I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION funding.never_change()', name);
    END LOOP;
END $$;

-- ---------------------------------------------------------------- what waits, and for whom

CREATE VIEW funding.open_work AS
    SELECT c.programme,
           (c.id::text || ' ' || w.role) COLLATE "C" AS page_key,
           c.id AS subject,
           'funding_case'::text AS kind,
           c.entry_code,
           c.title,
           w.word AS state,
           w.role AS waiting_for,
           c.entrant_agency_id AS agency_id,
           c.budget_unit_agency_id,
           (extract(epoch FROM c.changed_at) * 1000000)::int8 AS since_us,
           NULL::int8 AS until_us -- the law sets no term of its own
    FROM funding.funding_case c
    JOIN (VALUES (1, 'DRAFT', 'STANDING', 0),
                 (2, 'PROPOSED', 'STANDING', 0),
                 (3, 'UNDER_SIGNOFF', 'HOME_AFFAIRS_SIGNOFF', 1),
                 (3, 'UNDER_SIGNOFF', 'FINANCE_SIGNOFF', 2),
                 (4, 'AGREED', 'STANDING', 0),
                 (5, 'REVISING', 'STANDING', 0),
                 (6, 'SUBMITTED', 'AUTHORITY', 0),
                 (8, 'APPROVED', 'ACCOUNTANT', 0),
                 (8, 'APPROVED', 'AUTHORITY', 0),
                 (10, 'ALLOTTED', 'TREASURY', 0),
                 (10, 'ALLOTTED', 'AUTHORITY', 0),
                 (11, 'DISBURSING', 'TREASURY', 0),
                 (11, 'DISBURSING', 'AUTHORITY', 0)) AS w(state, word, role, party)
      ON w.state = c.state
    -- A case whose decision must be revoked waits for the authority, and for nobody else.
    WHERE c.state IN (1, 2, 3, 4, 5, 6, 8, 10, 11)
      AND CASE WHEN c.state IN (8, 10, 11) THEN c.revocation_required = (w.role = 'AUTHORITY') ELSE true END
      AND (c.state <> 11 OR c.revocation_required OR c.disbursed_vnd < c.allotted_vnd)
      AND NOT EXISTS (SELECT FROM funding.signoff s
                      WHERE s.programme = c.programme AND s.parent = c.id
                        AND s.number = c.proposal_version AND s.party = w.party OFFSET 0);

-- ---------------------------------------------------------------- who may

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA funding FROM PUBLIC;
GRANT USAGE ON SCHEMA funding TO sangkien_funding, sangkien_auditor, sangkien_administrator;
GRANT SELECT ON ALL TABLES IN SCHEMA funding TO sangkien_funding, sangkien_auditor, sangkien_administrator;
GRANT INSERT, UPDATE ON funding.recommendation, funding.funding_case, funding.budget_ceiling TO sangkien_funding;
GRANT INSERT ON funding.linked_case, funding.proposal_version, funding.proposal_line, funding.signoff,
                funding.allotment, funding.disbursement TO sangkien_funding;

COMMIT;
