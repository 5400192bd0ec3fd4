-- Deploy sangkien:appraisal to pg
-- Accepted dossiers as they are known here, and their appraisal cases. Numbers of states, outcomes and seats
-- are those of proto/sangkien/appraisal/v1/types.proto.

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
           (extract(epoch FROM c.changed_at) * 1000000)::int8 AS since_us
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

GRANT USAGE ON SCHEMA appraisal TO sangkien_appraisal, sangkien_auditor, sangkien_administrator;
GRANT SELECT ON ALL TABLES IN SCHEMA appraisal TO sangkien_appraisal, sangkien_auditor, sangkien_administrator;
GRANT INSERT, UPDATE ON appraisal.dossier_intake, appraisal.appraisal_case TO sangkien_appraisal;
GRANT INSERT ON appraisal.dossier_author, appraisal.dossier_co_entrant, appraisal.case_author,
    appraisal.case_co_entrant, appraisal.panel_member,
    appraisal.consultee, appraisal.opinion TO sangkien_appraisal;

COMMIT;
