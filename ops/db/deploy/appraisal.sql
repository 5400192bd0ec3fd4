-- Deploy sangkien:appraisal to pg
-- Accepted dossiers as they are known here, and their appraisal cases; contests that are judged here, with their
-- councils, rounds and score sheets. Numbers of states, outcomes and seats are those of
-- proto/sangkien/appraisal/v1/types.proto and judging.proto.

BEGIN;

CREATE SCHEMA appraisal;

CREATE TABLE appraisal.dossier_intake (
    programme         text  NOT NULL,
    id                uuid  NOT NULL,
    version           int8  NOT NULL CHECK (version > 0),
    state             int4  NOT NULL CHECK (state BETWEEN 1 AND 3),
    changed_at        timestamptz NOT NULL,
    dossier_version   int8  NOT NULL CHECK (dossier_version >= 0),
    digest            bytea CHECK (octet_length(digest) = 32),
    entry_code        text  NOT NULL CHECK (entry_code IS NFC NORMALIZED),
    title             text  NOT NULL CHECK (title IS NFC NORMALIZED),
    entrant_agency_id uuid,
    estimate_vnd      int8  NOT NULL CHECK (estimate_vnd >= 0),
    appraisal_case_id uuid,
    PRIMARY KEY (programme, id),
    -- Only a withdrawal may come before the dossier itself.
    CONSTRAINT dossier_intake_known_check CHECK (state = 3
        OR (dossier_version > 0 AND digest IS NOT NULL AND entrant_agency_id IS NOT NULL)),
    CONSTRAINT dossier_intake_taken_up_check CHECK (state <> 2 OR appraisal_case_id IS NOT NULL)
) WITH (fillfactor = 70);

CREATE TABLE appraisal.dossier_author (
    programme       text NOT NULL,
    parent          uuid NOT NULL,
    place           int4 NOT NULL CHECK (place >= 0),
    dossier_version int8 NOT NULL CHECK (dossier_version > 0),
    person_id       uuid NOT NULL,
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.dossier_intake
);

-- Agencies that entered together with the entrant agency.
CREATE TABLE appraisal.dossier_co_entrant (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    agency_id uuid NOT NULL,
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.dossier_intake
);

CREATE TABLE appraisal.appraisal_case (
    programme               text  NOT NULL,
    id                      uuid  NOT NULL,
    version                 int8  NOT NULL CHECK (version > 0),
    state                   int4  NOT NULL CHECK (state BETWEEN 1 AND 10),
    changed_at              timestamptz NOT NULL,
    dossier_id              uuid  NOT NULL,
    dossier_version         int8  NOT NULL CHECK (dossier_version > 0),
    digest                  bytea NOT NULL CHECK (octet_length(digest) = 32),
    entry_code              text  NOT NULL CHECK (entry_code IS NFC NORMALIZED),
    title                   text  NOT NULL CHECK (title IS NFC NORMALIZED),
    entrant_agency_id       uuid  NOT NULL,
    estimate_vnd            int8  NOT NULL CHECK (estimate_vnd >= 0),
    opinions_due_at         timestamptz,
    outcome                 int4  NOT NULL CHECK (outcome BETWEEN 0 AND 4),
    scope                   int4  NOT NULL CHECK (scope BETWEEN 0 AND 5),
    recommended_ceiling_vnd int8  NOT NULL,
    minutes                 bytea,
    report                  bytea,
    PRIMARY KEY (programme, id),
    FOREIGN KEY (programme, dossier_id) REFERENCES appraisal.dossier_intake,
    CONSTRAINT appraisal_case_ceiling_check
        CHECK (recommended_ceiling_vnd BETWEEN 0 AND estimate_vnd),
    -- A ceiling stands exactly with a recommendation.
    CONSTRAINT appraisal_case_recommended_check
        CHECK ((outcome IN (1, 2, 3)) = (recommended_ceiling_vnd > 0)),
    CONSTRAINT appraisal_case_consulting_check
        CHECK (state NOT IN (3, 4, 5, 6, 7) OR opinions_due_at IS NOT NULL),
    CONSTRAINT appraisal_case_concluded_check
        CHECK (state NOT IN (6, 7) OR (outcome > 0 AND scope > 0 AND minutes IS NOT NULL)),
    CONSTRAINT appraisal_case_reported_check CHECK (state <> 7 OR report IS NOT NULL)
) WITH (fillfactor = 70);

-- One case per dossier that was not voided.
CREATE UNIQUE INDEX appraisal_case_one_open ON appraisal.appraisal_case (programme, dossier_id)
    WHERE state <> 10;

CREATE INDEX appraisal_case_of_agency ON appraisal.appraisal_case (entrant_agency_id, id)
    WHERE entrant_agency_id IS NOT NULL;
-- The view open_work names the same states.
CREATE INDEX appraisal_case_open ON appraisal.appraisal_case (programme, id) WHERE state IN (1, 2, 3, 6);

-- What was examined never changes; what was concluded stays concluded.
CREATE FUNCTION appraisal.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'appraisal case %: what was examined and concluded stays as it is', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER appraisal_case_stays BEFORE UPDATE ON appraisal.appraisal_case FOR EACH ROW
    WHEN ((OLD.dossier_id, OLD.dossier_version, OLD.digest, OLD.entrant_agency_id, OLD.estimate_vnd)
              IS DISTINCT FROM
          (NEW.dossier_id, NEW.dossier_version, NEW.digest, NEW.entrant_agency_id, NEW.estimate_vnd)
          OR (OLD.outcome > 0
              AND (OLD.outcome, OLD.scope, OLD.recommended_ceiling_vnd, OLD.minutes)
                      IS DISTINCT FROM
                  (NEW.outcome, NEW.scope, NEW.recommended_ceiling_vnd, NEW.minutes))
          OR (OLD.report IS NOT NULL AND OLD.report IS DISTINCT FROM NEW.report))
    EXECUTE FUNCTION appraisal.refuse_change();

-- Authors of the dossier version that is appraised.
CREATE TABLE appraisal.case_author (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    person_id uuid NOT NULL,
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.appraisal_case
);

CREATE TABLE appraisal.case_co_entrant (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    agency_id uuid NOT NULL,
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.appraisal_case
);

CREATE TABLE appraisal.panel_member (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    person_id uuid NOT NULL,
    seat      int4 NOT NULL CHECK (seat BETWEEN 1 AND 3),
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.appraisal_case,
    CONSTRAINT panel_member_person_key UNIQUE (programme, parent, person_id)
);
CREATE UNIQUE INDEX panel_member_one_chair ON appraisal.panel_member (programme, parent) WHERE seat = 1;
CREATE UNIQUE INDEX panel_member_one_secretary ON appraisal.panel_member (programme, parent) WHERE seat = 2;

-- Nobody judges their own work. The authors came with the case, so they are there before any member.
CREATE FUNCTION appraisal.refuse_author() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM appraisal.case_author AS a
                WHERE a.programme = NEW.programme AND a.parent = NEW.parent
                  AND a.person_id = NEW.person_id) THEN
        RAISE EXCEPTION 'appraisal case %: an author cannot sit on the panel', NEW.parent
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER panel_member_no_author BEFORE INSERT ON appraisal.panel_member FOR EACH ROW
    EXECUTE FUNCTION appraisal.refuse_author();

CREATE TABLE appraisal.consultee (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    agency_id uuid NOT NULL,
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.appraisal_case,
    CONSTRAINT consultee_agency_key UNIQUE (programme, parent, agency_id)
);

CREATE INDEX consultee_of_agency ON appraisal.consultee (agency_id, parent) WHERE agency_id IS NOT NULL;

CREATE TABLE appraisal.opinion (
    programme text  NOT NULL,
    parent    uuid  NOT NULL,
    place     int4  NOT NULL CHECK (place >= 0),
    agency_id uuid  NOT NULL,
    person_id uuid  NOT NULL,
    verdict   int4  NOT NULL CHECK (verdict BETWEEN 1 AND 3),
    opinion   text  NOT NULL CHECK (opinion <> '' AND opinion IS NFC NORMALIZED),
    document  bytea NOT NULL,
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.appraisal_case,
    CONSTRAINT opinion_agency_key UNIQUE (programme, parent, agency_id),
    CONSTRAINT opinion_consultee_fkey FOREIGN KEY (programme, parent, agency_id)
        REFERENCES appraisal.consultee (programme, parent, agency_id)
);

-- What waits, and for whom: a case in consultation for each agency that has not answered, and then for the panel.
CREATE VIEW appraisal.open_work AS
    SELECT c.programme,
           (c.id::text || '/' || coalesce(q.agency_id::text, '')) COLLATE "C" AS page_key,
           c.id AS subject,
           'appraisal_case'::text AS kind,
           c.entry_code,
           c.title,
           w.word AS state,
           CASE WHEN q.agency_id IS NOT NULL THEN 'CONSULTEE' ELSE w.role END AS waiting_for,
           q.agency_id,
           c.entrant_agency_id,
           (extract(epoch FROM c.changed_at) * 1000000)::int8 AS since_us,
           (extract(epoch FROM CASE WHEN c.state = 3 THEN c.opinions_due_at END) * 1000000)::int8 AS until_us
    FROM appraisal.appraisal_case AS c
    JOIN (VALUES (1, 'OPENED', 'STANDING'),
                 (2, 'PANEL_SET', 'STANDING'),
                 (3, 'CONSULTING', 'MEMBER'),
                 (6, 'CONCLUDED', 'STANDING')) AS w(state, word, role)
      ON w.state = c.state
    LEFT JOIN LATERAL (SELECT k.agency_id FROM appraisal.consultee AS k
                       WHERE w.word = 'CONSULTING' AND k.programme = c.programme AND k.parent = c.id
                         AND NOT EXISTS (SELECT FROM appraisal.opinion AS o WHERE o.programme = k.programme
                                         AND o.parent = k.parent AND o.agency_id = k.agency_id OFFSET 0)
                       OFFSET 0) AS q ON true
    WHERE c.state IN (1, 2, 3, 6);

-- ------------------------------------------------------------------ judging

-- An edition whose rules were published; it has the edition's id.
CREATE TABLE appraisal.contest (
    programme           text  NOT NULL,
    id                  uuid  NOT NULL,
    version             int8  NOT NULL CHECK (version > 0),
    state               int4  NOT NULL CHECK (state BETWEEN 1 AND 5),
    changed_at          timestamptz NOT NULL,
    rules_digest        bytea NOT NULL CHECK (octet_length(rules_digest) = 32),
    rules               bytea NOT NULL,
    jury_may_enter      bool  NOT NULL,
    organiser_agency_id uuid,
    awaited             bytea,
    PRIMARY KEY (programme, id)
) WITH (fillfactor = 70);

-- A contest goes from PUBLISHED (1) over CLOSED (2), ENTRANTS_CONFIRMED (3) and JUDGED (4) to ENDED (5), and back from JUDGED
-- alone: judging may be opened again, what was said about entrants is not taken back. Its rules stay.
CREATE FUNCTION appraisal.refuse_contest_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'contest %: it only goes on, by its own rules', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER contest_stays BEFORE UPDATE ON appraisal.contest FOR EACH ROW
    WHEN ((NEW.state < OLD.state AND NOT (OLD.state = 4 AND NEW.state = 3))
          OR (NEW.state = 4 AND OLD.state NOT IN (3, 4))
          OR (OLD.state = 5 AND NEW.awaited IS DISTINCT FROM OLD.awaited)
          OR (OLD.rules_digest, OLD.rules, OLD.jury_may_enter, OLD.organiser_agency_id)
                 IS DISTINCT FROM
             (NEW.rules_digest, NEW.rules, NEW.jury_may_enter, NEW.organiser_agency_id))
    EXECUTE FUNCTION appraisal.refuse_contest_change();

CREATE TABLE appraisal.contest_round (
    programme    text NOT NULL,
    parent       uuid NOT NULL,
    place        int4 NOT NULL CHECK (place >= 0),
    round_id     uuid NOT NULL,
    round_code   text NOT NULL CHECK (round_code <> ''),
    cluster_code text NOT NULL,
    instance     int4 NOT NULL CHECK (instance > 0),
    state        int4 NOT NULL CHECK (state IN (1, 4, 5)),
    ranking_digest bytea CHECK (octet_length(ranking_digest) = 32),
    proposed_by  uuid,
    confirmed_by uuid,
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.contest,
    CONSTRAINT contest_round_confirmed CHECK ((state = 4) = (ranking_digest IS NOT NULL)
        AND (state = 4) = (proposed_by IS NOT NULL) AND (state = 4) = (confirmed_by IS NOT NULL))
);

-- A registered entry of a contest; it has the entry's id. It may be heard of in one batch with its contest.
CREATE TABLE appraisal.contender (
    programme         text NOT NULL,
    id                uuid NOT NULL,
    version           int8 NOT NULL CHECK (version > 0),
    state             int4 NOT NULL CHECK (state BETWEEN 1 AND 4),
    changed_at        timestamptz NOT NULL,
    edition_id        uuid NOT NULL,
    entry_code        text NOT NULL CHECK (entry_code <> '' AND entry_code IS NFC NORMALIZED),
    title             text NOT NULL CHECK (title IS NFC NORMALIZED),
    summary           text NOT NULL CHECK (summary IS NFC NORMALIZED),
    entrant_agency_id uuid NOT NULL,
    team              text NOT NULL CHECK (team IS NFC NORMALIZED),
    track             text NOT NULL,
    submitted_at      timestamptz,
    entry_version     int8 NOT NULL,
    round_id          uuid,
    next_round_code   text NOT NULL,
    PRIMARY KEY (programme, id),
    FOREIGN KEY (programme, edition_id) REFERENCES appraisal.contest DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT contender_in_round_check CHECK (state NOT IN (2, 3) OR round_id IS NOT NULL)
) WITH (fillfactor = 70);

CREATE TABLE appraisal.contender_author (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    person_id uuid NOT NULL,
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.contender,
    CONSTRAINT contender_author_person_key UNIQUE (programme, parent, person_id)
);
CREATE INDEX contender_author_of_person ON appraisal.contender_author (programme, person_id, parent);

CREATE TABLE appraisal.contender_co_entrant (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    agency_id uuid NOT NULL,
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.contender
);

-- What the entry cites, for its judges to look at.
CREATE TABLE appraisal.contender_evidence (
    programme  text  NOT NULL,
    parent     uuid  NOT NULL,
    place      int4  NOT NULL CHECK (place >= 0),
    kind       int4  NOT NULL CHECK (kind BETWEEN 1 AND 3),
    name       text  NOT NULL CHECK (name <> '' AND name IS NFC NORMALIZED),
    uri        text  NOT NULL,
    sha256     bytea NOT NULL CHECK (octet_length(sha256) = 32),
    size_bytes int8  NOT NULL CHECK (size_bytes > 0),
    media_type text  NOT NULL,
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.contender
);

CREATE TABLE appraisal.council (
    programme           text  NOT NULL,
    id                  uuid  NOT NULL,
    version             int8  NOT NULL CHECK (version > 0),
    state               int4  NOT NULL CHECK (state BETWEEN 1 AND 2),
    changed_at          timestamptz NOT NULL,
    edition_id          uuid  NOT NULL,
    document            bytea NOT NULL,
    organiser_agency_id uuid,
    PRIMARY KEY (programme, id),
    FOREIGN KEY (programme, edition_id) REFERENCES appraisal.contest
) WITH (fillfactor = 70);

CREATE TABLE appraisal.council_member (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    person_id uuid NOT NULL,
    seat      int4 NOT NULL CHECK (seat BETWEEN 1 AND 4),
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.council,
    CONSTRAINT council_member_person_key UNIQUE (programme, parent, person_id)
);
CREATE UNIQUE INDEX council_member_one_chair ON appraisal.council_member (programme, parent) WHERE seat = 1;
CREATE UNIQUE INDEX council_member_one_secretary ON appraisal.council_member (programme, parent) WHERE seat = 2;
CREATE UNIQUE INDEX council_member_one_vice_chair ON appraisal.council_member (programme, parent) WHERE seat = 4;
CREATE INDEX council_member_of_person ON appraisal.council_member (programme, person_id, parent);

-- What a member declares of itself.
CREATE TABLE appraisal.council_conflict (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    person_id uuid NOT NULL,
    entry_id  uuid NOT NULL,
    kind      int4 NOT NULL CHECK (kind = 1),
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.council,
    CONSTRAINT council_conflict_key UNIQUE (programme, parent, person_id, entry_id),
    CONSTRAINT council_conflict_member_fkey FOREIGN KEY (programme, parent, person_id)
        REFERENCES appraisal.council_member (programme, parent, person_id)
);

CREATE TABLE appraisal.council_declarant (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    person_id uuid NOT NULL,
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.council,
    CONSTRAINT council_declarant_key UNIQUE (programme, parent, person_id),
    CONSTRAINT council_declarant_member_fkey FOREIGN KEY (programme, parent, person_id)
        REFERENCES appraisal.council_member (programme, parent, person_id)
);

-- A row when a round of the council is planned, and one when it is over.
CREATE TABLE appraisal.council_round (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    round_id  uuid NOT NULL,
    is_over   bool NOT NULL,
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.council,
    CONSTRAINT council_round_key UNIQUE (programme, parent, round_id, is_over)
);

-- Its council may be constituted in the same batch.
CREATE TABLE appraisal.round (
    programme           text  NOT NULL,
    id                  uuid  NOT NULL,
    version             int8  NOT NULL CHECK (version > 0),
    state               int4  NOT NULL CHECK (state BETWEEN 1 AND 6),
    changed_at          timestamptz NOT NULL,
    edition_id          uuid  NOT NULL,
    round_code          text  NOT NULL CHECK (round_code <> ''),
    cluster_code        text  NOT NULL,
    instance            int4  NOT NULL CHECK (instance > 0),
    council_id          uuid  NOT NULL,
    stage               int4  NOT NULL CHECK (stage BETWEEN 1 AND 3),
    rules_digest        bytea NOT NULL CHECK (octet_length(rules_digest) = 32),
    rules               bytea NOT NULL,
    is_last             bool  NOT NULL,
    organiser_agency_id uuid,
    due_at              timestamptz,
    ranking             bytea,
    ranking_digest      bytea CHECK (octet_length(ranking_digest) = 32),
    proposed_by         uuid,
    confirmed_by        uuid,
    deliberation        bytea,
    was_proposed        bool  NOT NULL,
    PRIMARY KEY (programme, id),
    FOREIGN KEY (programme, edition_id) REFERENCES appraisal.contest,
    FOREIGN KEY (programme, council_id) REFERENCES appraisal.council DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT round_cluster_check CHECK ((stage = 1) = (cluster_code <> '')),
    CONSTRAINT round_due_check CHECK (state NOT IN (2, 3, 4) OR due_at IS NOT NULL),
    -- A ranking is proposed by somebody, in a session of which there are minutes.
    CONSTRAINT round_proposed_check CHECK ((ranking_digest IS NULL) = (proposed_by IS NULL)
        AND (ranking_digest IS NULL) = (deliberation IS NULL)
        AND (state NOT IN (3, 4) OR ranking_digest IS NOT NULL)
        AND (ranking_digest IS NULL OR was_proposed)
        AND (state NOT IN (1, 2) OR ranking_digest IS NULL)),
    CONSTRAINT round_confirmed_check CHECK ((ranking IS NULL) = (confirmed_by IS NULL)
        AND (state <> 4 OR ranking IS NOT NULL) AND (state IN (4, 5) OR ranking IS NULL)),
    -- Chair and secretary, or who stands in: nobody confirms what they proposed themselves.
    CONSTRAINT round_two_persons_check CHECK (confirmed_by <> proposed_by)
) WITH (fillfactor = 70);

-- A round is held once, and again only when it was annulled. Not by the programme as it is: whoever looks for one by its
-- id is not to be led into these indexes.
CREATE UNIQUE INDEX round_one_live ON appraisal.round (edition_id, round_code, cluster_code, (programme || ''))
    WHERE state <> 5;
CREATE UNIQUE INDEX round_instance_key
    ON appraisal.round (edition_id, round_code, cluster_code, instance, (programme || ''));
CREATE INDEX round_of_organiser ON appraisal.round (programme, organiser_agency_id, id) WHERE organiser_agency_id IS NOT NULL;
-- ListOpenJudging names the same states.
CREATE INDEX round_open ON appraisal.round (programme, id) WHERE state IN (1, 2, 3, 6);
CREATE INDEX round_open_of_organiser ON appraisal.round (programme, organiser_agency_id, id)
    WHERE state IN (1, 2, 3, 6) AND organiser_agency_id IS NOT NULL;

-- What a round is judged by never changes; a confirmed ranking stays, also when the round is annulled.
CREATE FUNCTION appraisal.refuse_round_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'round %: what it is judged by, and what was confirmed, stays as it is', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER round_stays BEFORE UPDATE ON appraisal.round FOR EACH ROW
    WHEN ((OLD.edition_id, OLD.round_code, OLD.cluster_code, OLD.instance, OLD.council_id, OLD.stage,
           OLD.rules_digest, OLD.rules, OLD.is_last, OLD.organiser_agency_id)
              IS DISTINCT FROM
          (NEW.edition_id, NEW.round_code, NEW.cluster_code, NEW.instance, NEW.council_id, NEW.stage,
           NEW.rules_digest, NEW.rules, NEW.is_last, NEW.organiser_agency_id)
          OR OLD.state = 5
          OR (OLD.state = 6 AND NEW.state <> 5)
          OR (OLD.was_proposed AND NOT NEW.was_proposed)
          OR (OLD.state = 4 AND NEW.state <> 5)
          OR (OLD.state = 4 AND (OLD.ranking, OLD.ranking_digest, OLD.proposed_by, OLD.confirmed_by, OLD.due_at,
                                 OLD.deliberation)
                                    IS DISTINCT FROM
                                (NEW.ranking, NEW.ranking_digest, NEW.proposed_by, NEW.confirmed_by, NEW.due_at,
                                 NEW.deliberation)))
    EXECUTE FUNCTION appraisal.refuse_round_change();

CREATE TABLE appraisal.round_member (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    person_id uuid NOT NULL,
    seat      int4 NOT NULL CHECK (seat BETWEEN 1 AND 4),
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.round,
    CONSTRAINT round_member_person_key UNIQUE (programme, parent, person_id)
);
CREATE UNIQUE INDEX round_member_one_chair ON appraisal.round_member (programme, parent) WHERE seat = 1;
CREATE UNIQUE INDEX round_member_one_secretary ON appraisal.round_member (programme, parent) WHERE seat = 2;
CREATE UNIQUE INDEX round_member_one_vice_chair ON appraisal.round_member (programme, parent) WHERE seat = 4;
CREATE INDEX round_member_of_person ON appraisal.round_member (programme, person_id, parent);

CREATE TABLE appraisal.round_entry (
    programme  text NOT NULL,
    parent     uuid NOT NULL,
    place      int4 NOT NULL CHECK (place >= 0),
    entry_id   uuid NOT NULL,
    entry_code text NOT NULL CHECK (entry_code <> ''),
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.round,
    FOREIGN KEY (programme, entry_id) REFERENCES appraisal.contender,
    CONSTRAINT round_entry_key UNIQUE (programme, parent, entry_id)
);

CREATE TABLE appraisal.round_conflict (
    programme text NOT NULL,
    parent    uuid NOT NULL,
    place     int4 NOT NULL CHECK (place >= 0),
    person_id uuid NOT NULL,
    entry_id  uuid NOT NULL,
    kind      int4 NOT NULL CHECK (kind BETWEEN 1 AND 5),
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.round,
    CONSTRAINT round_conflict_key UNIQUE (programme, parent, person_id, entry_id)
);

-- What the chair decided between equals.
CREATE TABLE appraisal.round_decision (
    programme text  NOT NULL,
    parent    uuid  NOT NULL,
    place     int4  NOT NULL CHECK (place >= 0),
    decision  bytea NOT NULL,
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES appraisal.round
);

CREATE TABLE appraisal.score_sheet (
    programme       text NOT NULL,
    id              uuid NOT NULL,
    version         int8 NOT NULL CHECK (version > 0),
    state           int4 NOT NULL CHECK (state BETWEEN 1 AND 6),
    changed_at      timestamptz NOT NULL,
    round_id        uuid NOT NULL,
    entry_id        uuid NOT NULL,
    entry_code      text NOT NULL CHECK (entry_code <> ''),
    person_id       uuid NOT NULL,
    judge_agency_id uuid,
    council_id      uuid NOT NULL,
    scores          bytea,
    total_centi     int4 NOT NULL CHECK (total_centi BETWEEN 0 AND 10000),
    reason          text NOT NULL,
    excused_by      uuid,
    PRIMARY KEY (programme, id),
    FOREIGN KEY (programme, round_id) REFERENCES appraisal.round,
    CONSTRAINT score_sheet_once UNIQUE (programme, round_id, person_id, entry_id),
    CONSTRAINT score_sheet_judge_fkey FOREIGN KEY (programme, round_id, person_id)
        REFERENCES appraisal.round_member (programme, parent, person_id),
    CONSTRAINT score_sheet_entry_fkey FOREIGN KEY (programme, round_id, entry_id)
        REFERENCES appraisal.round_entry (programme, parent, entry_id),
    CONSTRAINT score_sheet_locked_check CHECK (state <> 3 OR scores IS NOT NULL),
    CONSTRAINT score_sheet_reason_check CHECK (state NOT IN (4, 5) OR reason <> ''),
    CONSTRAINT score_sheet_excused_check CHECK ((state = 5) = (excused_by IS NOT NULL))
) WITH (fillfactor = 70);

CREATE INDEX score_sheet_of_person ON appraisal.score_sheet (programme, person_id, id);
-- ListOpenJudging names the same states.
CREATE INDEX score_sheet_open ON appraisal.score_sheet (programme, id) WHERE state IN (1, 2, 4);
CREATE INDEX score_sheet_open_of_round ON appraisal.score_sheet (programme, round_id) WHERE state IN (1, 2, 4);
CREATE INDEX score_sheet_open_of_agency ON appraisal.score_sheet (judge_agency_id, id) WHERE state IN (1, 2, 4);

-- Nobody judges an entry with which they have a conflict. The conflicts came with the round, which is written first.
CREATE FUNCTION appraisal.refuse_conflict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM appraisal.round_conflict AS c
                WHERE c.programme = NEW.programme AND c.parent = NEW.round_id
                  AND c.person_id = NEW.person_id AND c.entry_id = NEW.entry_id) THEN
        RAISE EXCEPTION 'score sheet %: its judge has a conflict', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER score_sheet_no_conflict BEFORE INSERT ON appraisal.score_sheet FOR EACH ROW
    EXECUTE FUNCTION appraisal.refuse_conflict();

CREATE FUNCTION appraisal.refuse_sheet_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'score sheet %: whose it is, and for which entry, stays as it is', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER score_sheet_stays BEFORE UPDATE ON appraisal.score_sheet FOR EACH ROW
    WHEN ((OLD.round_id, OLD.entry_id, OLD.entry_code, OLD.person_id, OLD.judge_agency_id, OLD.council_id)
              IS DISTINCT FROM
          (NEW.round_id, NEW.entry_id, NEW.entry_code, NEW.person_id, NEW.judge_agency_id, NEW.council_id)
          OR (OLD.state = 3 AND NEW.state = 3
              AND (OLD.scores, OLD.total_centi) IS DISTINCT FROM (NEW.scores, NEW.total_centi)
              AND NEW.version < OLD.version + 2) -- reopened and locked again meanwhile
          OR OLD.state IN (5, 6))
    EXECUTE FUNCTION appraisal.refuse_sheet_change();

-- When a round is confirmed, annulled or called off, its sheets are closed. The last sheet and the confirmation may lie in one
-- batch, in which the round is written first: a round that this very transaction wrote closes nothing yet.
CREATE FUNCTION appraisal.refuse_closed_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM appraisal.round AS r
                WHERE r.programme = NEW.programme AND r.id = NEW.round_id AND r.state IN (4, 5, 6)
                  AND r.xmin <> pg_current_xact_id()::xid) THEN
        RAISE EXCEPTION 'score sheet %: its round is over', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER score_sheet_of_open_round BEFORE INSERT OR UPDATE ON appraisal.score_sheet FOR EACH ROW
    EXECUTE FUNCTION appraisal.refuse_closed_sheet();

-- Nobody who wrote an entry sits on a council of its edition, unless the rules say otherwise: neither who is named
-- later than the entry, nor whose entry comes later than the council, as soon as it is to be judged.
CREATE FUNCTION appraisal.refuse_member_who_enters() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    edition uuid := (SELECT c.edition_id FROM appraisal.council AS c
                      WHERE c.programme = NEW.programme AND c.id = NEW.parent);
BEGIN
    IF NOT (SELECT c.jury_may_enter FROM appraisal.contest AS c WHERE c.programme = NEW.programme AND c.id = edition)
       AND EXISTS (SELECT FROM appraisal.contender_author AS a
                    WHERE a.person_id = NEW.person_id AND a.programme = NEW.programme
                      AND (SELECT e.edition_id = edition AND e.state <> 4 FROM appraisal.contender AS e
                            WHERE e.programme = a.programme AND e.id = a.parent)) THEN
        RAISE EXCEPTION 'council %: an author of the edition cannot sit on it', NEW.parent
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER council_member_no_author BEFORE INSERT ON appraisal.council_member FOR EACH ROW
    EXECUTE FUNCTION appraisal.refuse_member_who_enters();

CREATE FUNCTION appraisal.refuse_entry_of_member() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    edition uuid := (SELECT r.edition_id FROM appraisal.round AS r
                      WHERE r.programme = NEW.programme AND r.id = NEW.parent);
BEGIN
    IF NOT (SELECT c.jury_may_enter FROM appraisal.contest AS c WHERE c.programme = NEW.programme AND c.id = edition)
       AND EXISTS (SELECT FROM appraisal.contender_author AS a
                    WHERE a.programme = NEW.programme AND a.parent = NEW.entry_id
                      AND EXISTS (SELECT FROM appraisal.council_member AS m
                                   WHERE m.person_id = a.person_id AND m.programme = a.programme
                                     AND (SELECT c.edition_id = edition AND c.state = 1 FROM appraisal.council AS c
                                           WHERE c.programme = m.programme AND c.id = m.parent) OFFSET 0)) THEN
        RAISE EXCEPTION 'round %: an author of an entry sits on a council of the edition', NEW.parent
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER round_entry_no_author BEFORE INSERT ON appraisal.round_entry FOR EACH ROW
    EXECUTE FUNCTION appraisal.refuse_entry_of_member();

GRANT USAGE ON SCHEMA appraisal TO sangkien_appraisal, sangkien_auditor, sangkien_administrator;
GRANT SELECT ON ALL TABLES IN SCHEMA appraisal TO sangkien_appraisal, sangkien_auditor, sangkien_administrator;
GRANT INSERT, UPDATE ON appraisal.dossier_intake, appraisal.appraisal_case, appraisal.contest, appraisal.contender,
    appraisal.council, appraisal.round, appraisal.score_sheet TO sangkien_appraisal;
GRANT INSERT ON appraisal.dossier_author, appraisal.dossier_co_entrant, appraisal.case_author,
    appraisal.case_co_entrant, appraisal.panel_member,
    appraisal.consultee, appraisal.opinion, appraisal.contest_round, appraisal.contender_author,
    appraisal.contender_co_entrant, appraisal.contender_evidence, appraisal.council_member, appraisal.council_conflict,
    appraisal.council_declarant, appraisal.council_round, appraisal.round_member, appraisal.round_entry,
    appraisal.round_conflict, appraisal.round_decision TO sangkien_appraisal;

COMMIT;
