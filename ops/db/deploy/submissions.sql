-- Deploy sangkien:submissions to pg
-- Programmes, editions, entries and dossiers. The numbers of states are those of types.proto.

BEGIN;

CREATE SCHEMA submissions;

CREATE TABLE submissions.programme (
    programme          text NOT NULL CHECK (programme ~ '^[a-z0-9][a-z0-9-]{0,63}$' AND programme <> 'directory'),
    id                 uuid NOT NULL,
    version            int8 NOT NULL CHECK (version > 0),
    state              int4 NOT NULL CHECK (state = 1),
    changed_at         timestamptz NOT NULL,
    name               text NOT NULL CHECK (name <> '' AND name IS NFC NORMALIZED),
    owner_agency_id    uuid NOT NULL,
    utc_offset_minutes int4 NOT NULL CHECK (utc_offset_minutes BETWEEN -840 AND 840),
    PRIMARY KEY (programme, id),
    CONSTRAINT programme_once UNIQUE (programme)
);

CREATE TABLE submissions.edition (
    programme       text NOT NULL,
    id              uuid NOT NULL,
    version         int8 NOT NULL CHECK (version > 0),
    state           int4 NOT NULL CHECK (state BETWEEN 1 AND 9),
    changed_at      timestamptz NOT NULL,
    ordinal         int4 NOT NULL CHECK (ordinal > 0),
    year            int4 NOT NULL CHECK (year > 0),
    name            text NOT NULL CHECK (name <> '' AND name IS NFC NORMALIZED),
    threshold_centi int4 NOT NULL CHECK (threshold_centi >= 0),
    maximum_centi   int4 NOT NULL CHECK (maximum_centi > 0),
    document        bytea NOT NULL,
    PRIMARY KEY (programme, id),
    CONSTRAINT edition_ordinal_once UNIQUE (programme, ordinal),
    CONSTRAINT edition_threshold CHECK (threshold_centi <= maximum_centi)
);

CREATE TABLE submissions.entry (
    programme         text NOT NULL,
    id                uuid NOT NULL,
    version           int8 NOT NULL CHECK (version > 0),
    state             int4 NOT NULL CHECK (state BETWEEN 1 AND 12),
    changed_at        timestamptz NOT NULL,
    edition_id        uuid NOT NULL,
    entrant_agency_id uuid NOT NULL,
    team              text NOT NULL,
    entry_kind        int4 NOT NULL CHECK (entry_kind BETWEEN 1 AND 3),
    title             text NOT NULL CHECK (title <> ''),
    summary           text NOT NULL,
    submitted_by      uuid,
    registered_by     uuid,
    entry_code        text NOT NULL,
    score_centi       int4 NOT NULL CHECK (score_centi >= 0),
    award             int4 NOT NULL CHECK (award BETWEEN 0 AND 5),
    reached_final     bool NOT NULL,
    money_paid        bool NOT NULL,
    PRIMARY KEY (programme, id),
    -- From SUBMITTED to NOT_AWARDED somebody has handed it in; from REGISTERED on it has a code.
    CONSTRAINT entry_submitter CHECK (state NOT BETWEEN 2 AND 8 OR submitted_by IS NOT NULL),
    CONSTRAINT entry_code_given CHECK (state NOT BETWEEN 3 AND 8 OR (entry_code <> '' AND registered_by IS NOT NULL)),
    CONSTRAINT entry_registrar CHECK (registered_by IS NULL OR (submitted_by IS NOT NULL AND registered_by <> submitted_by)),
    -- FINALIST, AWARDED, NOT_AWARDED reached the final; nobody before that, and nobody who did not has a prize or money.
    CONSTRAINT entry_finalist CHECK (state NOT BETWEEN 6 AND 8 OR reached_final),
    CONSTRAINT entry_not_yet_finalist CHECK (state NOT BETWEEN 1 AND 5 OR NOT reached_final),
    CONSTRAINT entry_award CHECK (reached_final OR award = 0),
    CONSTRAINT entry_money CHECK (reached_final OR NOT money_paid)
) WITH (fillfactor = 70);
CREATE INDEX entry_of_agency ON submissions.entry (entrant_agency_id, id) WHERE entrant_agency_id IS NOT NULL;
CREATE UNIQUE INDEX entry_code_once ON submissions.entry (programme, entry_code) WHERE entry_code <> '';

CREATE TABLE submissions.entry_author (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    person_id uuid NOT NULL,
    share_bp  int4 NOT NULL CHECK (share_bp BETWEEN 1 AND 10000),
    PRIMARY KEY (programme, parent, place),
    CONSTRAINT entry_author_once UNIQUE (programme, parent, person_id),
    FOREIGN KEY (programme, parent) REFERENCES submissions.entry DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE submissions.entry_co_entrant (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    agency_id uuid NOT NULL,
    PRIMARY KEY (programme, parent, place),
    CONSTRAINT entry_co_entrant_once UNIQUE (programme, parent, agency_id),
    FOREIGN KEY (programme, parent) REFERENCES submissions.entry DEFERRABLE INITIALLY DEFERRED
);

-- A dossier has the id of its entry.
CREATE TABLE submissions.dossier (
    programme         text NOT NULL,
    id                uuid NOT NULL,
    version           int8 NOT NULL CHECK (version > 0),
    state             int4 NOT NULL CHECK (state BETWEEN 1 AND 10),
    changed_at        timestamptz NOT NULL,
    entrant_agency_id uuid NOT NULL,
    entry_code        text NOT NULL CHECK (entry_code <> '' AND entry_code IS NFC NORMALIZED),
    title             text NOT NULL CHECK (title <> '' AND title IS NFC NORMALIZED),
    due_at            timestamptz NOT NULL,
    due               bytea NOT NULL,
    cure_at           timestamptz,
    cure              bytea,
    overdue           bool NOT NULL,
    dossier_version   int8 NOT NULL CHECK (dossier_version >= 0),
    submitted_by      uuid,
    accepted_by       uuid,
    PRIMARY KEY (programme, id),
    FOREIGN KEY (programme, id) REFERENCES submissions.entry DEFERRABLE INITIALLY DEFERRED,
    -- From SUBMITTED to CLOSED, and when RETURNED, there is a version; from ACCEPTED to CLOSED somebody took it.
    CONSTRAINT dossier_submitted CHECK (state NOT IN (3, 4, 5, 6, 7, 8) OR (dossier_version > 0 AND submitted_by IS NOT NULL)),
    CONSTRAINT dossier_taken CHECK (state NOT BETWEEN 4 AND 7 OR accepted_by IS NOT NULL),
    CONSTRAINT dossier_examiner CHECK (accepted_by IS NULL OR (submitted_by IS NOT NULL AND accepted_by <> submitted_by)),
    CONSTRAINT dossier_cure CHECK (state <> 8 OR (cure_at IS NOT NULL AND cure IS NOT NULL)),
    -- Overdue is only what lies, or last lay, with the entrant agency.
    CONSTRAINT dossier_overdue CHECK (NOT overdue OR state IN (1, 2, 8, 9, 10))
) WITH (fillfactor = 70);

CREATE TABLE submissions.dossier_co_entrant (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    agency_id uuid NOT NULL,
    PRIMARY KEY (programme, parent, place),
    CONSTRAINT dossier_co_entrant_once UNIQUE (programme, parent, agency_id),
    FOREIGN KEY (programme, parent) REFERENCES submissions.dossier DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE submissions.dossier_version (
    programme             text NOT NULL,
    parent                uuid NOT NULL,
    place                 int4 NOT NULL CHECK (place >= 0),
    number                int8 NOT NULL,
    digest                bytea NOT NULL CHECK (octet_length(digest) = 32),
    dossier_form          int4 NOT NULL CHECK (dossier_form BETWEEN 1 AND 3),
    solution              text NOT NULL CHECK (solution <> '' AND solution IS NFC NORMALIZED),
    implementation_method text NOT NULL CHECK (implementation_method <> '' AND implementation_method IS NFC NORMALIZED),
    total_vnd             int8 NOT NULL CHECK (total_vnd > 0),
    document              bytea NOT NULL,
    PRIMARY KEY (programme, parent, place),
    CONSTRAINT dossier_version_counts_up CHECK (number = place + 1),
    FOREIGN KEY (programme, parent) REFERENCES submissions.dossier DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE submissions.dossier_line (
    programme      text NOT NULL,
    parent         uuid NOT NULL,
    place          int4 NOT NULL CHECK (place >= 0),
    number         int8 NOT NULL CHECK (number > 0),
    ordinal        int4 NOT NULL CHECK (ordinal > 0),
    description    text NOT NULL CHECK (description <> '' AND description IS NFC NORMALIZED),
    quantity       int8 NOT NULL CHECK (quantity > 0),
    unit_price_vnd int8 NOT NULL CHECK (unit_price_vnd > 0),
    amount_vnd     int8 NOT NULL CHECK (amount_vnd > 0),
    index_code     text NOT NULL CHECK (index_code IS NFC NORMALIZED),
    PRIMARY KEY (programme, parent, place),
    CONSTRAINT dossier_line_once UNIQUE (programme, parent, number, ordinal),
    CONSTRAINT dossier_line_amount CHECK (amount_vnd = quantity::numeric * unit_price_vnd),
    FOREIGN KEY (programme, parent) REFERENCES submissions.dossier DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX entry_of_co_entrant ON submissions.entry_co_entrant (agency_id, parent) WHERE agency_id IS NOT NULL;
CREATE INDEX dossier_of_agency ON submissions.dossier (entrant_agency_id, id) WHERE entrant_agency_id IS NOT NULL;
CREATE INDEX dossier_of_co_entrant ON submissions.dossier_co_entrant (agency_id, parent) WHERE agency_id IS NOT NULL;
-- The view open_work names the same states.
CREATE INDEX dossier_open ON submissions.dossier (programme, id) WHERE state IN (1, 2, 3, 4, 8);
CREATE INDEX dossier_open_of_agency ON submissions.dossier (entrant_agency_id, id) WHERE state IN (1, 2, 3, 4, 8);

-- What no row can say alone.

CREATE FUNCTION submissions.refuse(name text, what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', what USING ERRCODE = 'check_violation', CONSTRAINT = name, SCHEMA = 'submissions';
END $$;

-- The lines of a version, all of which come in one transaction, make its total. Fired by either side.
CREATE FUNCTION submissions.judge_version_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT v.total_vnd FROM submissions.dossier_version AS v
         WHERE v.programme = NEW.programme AND v.parent = NEW.parent AND v.number = NEW.number)
       IS DISTINCT FROM
       (SELECT sum(l.amount_vnd) FROM submissions.dossier_line AS l
         WHERE l.programme = NEW.programme AND l.parent = NEW.parent AND l.number = NEW.number) THEN
        PERFORM submissions.refuse('dossier_version_total', 'the total is not the sum of the lines');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER dossier_version_total AFTER INSERT ON submissions.dossier_version
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions.judge_version_total();
-- The first line stands for all of its version, so that a hundred lines are not summed a hundred times.
CREATE CONSTRAINT TRIGGER dossier_line_total AFTER INSERT ON submissions.dossier_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.ordinal = 1)
    EXECUTE FUNCTION submissions.judge_version_total();

-- An edition's rules are frozen when it is published.
CREATE FUNCTION submissions.judge_edition_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 1 AND (NEW.state = 1
       OR (NEW.ordinal, NEW.year, NEW.threshold_centi, NEW.maximum_centi)
          IS DISTINCT FROM (OLD.ordinal, OLD.year, OLD.threshold_centi, OLD.maximum_centi)) THEN
        PERFORM submissions.refuse('edition_frozen', 'the rules of a published edition are frozen');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER edition_change BEFORE UPDATE ON submissions.edition
    FOR EACH ROW EXECUTE FUNCTION submissions.judge_edition_change();

-- Every entry is of an edition; editions are never deleted. A foreign key, or a CHECK of the text, would ask for each row
-- what this asks once for all that come together.
CREATE FUNCTION submissions.judge_new_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT programme, edition_id FROM added) AS a
                WHERE NOT EXISTS (SELECT FROM submissions.edition AS e
                                   WHERE e.programme = a.programme AND e.id = a.edition_id)) THEN
        PERFORM submissions.refuse('entry_of_edition', 'an entry belongs to an edition');
    END IF;
    IF EXISTS (SELECT FROM added AS a WHERE NOT (a.team IS NFC NORMALIZED AND a.title IS NFC NORMALIZED
                                                 AND a.summary IS NFC NORMALIZED AND a.entry_code IS NFC NORMALIZED)) THEN
        PERFORM submissions.refuse('entry_text', 'text is in Unicode form NFC');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_new AFTER INSERT ON submissions.entry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION submissions.judge_new_entries();

-- An entry stays in its edition, with its agency and code; what it reached and what it was paid stay facts; an end stays an
-- end; and its text is looked at when it is another.
CREATE FUNCTION submissions.judge_entry_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.edition_id <> OLD.edition_id OR NEW.entrant_agency_id <> OLD.entrant_agency_id
       OR (OLD.entry_code <> '' AND NEW.entry_code <> OLD.entry_code) THEN
        PERFORM submissions.refuse('entry_identity', 'edition, entrant agency and code of an entry never change');
    END IF;
    IF (OLD.reached_final AND NOT NEW.reached_final) OR (OLD.money_paid AND NOT NEW.money_paid) THEN
        PERFORM submissions.refuse('entry_facts', 'to have reached the final, and to have been paid, are facts');
    END IF;
    IF OLD.state IN (5, 10, 11, 12) AND NEW.state <> OLD.state THEN
        PERFORM submissions.refuse('entry_end', 'an eliminated, refused, withdrawn or disqualified entry stays that');
    END IF;
    IF OLD.money_paid AND NEW.state = 11 AND OLD.state <> 11 THEN
        PERFORM submissions.refuse('entry_paid', 'an entry for which money went out cannot be withdrawn');
    END IF;
    IF (NEW.team <> OLD.team AND NEW.team IS NOT NFC NORMALIZED)
       OR (NEW.title <> OLD.title AND NEW.title IS NOT NFC NORMALIZED)
       OR (NEW.summary <> OLD.summary AND NEW.summary IS NOT NFC NORMALIZED)
       OR (NEW.entry_code <> OLD.entry_code AND NEW.entry_code IS NOT NFC NORMALIZED) THEN
        PERFORM submissions.refuse('entry_text', 'text is in Unicode form NFC');
    END IF;
    RETURN NEW;
END $$;
-- The function is not called for what breaks none of these rules, whatever else changes: a draft that is handed in.
-- The condition is read anew by every statement, so it is short.
CREATE TRIGGER entry_change BEFORE UPDATE ON submissions.entry FOR EACH ROW
    WHEN (OLD.state >= 5 OR OLD.reached_final OR OLD.money_paid
          OR NEW.edition_id <> OLD.edition_id OR NEW.entrant_agency_id <> OLD.entrant_agency_id
          OR NEW.team <> OLD.team OR NEW.title <> OLD.title OR NEW.summary <> OLD.summary
          OR NEW.entry_code <> OLD.entry_code)
    EXECUTE FUNCTION submissions.judge_entry_change();

CREATE FUNCTION submissions.judge_dossier_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.due_at <> OLD.due_at THEN
        PERFORM submissions.refuse('dossier_due', 'a due time changes only by an extension');
    END IF;
    IF NEW.dossier_version < OLD.dossier_version THEN
        PERFORM submissions.refuse('dossier_version_back', 'the dossier version only counts up');
    END IF;
    IF OLD.state IN (7, 9, 10) AND NEW.state <> OLD.state THEN
        PERFORM submissions.refuse('dossier_end', 'a closed, withdrawn or unfiled dossier stays that');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dossier_change BEFORE UPDATE ON submissions.dossier
    FOR EACH ROW EXECUTE FUNCTION submissions.judge_dossier_change();

-- Only an entry that reached the final owes a dossier, and its agency owes it.
CREATE FUNCTION submissions.judge_dossier_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM submissions.entry AS e
                    WHERE e.programme = NEW.programme AND e.id = NEW.id AND e.reached_final
                      AND e.entrant_agency_id = NEW.entrant_agency_id AND e.entry_code = NEW.entry_code) THEN
        PERFORM submissions.refuse('dossier_finalist', 'only a finalist owes a dossier');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER dossier_finalist AFTER INSERT ON submissions.dossier
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submissions.judge_dossier_entry();

-- ---------------------------------------------------------------- what others than the programme's own see

-- All but a draft.
CREATE VIEW submissions.published_edition AS
    SELECT programme, id FROM submissions.edition WHERE state <> 1;

-- ---------------------------------------------------------------- what waits, and for whom

-- The standing agency's id is for the directory to know.
CREATE VIEW submissions.open_work AS
    SELECT d.programme,
           d.id::text COLLATE "C" AS page_key,
           d.id AS subject,
           'dossier'::text AS kind,
           d.entry_code,
           d.title,
           w.word AS state,
           w.role AS waiting_for,
           CASE WHEN w.role = 'ENTRANT_HEAD' THEN d.entrant_agency_id END AS agency_id,
           d.entrant_agency_id,
           (extract(epoch FROM d.changed_at) * 1000000)::int8 AS since_us
    FROM submissions.dossier AS d
    JOIN (VALUES (1, 'REQUIRED', 'ENTRANT_HEAD'),
                 (2, 'DRAFT', 'ENTRANT_HEAD'),
                 (3, 'SUBMITTED', 'STANDING'),
                 (4, 'ACCEPTED', 'STANDING'),
                 (8, 'RETURNED', 'ENTRANT_HEAD')) AS w(state, word, role)
      ON w.state = d.state;

-- ---------------------------------------------------------------- who may

-- Children are added, never changed.
GRANT USAGE ON SCHEMA submissions TO sangkien_submissions, sangkien_auditor, sangkien_administrator;
GRANT SELECT ON ALL TABLES IN SCHEMA submissions TO sangkien_submissions, sangkien_auditor, sangkien_administrator;
GRANT INSERT, UPDATE ON submissions.programme, submissions.edition, submissions.entry, submissions.dossier
    TO sangkien_submissions;
GRANT INSERT ON submissions.entry_author, submissions.entry_co_entrant, submissions.dossier_co_entrant,
    submissions.dossier_version, submissions.dossier_line TO sangkien_submissions;

COMMIT;
