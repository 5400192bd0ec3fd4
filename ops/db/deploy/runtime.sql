-- Deploy sangkien:runtime to pg
-- What the runtime itself keeps: inbox, journal, cursors, timers, what was parked.
--
-- In a young table the planner takes an index of which fewer columns are asked for for as good as the key, and goes
-- on reading a whole programme through it when the table has grown. So other indexes do not begin with programme, or
-- they are partial (WHERE column IS NOT NULL does): only who names that column can use them.

BEGIN;

CREATE SCHEMA runtime;

-- A service's role is sangkien_<service>; its rows carry the service's name.
CREATE FUNCTION runtime.current_service() RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT substr(current_user, length('sangkien_') + 1) $$;

-- Undoes a transaction that found something else than it had read.
CREATE FUNCTION runtime.must_be(truth bool) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    IF truth IS NOT TRUE THEN
        RAISE EXCEPTION 'a row was changed by somebody else' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN truth;
END $$;

-- What the programs compare themselves with at start.
CREATE TABLE runtime.schema_version (
    version int4 NOT NULL
);
INSERT INTO runtime.schema_version VALUES (1);

-- One row per programme: the end of its journal and of its inbox. Whoever writes in the programme locks it first.
CREATE TABLE runtime.journal_head (
    programme   text  PRIMARY KEY CHECK (programme ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    position    int8  NOT NULL DEFAULT 0,
    chain       bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (octet_length(chain) = 32),
    inbox_count int8  NOT NULL DEFAULT 0,
    inbox_chain bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (octet_length(inbox_chain) = 32)
) WITH (fillfactor = 20);

-- Events in commit order. position is gapless; version is the aggregate's. No foreign key to the head: whoever
-- writes holds its lock and moves it in the same transaction, and a look-up per row would only cost.
CREATE TABLE runtime.journal (
    programme      text  NOT NULL,
    position       int8  NOT NULL CHECK (position > 0),
    service        text  NOT NULL,
    kind           text  NOT NULL,
    aggregate      uuid  NOT NULL,
    version        int8  NOT NULL CHECK (version > 0),
    type           text  NOT NULL,
    body           bytea NOT NULL,
    recorded_at    timestamptz NOT NULL,
    because        text  NOT NULL,
    parties        uuid[] NOT NULL,
    -- What caused it: a request (source, cause); or an alarm of the runtime's own, or an event that was
    -- heard, by its position (source NULL). cause is what began it all, through every event heard.
    source         uuid,
    cause          uuid  NOT NULL,
    heard          int8  NOT NULL,
    agency         uuid,
    actor          uuid,
    capacity       int4  NOT NULL,
    traceparent    text  NOT NULL,
    -- Digests of the inbox row that caused it; NULL where none did.
    request_digest bytea,
    reply_digest   bytea,
    chain          bytea NOT NULL CHECK (octet_length(chain) = 32),
    PRIMARY KEY (programme, position),
    -- Readers go by the type alone: nobody writes another service's words.
    CONSTRAINT journal_type_is_own CHECK (starts_with(type, 'sangkien.' || service || '.v1.'))
);
-- Nothing begins twice. That versions go on by one is held by the lock of the head and the version in the state's own
-- row, and seen by verify: an index of all of them would be a fifth of what an event costs.
CREATE UNIQUE INDEX journal_begins_once ON runtime.journal (aggregate, kind, programme) WHERE version = 1;
-- What agencies are called: read by whoever writes to them.
CREATE INDEX journal_of_directory ON runtime.journal (aggregate, version) WHERE programme = 'directory';

-- Every request that got a final answer, with that answer. request holds its exact bytes. They may be erased,
-- with their salt, for the personal data in them: request_digest is SHA-256(salt || bytes), and only it is chained.
CREATE TABLE runtime.inbox (
    programme      text  NOT NULL,
    source         uuid  NOT NULL,
    id             uuid  NOT NULL,
    number         int8  NOT NULL CHECK (number > 0),
    service        text  NOT NULL,
    type           text  NOT NULL,
    subject        uuid,
    agency         uuid,
    actor          uuid,
    capacity       int4  NOT NULL,
    received_at    timestamptz NOT NULL,
    stored_at      timestamptz NOT NULL,
    request_digest bytea NOT NULL CHECK (octet_length(request_digest) = 32),
    salt           bytea CHECK (octet_length(salt) = 16),
    request        bytea,
    reply          bytea NOT NULL,
    chain          bytea NOT NULL CHECK (octet_length(chain) = 32),
    -- By id first: ids grow with time, so that new rows come to lie together whoever sent them.
    PRIMARY KEY (id, source, programme),
    CONSTRAINT inbox_erased_whole CHECK ((salt IS NULL) = (request IS NULL))
);

-- How far a consumer has heard a programme's journal.
CREATE TABLE runtime.cursor (
    consumer  text NOT NULL,
    programme text NOT NULL REFERENCES runtime.journal_head,
    position  int8 NOT NULL DEFAULT 0,
    PRIMARY KEY (consumer, programme)
) WITH (fillfactor = 20);

-- Messages that the runtime will say later.
CREATE TABLE runtime.timer (
    programme text  NOT NULL REFERENCES runtime.journal_head,
    id        uuid  NOT NULL,
    service   text  NOT NULL,
    kind      text  NOT NULL,
    subject   uuid  NOT NULL,
    type      text  NOT NULL,
    body      bytea NOT NULL,
    due_at    timestamptz NOT NULL,
    PRIMARY KEY (id, programme)
);
CREATE INDEX timer_due ON runtime.timer (due_at, service) WHERE due_at IS NOT NULL;

-- Events that a consumer could not take, and the later ones of the same subject.
CREATE TABLE runtime.parked (
    consumer  text NOT NULL,
    programme text NOT NULL,
    position  int8 NOT NULL,
    subject   uuid NOT NULL,
    reason    text NOT NULL,
    parked_at timestamptz NOT NULL,
    -- Set by an administrator: 'RETRY' or 'DISCARD', and why.
    verdict   text CHECK (verdict IN ('RETRY', 'DISCARD')),
    verdict_reason text,
    PRIMARY KEY (consumer, programme, position),
    CHECK (verdict IS DISTINCT FROM 'DISCARD' OR verdict_reason <> '')
);
CREATE INDEX parked_subject ON runtime.parked (consumer, programme, subject);

-- Roles: services own nothing; the gateway and the auditor only read.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['gateway', 'directory', 'submissions', 'appraisal', 'funding',
                                'notifications', 'auditor', 'administrator', 'eraser'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sangkien_' || name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT', 'sangkien_' || name);
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA runtime TO %I', 'sangkien_' || name);
        EXECUTE format('GRANT SELECT ON runtime.schema_version, runtime.journal_head, runtime.journal TO %I',
                       'sangkien_' || name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['directory', 'submissions', 'appraisal', 'funding', 'notifications'] LOOP
        EXECUTE format('GRANT INSERT ON runtime.journal TO %I', 'sangkien_' || name);
        EXECUTE format('GRANT UPDATE ON runtime.journal_head TO %I', 'sangkien_' || name);
        -- Nobody who serves reads requests again: the salt is enough to know one by its digest.
        EXECUTE format('GRANT INSERT, SELECT (programme, source, id, service, request_digest, salt, reply) ON runtime.inbox TO %I',
                       'sangkien_' || name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON runtime.cursor TO %I', 'sangkien_' || name);
        EXECUTE format('GRANT SELECT, INSERT, DELETE ON runtime.timer, runtime.parked TO %I', 'sangkien_' || name);
    END LOOP;
    GRANT INSERT ON runtime.journal_head TO sangkien_directory, sangkien_submissions;
    GRANT SELECT ON ALL TABLES IN SCHEMA runtime TO sangkien_auditor, sangkien_administrator;
    GRANT UPDATE (verdict, verdict_reason) ON runtime.parked TO sangkien_administrator;
    GRANT SELECT (programme, source, id), UPDATE (salt, request) ON runtime.inbox TO sangkien_eraser;
END $$;

-- A service inserts and sees only its own rows; everybody may read the journal. The name is asked for once a
-- statement, not once a row.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['journal', 'inbox', 'timer'] LOOP
        EXECUTE format('ALTER TABLE runtime.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_insert ON runtime.%I FOR INSERT WITH CHECK (service = (SELECT runtime.current_service()))', name);
    END LOOP;
    CREATE POLICY whole_insert ON runtime.inbox AS RESTRICTIVE FOR INSERT WITH CHECK (salt IS NOT NULL);
    CREATE POLICY erased ON runtime.inbox FOR SELECT TO sangkien_eraser USING (true);
    CREATE POLICY erasure ON runtime.inbox FOR UPDATE TO sangkien_eraser
        USING (true) WITH CHECK (salt IS NULL AND request IS NULL);
    CREATE POLICY readers ON runtime.journal FOR SELECT USING (true);
    -- A policy of their own for those who see all rows: so that nothing is asked of each.
    FOREACH name IN ARRAY ARRAY['inbox', 'timer'] LOOP
        EXECUTE format('CREATE POLICY own_rows ON runtime.%I FOR SELECT USING (service = (SELECT runtime.current_service()))', name);
        EXECUTE format('CREATE POLICY readers ON runtime.%I FOR SELECT TO sangkien_auditor, sangkien_administrator USING (true)', name);
    END LOOP;
    CREATE POLICY own_delete ON runtime.timer FOR DELETE USING (service = (SELECT runtime.current_service()));

    FOREACH name IN ARRAY ARRAY['cursor', 'parked'] LOOP
        EXECUTE format('ALTER TABLE runtime.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_rows ON runtime.%I USING (consumer = (SELECT runtime.current_service())) '
                       'WITH CHECK (consumer = (SELECT runtime.current_service()))', name);
        EXECUTE format('CREATE POLICY readers ON runtime.%I FOR SELECT TO sangkien_auditor, sangkien_administrator USING (true)', name);
    END LOOP;
    CREATE POLICY verdicts ON runtime.parked FOR UPDATE TO sangkien_administrator USING (true) WITH CHECK (true);
END $$;

COMMIT;
