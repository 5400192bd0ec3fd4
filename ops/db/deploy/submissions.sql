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

-- What holds for all editions of the programme, in all its versions.
CREATE TABLE submissions.programme_rules (
    programme     text NOT NULL,
    id            uuid NOT NULL,
    version       int8 NOT NULL CHECK (version > 0),
    state         int4 NOT NULL CHECK (state = 1),
    changed_at    timestamptz NOT NULL,
    rules_version int8 NOT NULL CHECK (rules_version > 0),
    PRIMARY KEY (programme, id),
    CONSTRAINT programme_rules_once UNIQUE (programme)
);

CREATE TABLE submissions.programme_rules_version (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    number    int8 NOT NULL,
    digest    bytea NOT NULL CHECK (octet_length(digest) = 32),
    rules     bytea NOT NULL,
    PRIMARY KEY (programme, parent, place),
    CONSTRAINT programme_rules_counts_up CHECK (number = place + 1),
    FOREIGN KEY (programme, parent) REFERENCES submissions.programme_rules DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE submissions.edition (
    programme           text NOT NULL,
    id                  uuid NOT NULL,
    version             int8 NOT NULL CHECK (version > 0),
    state               int4 NOT NULL CHECK (state BETWEEN 1 AND 9),
    changed_at          timestamptz NOT NULL,
    ordinal             int4 NOT NULL CHECK (ordinal > 0),
    year                int4 NOT NULL CHECK (year > 0),
    name                text NOT NULL CHECK (name <> '' AND name IS NFC NORMALIZED),
    threshold_centi     int4 NOT NULL CHECK (threshold_centi >= 0),
    maximum_centi       int4 NOT NULL CHECK (maximum_centi >= 0),
    document            bytea NOT NULL,
    judged_elsewhere    bool NOT NULL,
    organiser_agency_id uuid,
    parent_edition_id   uuid,
    planned_cost_vnd    int8 NOT NULL CHECK (planned_cost_vnd >= 0),
    cost_cap_vnd        int8 NOT NULL CHECK (cost_cap_vnd >= 0),
    max_promotions      int4 NOT NULL CHECK (max_promotions >= 0),
    rules               bytea,
    rules_version       int8 NOT NULL CHECK (rules_version >= 0),
    rules_digest        bytea CHECK (octet_length(rules_digest) = 32),
    opens_at            timestamptz,
    closes_at           timestamptz,
    finalists           int4 NOT NULL CHECK (finalists >= 0),
    places              bytea,
    results_document    bytea,
    cost_vnd            int8 NOT NULL CHECK (cost_vnd >= 0),
    local_report        bytea,
    entrants_confirmed  bool NOT NULL,
    judging_ended       bool NOT NULL,
    ranking_digest      bytea CHECK (octet_length(ranking_digest) = 32),
    programme_rules_version int8 NOT NULL CHECK (programme_rules_version >= 0),
    programme_rules_digest  bytea CHECK (octet_length(programme_rules_digest) = 32),
    results_published_at    timestamptz,
    results_url             text NOT NULL CHECK (results_url IS NFC NORMALIZED),
    results_notice          bytea,
    follow_up_due_at        timestamptz,
    final_round_id      uuid,
    places_round_id     uuid,
    PRIMARY KEY (programme, id),
    -- Of the programme's own editions, and of each agency's local ones.
    CONSTRAINT edition_ordinal_once UNIQUE NULLS NOT DISTINCT (programme, organiser_agency_id, ordinal),
    -- What is judged here has its scale in its rules.
    CONSTRAINT edition_threshold CHECK (CASE WHEN judged_elsewhere THEN maximum_centi > 0 AND threshold_centi <= maximum_centi
                                             ELSE maximum_centi = 0 AND threshold_centi = 0 END),
    CONSTRAINT edition_rules_counted CHECK ((rules_version > 0) = (rules IS NOT NULL)
                                            AND (rules IS NULL) = (rules_digest IS NULL)),
    CONSTRAINT edition_judged_elsewhere CHECK (NOT judged_elsewhere
        OR (rules IS NULL AND opens_at IS NULL AND organiser_agency_id IS NULL AND state NOT BETWEEN 5 AND 8)),
    -- From PUBLISHED to ARCHIVED, what is judged here has rules and days; before that it has no days.
    CONSTRAINT edition_published CHECK (judged_elsewhere OR state NOT BETWEEN 2 AND 8
                                        OR (rules IS NOT NULL AND opens_at IS NOT NULL)),
    CONSTRAINT edition_draft CHECK (state <> 1 OR (opens_at IS NULL AND programme_rules_version = 0)),
    -- What is judged here keeps the programme's rules that held when it was published.
    CONSTRAINT edition_programme_rules CHECK ((programme_rules_version > 0) = (programme_rules_digest IS NOT NULL)
        AND (judged_elsewhere OR state NOT BETWEEN 2 AND 8 OR programme_rules_version > 0)),
    CONSTRAINT edition_days CHECK ((opens_at IS NULL) = (closes_at IS NULL) AND opens_at < closes_at),
    -- A local contest has its organiser, the edition above, and what it may cost and send up.
    CONSTRAINT edition_local CHECK ((organiser_agency_id IS NULL) = (parent_edition_id IS NULL)
        AND (organiser_agency_id IS NULL) = (cost_cap_vnd = 0) AND (organiser_agency_id IS NULL) = (max_promotions = 0)
        AND parent_edition_id <> id),
    CONSTRAINT edition_cost CHECK (planned_cost_vnd <= cost_cap_vnd AND cost_vnd <= cost_cap_vnd),
    CONSTRAINT edition_places CHECK ((finalists > 0) = (places IS NOT NULL)
        AND (places IS NULL OR places_round_id IS NOT NULL)),
    -- From RESULTS_CONFIRMED to ARCHIVED there are results; before that there are none, and no report of them.
    CONSTRAINT edition_results CHECK ((state BETWEEN 6 AND 8) = (results_document IS NOT NULL)
        AND (results_document IS NULL OR (judging_ended AND places_round_id IS NOT DISTINCT FROM final_round_id))),
    -- Entrants are confirmed when registration is CLOSED, and before anything is judged; then judging ends, and results follow.
    CONSTRAINT edition_entrants CHECK (CASE WHEN entrants_confirmed THEN NOT judged_elsewhere AND state >= 4
                                            ELSE state NOT BETWEEN 5 AND 8 END),
    CONSTRAINT edition_judging_ended CHECK (CASE WHEN judging_ended THEN entrants_confirmed AND state >= 5
                                                 ELSE ranking_digest IS NULL END
        AND (ranking_digest IS NULL) = (final_round_id IS NULL)),
    -- They are published once they are confirmed, and nothing is told of where before.
    CONSTRAINT edition_results_published CHECK (CASE WHEN results_published_at IS NULL
        THEN results_url = '' AND results_notice IS NULL ELSE state BETWEEN 6 AND 8 END),
    -- The programme's own edition is archived after its follow-up, which others do not have.
    CONSTRAINT edition_follow_up CHECK (CASE WHEN organiser_agency_id IS NULL
        THEN (follow_up_due_at IS NULL OR state IN (7, 8)) AND (follow_up_due_at IS NOT NULL OR state <> 7)
             AND (state <> 8 OR finalists = 0 OR follow_up_due_at IS NOT NULL)
        ELSE follow_up_due_at IS NULL AND state <> 7 END),
    CONSTRAINT edition_local_report CHECK (CASE WHEN local_report IS NULL THEN cost_vnd = 0
                                                ELSE organiser_agency_id IS NOT NULL AND state BETWEEN 6 AND 8 END)
);

CREATE TABLE submissions.entry (
    programme         text NOT NULL,
    id                uuid NOT NULL,
    version           int8 NOT NULL CHECK (version > 0),
    state             int4 NOT NULL CHECK (state BETWEEN 1 AND 13), -- LAPSED is said, never kept
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
    score_centi       int4 NOT NULL, -- below nothing, where a harsh judge was missing and judges' means are taken out
    award             int4 NOT NULL CHECK (award BETWEEN 0 AND 5),
    reached_final     bool NOT NULL,
    money_paid        bool NOT NULL,
    track             text NOT NULL,
    draft             int4 NOT NULL CHECK (draft >= 1),
    content_digest    bytea NOT NULL CHECK (octet_length(content_digest) = 32),
    entry_version     int8 NOT NULL CHECK (entry_version >= 0),
    submitted_at      timestamptz,
    examined_by       uuid,
    cure_at           timestamptz,
    round_id          uuid,
    round_code        text NOT NULL,
    rank              int4 NOT NULL CHECK (rank >= 0),
    may_have_prize    bool NOT NULL,
    promoted_from_id  uuid,
    promoted_to_id    uuid,
    accused_by        uuid,
    accusation        text NOT NULL,
    answer_due_at     timestamptz,
    answered          bool NOT NULL,
    disqualified_by   uuid,
    organiser_agency_id uuid,
    title_key         text NOT NULL DEFAULT '',
    roll_id           uuid,
    silent_since      timestamptz,
    PRIMARY KEY (programme, id),
    -- From SUBMITTED to REFUSED somebody has handed a version in; from REGISTERED on it has a code.
    CONSTRAINT entry_submitter CHECK (state NOT BETWEEN 2 AND 10
        OR (submitted_by IS NOT NULL AND submitted_at IS NOT NULL AND entry_version > 0)),
    CONSTRAINT entry_code_given CHECK (state NOT IN (3, 4, 5, 6, 7, 8, 13) OR (entry_code <> '' AND registered_by IS NOT NULL)),
    CONSTRAINT entry_registrar CHECK (registered_by IS NULL OR (submitted_by IS NOT NULL AND registered_by <> submitted_by)),
    -- FINALIST, AWARDED, NOT_AWARDED reached the final; nobody before that, and nobody who did not has a prize or money.
    CONSTRAINT entry_finalist CHECK (state NOT BETWEEN 6 AND 8 OR reached_final),
    CONSTRAINT entry_not_yet_finalist CHECK (state NOT IN (1, 2, 3, 4, 5, 9, 10) OR NOT reached_final),
    -- Of an ANNULLED result nothing is left but the journal.
    CONSTRAINT entry_annulled CHECK (state <> 13 OR (NOT reached_final AND NOT may_have_prize AND rank = 0
                                                     AND score_centi = 0 AND award = 0)),
    -- RETURNED or REFUSED by somebody who did not hand it in.
    CONSTRAINT entry_examined CHECK (state NOT IN (9, 10) OR examined_by IS NOT NULL),
    CONSTRAINT entry_examiner CHECK (examined_by IS NULL OR examined_by <> submitted_by),
    -- Nobody is taken into the contest while a co-entrant is silent.
    CONSTRAINT entry_silent CHECK (silent_since IS NULL OR state NOT IN (3, 4, 5, 6, 7, 8, 13)),
    CONSTRAINT entry_cure CHECK (state <> 9 OR cure_at IS NOT NULL),
    -- Nobody is DISQUALIFIED unheard, nor by the accuser.
    CONSTRAINT entry_accusation CHECK ((accused_by IS NULL) = (answer_due_at IS NULL)
        AND (accused_by IS NULL) = (accusation = '') AND (accused_by IS NOT NULL OR NOT answered)),
    CONSTRAINT entry_disqualified CHECK ((state = 12) = (disqualified_by IS NOT NULL)),
    CONSTRAINT entry_accuser CHECK (disqualified_by IS NULL
        OR (accused_by IS NOT NULL AND disqualified_by <> accused_by)),
    CONSTRAINT entry_prize CHECK (state NOT IN (7, 8) OR award > 0),
    CONSTRAINT entry_promoted_by_another CHECK (promoted_from_id <> id AND promoted_to_id <> id),
    CONSTRAINT entry_award CHECK (reached_final OR award = 0),
    -- Or was on its way when the result was annulled, whatever came of the entry then.
    CONSTRAINT entry_money CHECK (reached_final OR state IN (12, 13) OR NOT money_paid)
) WITH (fillfactor = 70);
CREATE INDEX entry_of_agency ON submissions.entry (entrant_agency_id, id) WHERE entrant_agency_id IS NOT NULL;
CREATE INDEX entry_of_organiser ON submissions.entry (organiser_agency_id, id) WHERE organiser_agency_id IS NOT NULL;
-- The programme's own editions have one row of codes, each local contest has its own.
CREATE UNIQUE INDEX entry_code_once ON submissions.entry (programme,
    (CASE WHEN organiser_agency_id IS NULL THEN '00000000-0000-0000-0000-000000000000' ELSE edition_id END), entry_code)
    WHERE entry_code <> '';
-- A winner goes on once, as one entry.
CREATE UNIQUE INDEX entry_promoted_once ON submissions.entry (programme, promoted_from_id)
    WHERE promoted_from_id IS NOT NULL;

CREATE TABLE submissions.entry_author (
    programme  text NOT NULL,
    parent     uuid NOT NULL,
    place      int4 NOT NULL CHECK (place >= 0),
    person_id  uuid NOT NULL,
    share_bp   int4 NOT NULL CHECK (share_bp BETWEEN 1 AND 10000),
    staff_kind int4 NOT NULL CHECK (staff_kind BETWEEN 0 AND 4),
    draft      int4 NOT NULL CHECK (draft >= 1),
    PRIMARY KEY (programme, parent, place),
    CONSTRAINT entry_author_once UNIQUE (programme, parent, draft, person_id),
    FOREIGN KEY (programme, parent) REFERENCES submissions.entry DEFERRABLE INITIALLY DEFERRED
);

-- A row of draft 0 names the agency; others say to which drafts it agreed, or that it left: by itself, or, where nobody of
-- it said so, because that draft does not name it.
CREATE TABLE submissions.entry_co_entrant (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    agency_id uuid NOT NULL,
    draft     int4 NOT NULL CHECK (draft >= 0),
    has_left  bool NOT NULL,
    said_by   uuid,
    PRIMARY KEY (programme, parent, place),
    CONSTRAINT entry_co_entrant_once UNIQUE (programme, parent, agency_id, draft, has_left),
    CONSTRAINT entry_co_entrant_asked CHECK (CASE WHEN draft = 0 THEN said_by IS NULL AND NOT has_left
                                                         ELSE said_by IS NOT NULL OR has_left END),
    FOREIGN KEY (programme, parent) REFERENCES submissions.entry DEFERRABLE INITIALLY DEFERRED
);

-- Files that stand elsewhere.
CREATE TABLE submissions.entry_evidence (
    programme  text NOT NULL,
    parent     uuid NOT NULL,
    place      int4 NOT NULL CHECK (place >= 0),
    kind       int4 NOT NULL CHECK (kind BETWEEN 1 AND 3),
    name       text NOT NULL CHECK (name <> '' AND name IS NFC NORMALIZED),
    uri        text NOT NULL CHECK (uri IS NFC NORMALIZED),
    sha256     bytea CHECK (octet_length(sha256) = 32),
    size_bytes int8 NOT NULL CHECK (size_bytes > 0),
    media_type text NOT NULL CHECK (media_type IS NFC NORMALIZED),
    draft      int4 NOT NULL CHECK (draft >= 1),
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES submissions.entry DEFERRABLE INITIALLY DEFERRED
);

-- What an agency has in an edition: entries, where it limits them (the sum of the changes), contests of its own below, and
-- entries that these sent up.
CREATE TABLE submissions.entrant (
    programme  text NOT NULL,
    id         uuid NOT NULL,
    version    int8 NOT NULL CHECK (version > 0),
    state      int4 NOT NULL CHECK (state = 1),
    changed_at timestamptz NOT NULL,
    edition_id uuid NOT NULL,
    agency_id  uuid NOT NULL,
    entries    int4 NOT NULL CHECK (entries >= 0),
    contests   int4 NOT NULL CHECK (contests >= 0),
    promotions int4 NOT NULL CHECK (promotions >= 0),
    PRIMARY KEY (programme, id)
);
-- Not by the programme as it is: whoever looks for one by its id is not to be led into this index.
CREATE UNIQUE INDEX entrant_once ON submissions.entrant (edition_id, agency_id, (programme || ''));

CREATE TABLE submissions.entrant_entry (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    team      text NOT NULL CHECK (team IS NFC NORMALIZED),
    change    int4 NOT NULL CHECK (change IN (-1, 1)),
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES submissions.entrant DEFERRABLE INITIALLY DEFERRED
);

-- How many entries are registered that one round may have to hold: of an edition, or of a cluster of it.
CREATE TABLE submissions.roll (
    programme    text NOT NULL,
    id           uuid NOT NULL,
    version      int8 NOT NULL CHECK (version > 0),
    state        int4 NOT NULL CHECK (state = 1),
    changed_at   timestamptz NOT NULL,
    edition_id   uuid NOT NULL,
    cluster_code text NOT NULL CHECK (cluster_code IS NFC NORMALIZED),
    entries      int4 NOT NULL CHECK (entries BETWEEN 0 AND 300),
    PRIMARY KEY (programme, id)
);
-- Not by the programme as it is: whoever looks for one by its id is not to be led into this index.
CREATE UNIQUE INDEX roll_once ON submissions.roll (edition_id, cluster_code, (programme || ''));

-- Who judges the blind rounds of an edition; it has the edition's id. A row when such a round began, and one when it is
-- over.
CREATE TABLE submissions.jury (
    programme  text NOT NULL,
    id         uuid NOT NULL,
    version    int8 NOT NULL CHECK (version > 0),
    state      int4 NOT NULL CHECK (state = 1),
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (programme, id),
    FOREIGN KEY (programme, id) REFERENCES submissions.edition
);

CREATE TABLE submissions.jury_judge (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    person_id uuid NOT NULL,
    is_over   bool NOT NULL,
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES submissions.jury DEFERRABLE INITIALLY DEFERRED
);
-- Not by the programme as it is: whoever looks for one judge is not to be led over all of the edition, nor the other way.
CREATE INDEX jury_judge_of_person ON submissions.jury_judge (person_id, parent, place, (programme || ''));

-- Who judges blind in the edition as it is: of each person's rows the last one counts.
CREATE VIEW submissions.blind_judge AS
    SELECT j.programme || '' AS programme, j.parent AS blind_edition_id, j.person_id
    FROM submissions.jury_judge AS j
    WHERE NOT j.is_over
      AND NOT EXISTS (SELECT FROM submissions.jury_judge AS o WHERE o.programme || '' = j.programme || ''
                      AND o.parent = j.parent AND o.person_id = j.person_id AND o.place > j.place AND o.is_over
                      OFFSET 0);

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
    open_cases        int4 NOT NULL,
    committed_cases   int4 NOT NULL CHECK (committed_cases >= 0),
    PRIMARY KEY (programme, id),
    FOREIGN KEY (programme, id) REFERENCES submissions.entry DEFERRABLE INITIALLY DEFERRED,
    -- From SUBMITTED to CLOSED, and when RETURNED, there is a version; from ACCEPTED to CLOSED somebody took it.
    CONSTRAINT dossier_submitted CHECK (state NOT IN (3, 4, 5, 6, 7, 8) OR (dossier_version > 0 AND submitted_by IS NOT NULL)),
    CONSTRAINT dossier_taken CHECK (state NOT BETWEEN 4 AND 7 OR accepted_by IS NOT NULL),
    CONSTRAINT dossier_examiner CHECK (accepted_by IS NULL OR (submitted_by IS NOT NULL AND accepted_by <> submitted_by)),
    CONSTRAINT dossier_cure CHECK (state <> 8 OR (cure_at IS NOT NULL AND cure IS NOT NULL)),
    -- Funding has cases of it that are open, and in some of those committed money; before it was appraised it has none.
    CONSTRAINT dossier_cases CHECK (committed_cases <= open_cases AND (open_cases = 0 OR state IN (6, 7, 9))),
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

CREATE INDEX entry_open_of_organiser ON submissions.entry (organiser_agency_id, id)
    WHERE state IN (2, 9) AND organiser_agency_id IS NOT NULL;
-- Entries whose agency may answer to what they are accused of.
CREATE INDEX entry_accused ON submissions.entry (programme, id) WHERE accused_by IS NOT NULL AND NOT answered;
CREATE INDEX entry_accused_of_agency ON submissions.entry (entrant_agency_id, id)
    WHERE accused_by IS NOT NULL AND NOT answered;
-- Entries that were judged to the end.
CREATE INDEX entry_judged ON submissions.entry (programme, id) WHERE state IN (5, 7, 8);
CREATE INDEX entry_judged_of_agency ON submissions.entry (entrant_agency_id, id) WHERE state IN (5, 7, 8);
CREATE INDEX entry_judged_of_edition ON submissions.entry (programme, edition_id) WHERE state IN (5, 7, 8);
-- Entries that look like another.
CREATE INDEX entry_of_title ON submissions.entry (programme, title_key, id) WHERE title_key <> '';
-- The entries of an edition that wait for its organiser, or for their agency.
CREATE INDEX entry_open ON submissions.entry (programme, id) WHERE state IN (2, 9);
CREATE INDEX entry_open_of_agency ON submissions.entry (entrant_agency_id, id) WHERE state IN (2, 9);
-- Those of which a co-entrant is silent.
CREATE INDEX entry_silent_open ON submissions.entry (programme, id) WHERE silent_since IS NOT NULL AND state IN (1, 2, 9);
CREATE INDEX entry_silent_of_agency ON submissions.entry (entrant_agency_id, id)
    WHERE silent_since IS NOT NULL AND state IN (1, 2, 9);
CREATE INDEX entry_silent_of_organiser ON submissions.entry (organiser_agency_id, id)
    WHERE silent_since IS NOT NULL AND state IN (1, 2, 9) AND organiser_agency_id IS NOT NULL;
CREATE INDEX entry_of_co_entrant ON submissions.entry_co_entrant (agency_id, parent) WHERE draft = 0;
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

-- Whose an edition is, where it is judged and under which terms never changes. Its rules are frozen when it is published; from
-- then on registration may only close later, before it has closed; and what is confirmed or reported stays.
CREATE FUNCTION submissions.judge_edition_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.judged_elsewhere, NEW.organiser_agency_id, NEW.parent_edition_id, NEW.planned_cost_vnd, NEW.cost_cap_vnd,
        NEW.max_promotions)
       IS DISTINCT FROM (OLD.judged_elsewhere, OLD.organiser_agency_id, OLD.parent_edition_id, OLD.planned_cost_vnd,
                         OLD.cost_cap_vnd, OLD.max_promotions) THEN
        PERFORM submissions.refuse('edition_identity', 'organiser, edition above and terms of an edition never change');
    END IF;
    IF OLD.state <> 1 AND (NEW.state = 1
       OR (NEW.ordinal, NEW.year, NEW.threshold_centi, NEW.maximum_centi, NEW.rules, NEW.rules_version, NEW.rules_digest,
           NEW.opens_at, NEW.programme_rules_version, NEW.programme_rules_digest)
          IS DISTINCT FROM (OLD.ordinal, OLD.year, OLD.threshold_centi, OLD.maximum_centi, OLD.rules, OLD.rules_version,
                            OLD.rules_digest, OLD.opens_at, OLD.programme_rules_version, OLD.programme_rules_digest)) THEN
        PERFORM submissions.refuse('edition_frozen', 'the rules of a published edition are frozen');
    END IF;
    IF OLD.state = 1 AND NEW.rules IS DISTINCT FROM OLD.rules AND NEW.rules_version <= OLD.rules_version THEN
        PERFORM submissions.refuse('edition_rules_version', 'other rules are another version of them');
    END IF;
    IF OLD.state <> 1 AND NEW.closes_at IS DISTINCT FROM OLD.closes_at
       AND NOT (OLD.state IN (2, 3) AND NEW.closes_at > OLD.closes_at) THEN
        PERFORM submissions.refuse('edition_closes', 'registration may only be extended, before it has closed');
    END IF;
    IF (OLD.results_document IS NOT NULL AND (NEW.results_document, NEW.places) IS DISTINCT FROM (OLD.results_document, OLD.places))
       OR (OLD.local_report IS NOT NULL AND (NEW.local_report, NEW.cost_vnd) IS DISTINCT FROM (OLD.local_report, OLD.cost_vnd))
       OR (OLD.entrants_confirmed AND NOT NEW.entrants_confirmed)
       OR (OLD.judging_ended AND (NEW.judging_ended OR OLD.results_document IS NOT NULL)
           AND (NEW.judging_ended, NEW.ranking_digest, NEW.final_round_id)
               IS DISTINCT FROM (OLD.judging_ended, OLD.ranking_digest, OLD.final_round_id))
       OR (OLD.results_published_at IS NOT NULL AND (NEW.results_published_at, NEW.results_url, NEW.results_notice)
           IS DISTINCT FROM (OLD.results_published_at, OLD.results_url, OLD.results_notice))
       OR (OLD.follow_up_due_at IS NOT NULL AND NEW.follow_up_due_at IS DISTINCT FROM OLD.follow_up_due_at) THEN
        PERFORM submissions.refuse('edition_facts',
            'confirmed entrants, results that are confirmed, published or reported, and the follow-up are facts');
    END IF;
    IF OLD.state = 8 AND NOT (OLD.local_report IS NULL AND NEW.local_report IS NOT NULL
                              AND (NEW.state, NEW.name) = (OLD.state, OLD.name)) THEN
        PERFORM submissions.refuse('edition_archived', 'an archived edition stays as it is, but that it may be reported');
    END IF;
    IF NEW.state < OLD.state OR (NEW.state = 9 AND OLD.state BETWEEN 6 AND 8) THEN
        PERFORM submissions.refuse('edition_end', 'an edition only goes on, and is not cancelled once there are results');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER edition_change BEFORE UPDATE ON submissions.edition
    FOR EACH ROW EXECUTE FUNCTION submissions.judge_edition_change();

-- The programme's rules that an edition keeps are a version of them that there is.
CREATE FUNCTION submissions.judge_edition_programme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM submissions.programme_rules_version AS v
                    WHERE v.programme = NEW.programme AND v.number = NEW.programme_rules_version
                      AND v.digest = NEW.programme_rules_digest) THEN
        PERFORM submissions.refuse('edition_programme_version', 'the programme has no such rules');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER edition_new_programme_version AFTER INSERT ON submissions.edition
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.programme_rules_version > 0)
    EXECUTE FUNCTION submissions.judge_edition_programme();
-- They are frozen: once they are there, nobody need look again.
CREATE CONSTRAINT TRIGGER edition_programme_version AFTER UPDATE ON submissions.edition
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.programme_rules_version > 0 AND OLD.programme_rules_version = 0)
    EXECUTE FUNCTION submissions.judge_edition_programme();

-- Nothing of an archived edition is open: every dossier of those who have a place in it was closed or withdrawn, and no other
-- comes. Which entries those are is said by the entries themselves.
CREATE FUNCTION submissions.judge_edition_archived() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM submissions.entry AS e JOIN submissions.dossier AS d ON d.programme = e.programme AND d.id = e.id
                WHERE e.programme = NEW.programme AND e.edition_id = NEW.id AND e.state IN (5, 7, 8)
                  AND (d.state NOT IN (7, 9, 10) OR d.open_cases > 0)) THEN
        PERFORM submissions.refuse('edition_open_cases', 'a dossier of the edition, or a funding case of one, is open');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER edition_open_cases AFTER UPDATE OF state ON submissions.edition
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 8 AND OLD.state <> 8)
    EXECUTE FUNCTION submissions.judge_edition_archived();

-- When entrants are confirmed, no entry of the edition waits to be examined, and none that was sent back may still be mended:
-- what arrived in time may be sent again, with a receipt, for a day.
CREATE FUNCTION submissions.judge_edition_entrants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM submissions.entry AS e
                WHERE e.programme = NEW.programme AND e.edition_id = NEW.id AND e.state IN (2, 9)
                  AND (e.state = 2 OR e.cure_at + interval '1 day' > NEW.changed_at)) THEN
        PERFORM submissions.refuse('edition_entries_open', 'an entry of the edition is not examined yet, or may be mended');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER edition_entries_open AFTER UPDATE OF entrants_confirmed ON submissions.edition
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.entrants_confirmed AND NOT OLD.entrants_confirmed)
    EXECUTE FUNCTION submissions.judge_edition_entrants();

-- A local contest is held under an edition of the programme, judged here and published.
CREATE FUNCTION submissions.judge_local_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM submissions.edition AS e
                    WHERE e.programme = NEW.programme AND e.id = NEW.parent_edition_id
                      AND e.organiser_agency_id IS NULL AND NOT e.judged_elsewhere AND e.state BETWEEN 2 AND 7) THEN
        PERFORM submissions.refuse('edition_above', 'a local contest is held under a published edition of the programme');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER edition_new_local AFTER INSERT ON submissions.edition FOR EACH ROW WHEN (NEW.parent_edition_id IS NOT NULL)
    EXECUTE FUNCTION submissions.judge_local_edition();

-- Every entry is of an edition; editions are never deleted. A foreign key, or a CHECK of the text, would ask for each row
-- what this asks once for all that come together.
CREATE FUNCTION submissions.judge_new_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT programme, edition_id FROM added) AS a
                WHERE NOT EXISTS (SELECT FROM submissions.edition AS e -- each by its key, never all of them
                                   WHERE e.programme = a.programme AND e.id = a.edition_id OFFSET 0)) THEN
        PERFORM submissions.refuse('entry_of_edition', 'an entry belongs to an edition');
    END IF;
    IF EXISTS (SELECT FROM added AS a WHERE NOT (a.team IS NFC NORMALIZED AND a.title IS NFC NORMALIZED
                                                 AND a.summary IS NFC NORMALIZED AND a.entry_code IS NFC NORMALIZED
                                                 AND a.track IS NFC NORMALIZED)) THEN
        PERFORM submissions.refuse('entry_text', 'text is in Unicode form NFC');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_new AFTER INSERT ON submissions.entry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION submissions.judge_new_entries();

-- An entry stays in its edition, with its agency, code and origin; what was handed in stays as it is until it is sent back;
-- what it reached and what it was paid stay facts; an end stays an end; and its text is looked at when it is another.
-- A transaction may hold several steps: returned, drafted anew and handed in again is one change here.
CREATE FUNCTION submissions.judge_entry_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.edition_id <> OLD.edition_id OR NEW.entrant_agency_id <> OLD.entrant_agency_id
       OR (OLD.entry_code <> '' AND NEW.entry_code <> OLD.entry_code)
       OR NEW.promoted_from_id IS DISTINCT FROM OLD.promoted_from_id
       OR (OLD.promoted_to_id IS NOT NULL AND NEW.promoted_to_id IS DISTINCT FROM OLD.promoted_to_id) THEN
        PERFORM submissions.refuse('entry_identity', 'edition, entrant agency, code and origin of an entry never change');
    END IF;
    IF NEW.draft < OLD.draft OR NEW.entry_version < OLD.entry_version THEN
        PERFORM submissions.refuse('entry_version_back', 'drafts and versions only count up');
    END IF;
    IF (NEW.draft, NEW.entry_kind, NEW.title, NEW.summary, NEW.track, NEW.content_digest)
       IS DISTINCT FROM (OLD.draft, OLD.entry_kind, OLD.title, OLD.summary, OLD.track, OLD.content_digest)
       AND (OLD.state NOT IN (1, 2, 9)
            OR (OLD.state = 2 AND NEW.state = 2 AND NEW.entry_version = OLD.entry_version)) THEN
        PERFORM submissions.refuse('entry_content', 'what was handed in is changed only by a new version');
    END IF;
    -- But that the round which made it a finalist can be annulled before there are results, and its result after that.
    IF (OLD.reached_final AND NOT NEW.reached_final AND OLD.state <> 6
        AND NOT (OLD.state IN (7, 8) AND NEW.state IN (12, 13))) OR (OLD.money_paid AND NOT NEW.money_paid) THEN
        PERFORM submissions.refuse('entry_facts', 'to have reached the final, and to have been paid, are facts');
    END IF;
    IF OLD.state IN (10, 11, 12) AND NEW.state <> OLD.state THEN
        PERFORM submissions.refuse('entry_end', 'a refused, withdrawn or disqualified entry stays that');
    END IF;
    -- An annulled round lets an ELIMINATED entry go on; an annulled result lets nobody.
    IF (OLD.state = 5 AND NEW.state IN (1, 2, 9, 10)) OR (OLD.state = 13 AND NEW.state NOT IN (12, 13)) THEN
        PERFORM submissions.refuse('entry_end', 'an eliminated entry comes back only into its round');
    END IF;
    IF OLD.money_paid AND NEW.state IN (5, 11, 12, 13) AND OLD.state <> NEW.state THEN
        PERFORM submissions.refuse('entry_paid', 'an entry for which money went out stays in the contest');
    END IF;
    IF (NEW.team <> OLD.team AND NEW.team IS NOT NFC NORMALIZED)
       OR (NEW.title <> OLD.title AND NEW.title IS NOT NFC NORMALIZED)
       OR (NEW.summary <> OLD.summary AND NEW.summary IS NOT NFC NORMALIZED)
       OR (NEW.track <> OLD.track AND NEW.track IS NOT NFC NORMALIZED)
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
          OR NEW.entry_code <> OLD.entry_code OR NEW.draft <> OLD.draft OR NEW.track <> OLD.track
          OR NEW.entry_version < OLD.entry_version OR NEW.entry_kind <> OLD.entry_kind
          OR NEW.content_digest <> OLD.content_digest OR NEW.promoted_from_id IS DISTINCT FROM OLD.promoted_from_id)
    EXECUTE FUNCTION submissions.judge_entry_change();

CREATE FUNCTION submissions.judge_dossier_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.due_at <> OLD.due_at THEN
        PERFORM submissions.refuse('dossier_due', 'a due time changes only by an extension');
    END IF;
    IF NEW.committed_cases < OLD.committed_cases THEN
        PERFORM submissions.refuse('dossier_committed', 'money that is committed stays so');
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

-- Only an entry that reached the programme's own final owes a dossier, and its agency owes it.
CREATE FUNCTION submissions.judge_dossier_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM submissions.entry AS e
                    WHERE e.programme = NEW.programme AND e.id = NEW.id AND e.reached_final AND e.organiser_agency_id IS NULL
                      AND e.entrant_agency_id = NEW.entrant_agency_id AND e.entry_code = NEW.entry_code) THEN
        PERFORM submissions.refuse('dossier_finalist', 'only a finalist owes a dossier');
    END IF;
    IF EXISTS (SELECT FROM submissions.entry AS e JOIN submissions.edition AS d ON d.programme = e.programme AND d.id = e.edition_id
                WHERE e.programme = NEW.programme AND e.id = NEW.id AND d.state = 8) THEN
        PERFORM submissions.refuse('dossier_archived', 'nothing is owed any more in an archived edition');
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
           (extract(epoch FROM d.changed_at) * 1000000)::int8 AS since_us,
           (extract(epoch FROM CASE WHEN d.state = 8 THEN d.cure_at WHEN d.state IN (1, 2) THEN d.due_at END)
            * 1000000)::int8 AS until_us
    FROM submissions.dossier AS d
    JOIN (VALUES (1, 'REQUIRED', 'ENTRANT_HEAD'),
                 (2, 'DRAFT', 'ENTRANT_HEAD'),
                 (3, 'SUBMITTED', 'STANDING'),
                 (4, 'ACCEPTED', 'STANDING'),
                 (8, 'RETURNED', 'ENTRANT_HEAD')) AS w(state, word, role)
      ON w.state = d.state;

-- ListOpenEntries asks each of these four about the same columns, and of each by whose business it is.

-- Until the entrants are confirmed, what is handed in waits for the organiser, and what was returned for its agency.
CREATE VIEW submissions.waiting_entry WITH (security_invoker) AS
    SELECT e.programme,
           (e.id::text || ' entry') COLLATE "C" AS page_key,
           e.id AS subject,
           'entry'::text AS kind,
           e.entry_code,
           e.title,
           CASE e.state WHEN 2 THEN 'SUBMITTED' ELSE 'RETURNED' END AS state,
           CASE e.state WHEN 2 THEN 'ORGANISER' ELSE 'ENTRANT_HEAD' END AS waiting_for,
           CASE e.state WHEN 9 THEN e.entrant_agency_id END AS agency_id,
           (extract(epoch FROM e.changed_at) * 1000000)::int8 AS since_us,
           (extract(epoch FROM CASE e.state WHEN 9 THEN e.cure_at END) * 1000000)::int8 AS until_us,
           e.edition_id,
           e.entrant_agency_id,
           e.organiser_agency_id
    FROM submissions.entry AS e
    WHERE e.state IN (2, 9) AND EXISTS (SELECT FROM submissions.edition AS d
                                         WHERE d.programme = e.programme AND d.id = e.edition_id
                                           AND d.state IN (3, 4) AND NOT d.entrants_confirmed OFFSET 0);

-- A draft waits for its agency while registration is open.
CREATE VIEW submissions.waiting_draft WITH (security_invoker) AS
    SELECT e.programme,
           (e.id::text || ' entry') COLLATE "C" AS page_key,
           e.id AS subject,
           'entry'::text AS kind,
           e.entry_code,
           e.title,
           'DRAFT'::text AS state,
           'ENTRANT_HEAD'::text AS waiting_for,
           e.entrant_agency_id AS agency_id,
           (extract(epoch FROM e.changed_at) * 1000000)::int8 AS since_us,
           (extract(epoch FROM d.closes_at) * 1000000)::int8 AS until_us,
           e.edition_id,
           e.entrant_agency_id,
           e.organiser_agency_id
    FROM submissions.entry AS e
    CROSS JOIN LATERAL (SELECT closes_at FROM submissions.edition
                         WHERE programme = e.programme AND id = e.edition_id AND state = 3 LIMIT 1) AS d
    WHERE e.state = 1;

-- Who is accused may answer.
CREATE VIEW submissions.waiting_accused WITH (security_invoker) AS
    SELECT e.programme,
           (e.id::text || ' accusation') COLLATE "C" AS page_key,
           e.id AS subject,
           'accusation'::text AS kind,
           e.entry_code,
           e.title,
           'ACCUSED'::text AS state,
           'ENTRANT_HEAD'::text AS waiting_for,
           e.entrant_agency_id AS agency_id,
           (extract(epoch FROM e.changed_at) * 1000000)::int8 AS since_us,
           (extract(epoch FROM e.answer_due_at) * 1000000)::int8 AS until_us,
           e.edition_id,
           e.entrant_agency_id,
           e.organiser_agency_id
    FROM submissions.entry AS e
    WHERE e.accused_by IS NOT NULL AND NOT e.answered;

-- A co-entrant that has neither agreed to the latest draft nor left: a draft waits for it while registration is open, and what
-- was returned until its cure date; of what is handed in no end is set.
CREATE VIEW submissions.waiting_co_entrant WITH (security_invoker) AS
    SELECT c.programme,
           (c.parent::text || ' co_entrant ' || c.agency_id) COLLATE "C" AS page_key,
           c.parent AS subject,
           'co_entrant'::text AS kind,
           e.entry_code,
           e.title,
           CASE e.state WHEN 1 THEN 'DRAFT' WHEN 2 THEN 'SUBMITTED' ELSE 'RETURNED' END AS state,
           'ENTRANT_HEAD'::text AS waiting_for,
           c.agency_id,
           (extract(epoch FROM e.silent_since) * 1000000)::int8 AS since_us,
           (extract(epoch FROM CASE e.state WHEN 9 THEN e.cure_at
                                            WHEN 1 THEN (SELECT d.closes_at FROM submissions.edition AS d
                                                          WHERE d.programme = e.programme AND d.id = e.edition_id) END)
            * 1000000)::int8 AS until_us,
           e.edition_id,
           e.entrant_agency_id,
           e.organiser_agency_id
    FROM submissions.entry AS e
    JOIN submissions.entry_co_entrant AS c ON c.programme = e.programme AND c.parent = e.id AND c.draft = 0
    WHERE e.silent_since IS NOT NULL AND e.state IN (1, 2, 9)
      AND EXISTS (SELECT FROM submissions.edition AS d WHERE d.programme = e.programme AND d.id = e.edition_id
                     AND (d.state = 3 OR (d.state = 4 AND e.state <> 1)) AND NOT d.entrants_confirmed OFFSET 0)
      AND NOT EXISTS (SELECT FROM submissions.entry_co_entrant AS s
                       WHERE s.programme = c.programme AND s.parent = c.parent AND s.agency_id = c.agency_id
                         AND (s.has_left OR s.draft = e.draft) OFFSET 0);

-- ---------------------------------------------------------------- who may

-- Children are added, never changed.
GRANT USAGE ON SCHEMA submissions TO sangkien_submissions, sangkien_auditor, sangkien_administrator;
GRANT SELECT ON ALL TABLES IN SCHEMA submissions TO sangkien_submissions, sangkien_auditor, sangkien_administrator;
GRANT INSERT, UPDATE ON submissions.programme, submissions.programme_rules, submissions.edition, submissions.entry, submissions.dossier,
    submissions.entrant, submissions.roll, submissions.jury TO sangkien_submissions;
GRANT INSERT ON submissions.programme_rules_version, submissions.entry_author, submissions.entry_co_entrant, submissions.entry_evidence,
    submissions.entrant_entry, submissions.jury_judge, submissions.dossier_co_entrant,
    submissions.dossier_version, submissions.dossier_line TO sangkien_submissions;

COMMIT;
