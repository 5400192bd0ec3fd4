-- Deploy sangkien:directory to pg
-- Agencies, persons, systems and who holds which role. All of it lives in the programme "directory".

BEGIN;

CREATE SCHEMA directory;

CREATE TABLE directory.agency (
    programme        text NOT NULL CHECK (programme = 'directory'),
    id               uuid NOT NULL,
    version          int8 NOT NULL CHECK (version > 0),
    state            int4 NOT NULL CHECK (state BETWEEN 1 AND 5),
    changed_at       timestamptz NOT NULL,
    -- Its own id: the agency is a party of what happens to it.
    agency_id        uuid NOT NULL CHECK (agency_id = id),
    name             text NOT NULL CHECK (name <> '' AND name IS NFC NORMALIZED),
    short_name       text NOT NULL CHECK (short_name IS NFC NORMALIZED),
    agency_class     int4 NOT NULL CHECK (agency_class BETWEEN 1 AND 5),
    level            int4 NOT NULL CHECK (level BETWEEN 1 AND 4),
    parent_agency_id uuid CHECK (parent_agency_id <> id),
    email            text NOT NULL CHECK (email ~ '^([!-~]+@[!-~]+)?$' AND octet_length(email) <= 254),
    agency_code      text NOT NULL CHECK (agency_code <> '' AND agency_code IS NFC NORMALIZED),
    PRIMARY KEY (programme, id),
    CONSTRAINT agency_agency_code_key UNIQUE (agency_code, programme),
    FOREIGN KEY (programme, parent_agency_id) REFERENCES directory.agency (programme, id)
);

-- Every name that it had, the present one last.
CREATE TABLE directory.agency_name (
    programme  text NOT NULL,
    parent     uuid NOT NULL,
    place      int4 NOT NULL CHECK (place >= 0),
    name       text NOT NULL CHECK (name <> '' AND name IS NFC NORMALIZED),
    short_name text NOT NULL CHECK (short_name IS NFC NORMALIZED),
    -- The legal act, as sangkien.types.v1.OfficialDocument. The first name may come without one.
    document   bytea,
    PRIMARY KEY (programme, parent, place),
    FOREIGN KEY (programme, parent) REFERENCES directory.agency (programme, id),
    CHECK (place = 0 OR document IS NOT NULL)
);

CREATE TABLE directory.person (
    programme  text NOT NULL CHECK (programme = 'directory'),
    id         uuid NOT NULL,
    version    int8 NOT NULL CHECK (version > 0),
    state      int4 NOT NULL CHECK (state = 1),
    changed_at timestamptz NOT NULL,
    agency_id  uuid NOT NULL,
    PRIMARY KEY (programme, id),
    CONSTRAINT person_agency_key UNIQUE (programme, id, agency_id),
    FOREIGN KEY (programme, agency_id) REFERENCES directory.agency (programme, id)
);

-- Personal data, outside the fold: it can be erased, and nothing that is verified changes.
CREATE TABLE directory.person_private (
    programme text NOT NULL,
    id        uuid NOT NULL,
    full_name text NOT NULL CHECK (full_name <> '' AND full_name IS NFC NORMALIZED),
    email     text NOT NULL CHECK (email ~ '^([!-~]+@[!-~]+)?$' AND octet_length(email) <= 254),
    PRIMARY KEY (programme, id),
    FOREIGN KEY (programme, id) REFERENCES directory.person (programme, id)
);

CREATE TABLE directory.peer_system (
    programme  text NOT NULL CHECK (programme = 'directory'),
    id         uuid NOT NULL,
    version    int8 NOT NULL CHECK (version > 0),
    state      int4 NOT NULL CHECK (state BETWEEN 1 AND 2),
    changed_at timestamptz NOT NULL,
    agency_id  uuid NOT NULL,
    name       text NOT NULL CHECK (name <> '' AND name IS NFC NORMALIZED),
    public_key text NOT NULL CHECK (public_key ~ '^[0-9a-zA-Z.:+=^!/*?&<>()@%$#{}\[\]-]{40}$'),
    PRIMARY KEY (programme, id),
    -- Also a revoked key is never anybody else's.
    CONSTRAINT peer_system_public_key_key UNIQUE (public_key, programme),
    FOREIGN KEY (programme, agency_id) REFERENCES directory.agency (programme, id)
);

-- Role 1 is the operator; state 1 is bound, 2 is ended.
CREATE TABLE directory.role_binding (
    programme    text NOT NULL CHECK (programme = 'directory'),
    id           uuid NOT NULL,
    version      int8 NOT NULL CHECK (version > 0),
    state        int4 NOT NULL CHECK (state BETWEEN 1 AND 2),
    changed_at   timestamptz NOT NULL,
    role         int4 NOT NULL CHECK (role BETWEEN 1 AND 15),
    agency_id    uuid NOT NULL,
    person_id    uuid,
    -- The programme in which it holds.
    in_programme text NOT NULL CHECK (in_programme <> ''),
    valid_from   timestamptz NOT NULL,
    valid_until  timestamptz CHECK (valid_until > valid_from),
    ended_at     timestamptz CHECK ((ended_at IS NOT NULL) = (state = 2)),
    PRIMARY KEY (programme, id),
    FOREIGN KEY (programme, agency_id) REFERENCES directory.agency (programme, id),
    FOREIGN KEY (programme, person_id, agency_id) REFERENCES directory.person (programme, id, agency_id),
    CONSTRAINT role_binding_operator_is_one_person
        CHECK (role <> 1 OR (person_id IS NOT NULL AND in_programme = 'directory'))
);
CREATE INDEX role_binding_agency ON directory.role_binding (agency_id, id) WHERE agency_id IS NOT NULL;
CREATE INDEX role_binding_person ON directory.role_binding (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX role_binding_operator ON directory.role_binding (programme) WHERE role = 1 AND state = 1;

-- Nobody is an operator and holds a business role, whatever several requests at once were told. Whoever binds
-- a role holds the rows of the agency and of the person locked, so that these look at what is committed.
CREATE FUNCTION directory.role_binding_is_separate() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM added AS a CROSS JOIN LATERAL (
                   SELECT b.programme, b.state, b.role FROM directory.role_binding AS b
                    WHERE b.person_id = a.person_id
                   UNION ALL
                   SELECT b.programme, b.state, b.role FROM directory.role_binding AS b
                    WHERE a.role = 1 AND b.agency_id = a.agency_id AND b.person_id IS NULL) AS o
                WHERE a.state = 1 AND o.programme = a.programme AND o.state = 1 AND (a.role = 1) <> (o.role = 1)) THEN
        RAISE EXCEPTION 'an operator holds no business role' USING
            ERRCODE = 'check_violation', SCHEMA = 'directory', TABLE = 'role_binding',
            CONSTRAINT = 'role_binding_operator_holds_no_business_role';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER role_binding_is_separate AFTER INSERT ON directory.role_binding
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION directory.role_binding_is_separate();

-- What was bound stays as it was bound, and what was ended stays ended.
CREATE FUNCTION directory.role_binding_stays() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (old.role, old.agency_id, old.person_id, old.in_programme, old.valid_from, old.valid_until)
           IS DISTINCT FROM (new.role, new.agency_id, new.person_id, new.in_programme, new.valid_from, new.valid_until)
       OR old.state = 2 THEN
        RAISE EXCEPTION 'a role binding is only ever ended' USING
            ERRCODE = 'check_violation', SCHEMA = 'directory', TABLE = 'role_binding',
            CONSTRAINT = 'role_binding_stays';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER role_binding_stays BEFORE UPDATE ON directory.role_binding
    FOR EACH ROW EXECUTE FUNCTION directory.role_binding_stays();

-- There is always an operator for an open period. Two who end each other at once queue at the lock, and the
-- second then sees what the first has committed.
CREATE FUNCTION directory.role_binding_keeps_an_operator() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM changed c WHERE c.role = 1 AND c.state = 2) THEN
        PERFORM pg_advisory_xact_lock(hashtext('directory.role_binding_keeps_an_operator'));
        IF NOT EXISTS (SELECT FROM directory.role_binding
                        WHERE programme = 'directory' AND role = 1 AND state = 1 AND valid_until IS NULL) THEN
            RAISE EXCEPTION 'the last operator stays' USING
                ERRCODE = 'check_violation', SCHEMA = 'directory', TABLE = 'role_binding',
                CONSTRAINT = 'role_binding_last_operator';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER role_binding_keeps_an_operator AFTER UPDATE ON directory.role_binding
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION directory.role_binding_keeps_an_operator();

GRANT USAGE ON SCHEMA directory TO sangkien_directory, sangkien_auditor, sangkien_administrator, sangkien_eraser;
GRANT SELECT, INSERT, UPDATE ON directory.agency, directory.person, directory.peer_system, directory.role_binding
    TO sangkien_directory;
GRANT SELECT, INSERT ON directory.agency_name TO sangkien_directory;
GRANT SELECT ON ALL TABLES IN SCHEMA directory TO sangkien_auditor, sangkien_administrator;
-- The directory puts names in and never reads them; the auditor reads facts, not names.
GRANT INSERT ON directory.person_private TO sangkien_directory;
REVOKE SELECT ON directory.person_private FROM sangkien_auditor;
GRANT SELECT, DELETE ON directory.person_private TO sangkien_eraser;

COMMIT;
