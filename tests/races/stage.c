/* tests/races/stage.c - sets up a programme the way it would have come about: through the runtime. */
#include "tests/races/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hearing.h"
#include "common/proto.h"
#include "common/verify.h"
#include "sangkien/appraisal/v1/events.pb-c.h"
#include "sangkien/directory/v1/commands.pb-c.h"
#include "sangkien/submissions/v1/commands.pb-c.h"

enum { AGENCIES = 4 };

/* The kind of events that no service here has made, and verify cannot fold. */
#define ELSEWHERE "elsewhere"

static const struct {
    unsigned person;
    Directory__Role role;
} roles[] = {
    { OWNER, DIRECTORY__ROLE__ROLE_OWNER },
    { CHAIR, DIRECTORY__ROLE__ROLE_AUTHORITY },
    { OFFICER, DIRECTORY__ROLE__ROLE_STANDING },
    { HA_SIGNER, DIRECTORY__ROLE__ROLE_HOME_AFFAIRS_SIGNOFF },
    { FIN_SIGNER, DIRECTORY__ROLE__ROLE_FINANCE_SIGNOFF },
    { CLERK, DIRECTORY__ROLE__ROLE_CLERK },
    { CLERK, DIRECTORY__ROLE__ROLE_ENTRANT_HEAD },
};
static const unsigned persons[] = { OWNER, CHAIR, OFFICER, HA_SIGNER, FIN_SIGNER, CLERK };

/* ------------------------------------------------------------------ names and connections */

struct uuid
stage_id(const struct stage *s, unsigned number)
{
    const char *name = arena_format(s->arena, "%s %u", s->programme, number);

    return uuid_derive("stage", name, strlen(name));
}

const char *
stage_id_text(const struct stage *s, unsigned number)
{
    struct uuid id = stage_id(s, number);

    return uuid_text(s->arena, &id);
}

const char *
stage_dsn(struct stage *s, const char *service, const char *folder)
{
    const char *database = getenv("SANGKIEN_TEST_DB");

    if (!database)
        fail_msg("SANGKIEN_TEST_DB names no database; run by ctest");
    return arena_format(s->arena, "host=%s dbname=sangkien user=%s%s", folder ? folder : database,
                        strcmp(service, "postgres") == 0 ? "" : "sangkien_", service);
}

void
stage_writer(struct stage *s, const struct service *service, struct writer *ret_writer)
{
    if (writer_open(service, stage_dsn(s, service->name, NULL), ret_writer))
        fail_msg("%s: %s", service->name, err_text());
    if (hearing_prepare(ret_writer->db))
        fail_msg("%s: %s", service->name, err_text());
}

/* ------------------------------------------------------------------ the judge */

static PGresult *
ask_judge(struct stage *s, const char *sql)
{
    const char *values[] = { s->programme };
    bool takes = strstr(sql, "$1") != NULL;
    PGresult *r =
        PQexecParams(s->judge, sql, takes ? 1 : 0, NULL, takes ? values : NULL, NULL, NULL, 0);

    if (PQresultStatus(r) != PGRES_TUPLES_OK && PQresultStatus(r) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(s->judge));
    return r;
}

const char *
stage_text(struct stage *s, const char *sql)
{
    PGresult *r = ask_judge(s, sql);
    const char *text = PQntuples(r) ? arena_text(s->arena, PQgetvalue(r, 0, 0)) : "";

    PQclear(r);
    return text;
}

int64_t
stage_number(struct stage *s, const char *sql)
{
    return strtoll(stage_text(s, sql), NULL, 10);
}

void
stage_do(struct stage *s, const char *format, ...)
{
    char sql[2048];
    va_list args;

    va_start(args, format);
    vsnprintf(sql, sizeof(sql), format, args);
    va_end(args);
    PQclear(ask_judge(s, sql));
}

void
stage_wait_blocked(struct stage *s, int64_t how_many)
{
    int64_t give_up_ms = monotonic_ms() + 10000;

    while (stage_number(s, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                           " AND usename LIKE 'sangkien%'") < how_many)
        if (monotonic_ms() > give_up_ms)
            fail_msg("nobody waits for a lock");
}

/* ------------------------------------------------------------------ the directory */

struct births {
    struct stage *stage;
    struct letter *letters[64];
    size_t count;
};

static void
bear(struct births *b, unsigned subject, const void *message)
{
    struct stage *s = b->stage;
    struct letter *letter;
    const ProtobufCMessage *m = message;

    if (letter_write(s->arena, &directory_service, FROM_BIRTH, "directory", m->descriptor->name,
                     proto_pack(s->arena, message), &letter))
        fail_msg("%s", err_text());
    letter->id = stage_id(s, 10000 + subject);
    letter->subject = stage_id(s, subject);
    b->letters[b->count++] = letter;
}

static void
bear_agency(struct births *b, unsigned agency)
{
    static const char z85[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    struct stage *s = b->stage;
    Directory__RegisterAgency register_agency = DIRECTORY__REGISTER_AGENCY__INIT;
    Directory__RegisterSystem register_system = DIRECTORY__REGISTER_SYSTEM__INIT;
    struct uuid name = stage_id(s, agency);
    struct digest noise = sha256(name.bytes, sizeof(name.bytes));
    char key[41] = "";

    for (size_t i = 0; i < 40; i++)
        key[i] = z85[noise.bytes[i % 32] % (sizeof(z85) - 1)];
    /* Every group of five begins low enough to be a number of 32 bits. */
    key[35] = key[30] = key[25] = key[20] = key[15] = key[10] = key[5] = key[0] = '0';
    register_agency.name = arena_format(s->arena, "Agency %u", agency);
    register_agency.agency_code = arena_format(s->arena, "%s-%u", s->programme, agency);
    register_agency.agency_class = DIRECTORY__AGENCY_CLASS__AGENCY_CLASS_DEPARTMENT;
    register_agency.level = DIRECTORY__AGENCY_LEVEL__AGENCY_LEVEL_PROVINCE;
    bear(b, agency, &register_agency);
    register_system.agency_id = stage_id_text(s, agency);
    register_system.name = "a system";
    register_system.public_key = key;
    bear(b, 100 + agency, &register_system);
}

static void
bear_person(struct births *b, unsigned person)
{
    struct stage *s = b->stage;
    Directory__RegisterPerson ask = DIRECTORY__REGISTER_PERSON__INIT;

    ask.agency_id = stage_id_text(s, person / 10);
    ask.full_name = "a person";
    bear(b, person, &ask);
}

static void
bear_binding(struct births *b, size_t nth)
{
    struct stage *s = b->stage;
    Directory__BindRole ask = DIRECTORY__BIND_ROLE__INIT;

    ask.role = roles[nth].role;
    ask.agency_id = stage_id_text(s, roles[nth].person / 10);
    ask.person_id = stage_id_text(s, roles[nth].person);
    ask.programme = s->programme;
    bear(b, 200 + (unsigned) nth, &ask);
}

static void
run_births(struct births *b)
{
    struct writer writer;
    struct hint hint;
    int rc = ERR_RETRY;

    stage_writer(b->stage, &directory_service, &writer);
    for (int tries = 0; tries < 5 && rc == ERR_RETRY; tries++) {
        rc = batch_run(&writer, "directory", b->letters, b->count, NULL, &hint);
        if (rc && db_rollback(writer.db))
            fail_msg("%s", err_text());
    }
    if (rc)
        fail_msg("the directory: %s", err_text());
    writer_close(&writer);
}

void
stage_end_roles(struct stage *s, unsigned person)
{
    struct births b = { .stage = s };
    Directory__EndRole ask = DIRECTORY__END_ROLE__INIT;

    ask.reason = "the test says so";
    for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
        if (roles[i].person == person)
            bear(&b, 200 + (unsigned) i, &ask);
    run_births(&b);
}

static void
fill_directory(struct stage *s)
{
    struct births b = { .stage = s };

    for (unsigned agency = 1; agency <= AGENCIES; agency++)
        bear_agency(&b, agency);
    for (size_t i = 0; i < sizeof(persons) / sizeof(*persons); i++)
        bear_person(&b, persons[i]);
    for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
        bear_binding(&b, i);
    run_births(&b);
}

/* ------------------------------------------------------------------ begin and end */

void
stage_begin(struct stage *s)
{
    struct uuid unique = uuid_new(clock_now_us());
    Submissions__CreateProgramme create = SUBMISSIONS__CREATE_PROGRAMME__INIT;
    struct writer submissions;
    struct letter *letter;

    *s = (struct stage){ .arena = arena_new() };
    s->programme = arena_format(s->arena, "race-%s", hex_text(s->arena, unique.bytes + 8, 8));
    s->judge = PQconnectdb(stage_dsn(s, "postgres", NULL));
    if (PQstatus(s->judge) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(s->judge));
    fill_directory(s);
    create.name = "a programme";
    stage_writer(s, &submissions_service, &submissions);
    letter = stage_letter(s, &submissions_service, 1, OWNER, 500, &create);
    assert_string_equal(stage_say(&submissions, letter), "OK");
    writer_close(&submissions);
    stage_writer(s, &funding_service, &s->funding);
}

void
stage_end(struct stage *s)
{
    writer_close(&s->funding);
    PQfinish(s->judge);
    arena_free(&s->arena);
}

int
stage_set_up(void **stage_p)
{
    stage_begin(*stage_p);
    return 0;
}

int
stage_tear_down(void **stage_p)
{
    assert_string_equal(stage_verify(*stage_p), "");
    stage_end(*stage_p);
    return 0;
}

/* ------------------------------------------------------------------ requests */

struct bytes
stage_request(struct stage *s, const char *programme, unsigned request, unsigned person,
              unsigned subject, bool validate_only, const void *message)
{
    Wire__Request ask = WIRE__REQUEST__INIT;
    Wire__Actor actor = WIRE__ACTOR__INIT;
    struct bytes body = proto_pack(s->arena, message);

    ask.id = stage_id_text(s, 20000 + request);
    ask.type = ((const ProtobufCMessage *) message)->descriptor->name;
    ask.programme = programme;
    ask.subject = stage_id_text(s, subject);
    ask.body.data = (uint8_t *) (uintptr_t) body.data;
    ask.body.len = body.size;
    ask.validate_only = validate_only;
    actor.person = stage_id_text(s, person);
    actor.capacity = WIRE__CAPACITY__CAPACITY_HEAD;
    ask.actor = &actor;
    return proto_pack(s->arena, &ask);
}

static struct letter *
letter_from(struct stage *s, const struct service *service, struct uuid agency, struct uuid system,
            struct bytes request)
{
    struct work *work = arena_zero(s->arena, sizeof(*work));

    work->system = system;
    work->agency = agency;
    work->received_us = clock_now_us();
    work->request = request;
    return letter_open(s->arena, service, work);
}

struct letter *
stage_letter_in(struct stage *s, const struct service *service, const char *programme,
                unsigned request, unsigned person, unsigned subject, const void *message)
{
    unsigned agency = person / 10;

    return letter_from(s, service, stage_id(s, agency), stage_id(s, 100 + agency),
                       stage_request(s, programme, request, person, subject, false, message));
}

struct letter *
stage_letter(struct stage *s, const struct service *service, unsigned request, unsigned person,
             unsigned subject, const void *message)
{
    return stage_letter_in(s, service, s->programme, request, person, subject, message);
}

struct letter *
stage_again(struct stage *s, const struct service *service, const struct letter *letter)
{
    return letter_from(s, service, letter->actor.agency, letter->source,
                       arena_bytes(s->arena, letter->request.data, letter->request.size));
}

int
stage_run(struct writer *writer, const char *programme, struct letter **letters, size_t count)
{
    struct hint hint;
    int rc = batch_run(writer, programme, letters, count, NULL, &hint);

    if (rc == ERR_RETRY && db_rollback(writer->db) == 0)
        rc = batch_run(writer, programme, letters, count, NULL, &hint);
    if (rc)
        fail_msg("the batch: %s", err_text());
    return rc;
}

Wire__Reply *
reply_of(struct arena *arena, struct bytes reply)
{
    Wire__Reply *message = NULL;

    if (!reply.size ||
        proto_unpack(arena, &wire__reply__descriptor, reply.data, reply.size, &message))
        fail_msg("this is no reply");
    return message;
}

const char *
reply_word(struct arena *arena, struct bytes reply)
{
    Wire__Reply *message;

    if (!reply.size)
        return "";
    message = reply_of(arena, reply);
    return message->code ? arena_text(arena, message->reason) : "OK";
}

const char *
stage_say(struct writer *writer, struct letter *letter)
{
    stage_run(writer, letter->programme, &letter, 1);
    return reply_word(writer->arena, letter->reply);
}

/* ------------------------------------------------------------------ other services */

int64_t
stage_publish(struct stage *s, const char *service, unsigned aggregate, const char *type,
              struct bytes body)
{
    CLEANUP(db_close) struct db *db = NULL;
    struct list events, requests;
    struct journal_head head;
    struct journal_row *row;
    size_t first = 0;

    if (db_open(stage_dsn(s, service, NULL), service, &db) || journal_prepare(db))
        fail_msg("%s", err_text());
    list_init(&events, s->arena, sizeof(struct journal_row));
    list_init(&requests, s->arena, sizeof(struct inbox_row));
    db_begin(db);
    journal_lock(db, s->programme);
    if (db_run(db) || !journal_locked(db, 1, s->programme, &head))
        fail_msg("%s", err_text());
    row = list_add(&events);
    *row = (struct journal_row){ .service = service,
                                 .kind = ELSEWHERE,
                                 .aggregate = stage_id(s, aggregate),
                                 .version = head.position + 1000,
                                 .type = type,
                                 .body = body,
                                 .recorded_us = clock_now_us(),
                                 .because = "the test says so",
                                 .cause = stage_id(s, aggregate),
                                 .traceparent = "" };
    journal_chain(&head, row);
    journal_add(db, s->programme, &events, &requests);
    journal_move(db, &head);
    db_commit(db);
    if (db_run(db) || journal_added(db, &events, &requests, &first) || journal_moved(db, first))
        fail_msg("%s", err_text());
    return head.position;
}

int64_t
publish_appraisal(struct stage *s, unsigned dossier, const char *title, int64_t vnd)
{
    Appraisal__AppraisalReported e = APPRAISAL__APPRAISAL_REPORTED__INIT;

    e.appraisal_case_id = stage_id_text(s, 5000 + dossier);
    e.dossier_id = stage_id_text(s, dossier);
    e.dossier_version = 1;
    e.entry_code = "KH-1";
    e.title = title;
    e.entrant_agency_id = stage_id_text(s, 4);
    e.outcome = APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_BOTH;
    e.recommended_ceiling_vnd = vnd;
    return stage_publish(s, "appraisal", 5000 + dossier, e.base.descriptor->name,
                         proto_pack(s->arena, &e));
}

void
hear_all(struct stage *s, struct writer *writer)
{
    struct heard heard = { .has_more = true };
    struct failure failure = { 0 };

    while (heard.has_more)
        if (hearing_run(writer, s->arena, s->programme, 256, &failure, &failure, &heard))
            fail_msg("cannot hear: %s", err_text());
}

const char *
stage_verify(struct stage *s)
{
    static const struct service *const services[] = { &submissions_service, &funding_service,
                                                      NULL };
    struct verify_options options = { .dsn = stage_dsn(s, "auditor", NULL),
                                      .programme = s->programme,
                                      .services = services,
                                      .room = s->verify_room };
    size_t damages = 0, size = 0;
    char *said = NULL;
    const char *text = "";

    options.out = open_memstream(&said, &size);
    if (verify_run(&options, &damages))
        fail_msg("verify: %s", err_text());
    fclose(options.out);
    for (char *line = said, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        if (strncmp(line, "damage: ", 8) == 0 && !strstr(line, "." ELSEWHERE " cannot be read"))
            text = arena_format(s->arena, "%s%s\n", text, line + 8 + strlen(s->programme) + 2);
    }
    free(said);
    return text;
}

/* ------------------------------------------------------------------ submissions' beginnings */

void
given_a_published_edition(struct stage *s, struct writer *writer, unsigned first_request,
                          unsigned edition)
{
    Submissions__CreateEdition create = SUBMISSIONS__CREATE_EDITION__INIT;
    Submissions__PublishEdition publish = SUBMISSIONS__PUBLISH_EDITION__INIT;
    Types__OfficialDocument plan = TYPES__OFFICIAL_DOCUMENT__INIT;
    Types__Date today = { PROTOBUF_C_MESSAGE_INIT(&types__date__descriptor), 2019, 10, 29 };
    struct letter *made, *published;

    plan.kind = TYPES__DOCUMENT_KIND__DOCUMENT_KIND_PLAN;
    plan.document_symbol = "1/KH-UBND";
    plan.issued_on = &today;
    create.ordinal = 1;
    create.year = 2019;
    create.name = "the first";
    create.threshold_centi = 7000;
    create.maximum_centi = 10000;
    create.judged_elsewhere = true;
    create.document = &plan;
    made = stage_letter(s, &submissions_service, first_request, OFFICER, edition, &create);
    published = stage_letter(s, &submissions_service, first_request + 1, OWNER, edition, &publish);
    assert_string_equal(stage_say(writer, made), "OK");
    assert_string_equal(stage_say(writer, published), "OK");
}

struct letter *
ask_open_registration(struct stage *s, unsigned request, unsigned edition)
{
    static const Submissions__OpenRegistration ask = SUBMISSIONS__OPEN_REGISTRATION__INIT;

    return stage_letter(s, &submissions_service, request, OFFICER, edition, &ask);
}

struct letter *
ask_submit_entry(struct stage *s, unsigned request, unsigned entry)
{
    static const Submissions__SubmitEntry ask = SUBMISSIONS__SUBMIT_ENTRY__INIT;

    return stage_letter(s, &submissions_service, request, CLERK, entry, &ask);
}

struct letter *
ask_create_entry(struct stage *s, unsigned request, unsigned edition, unsigned entry)
{
    Submissions__CreateEntry ask = SUBMISSIONS__CREATE_ENTRY__INIT;
    Submissions__Author author = SUBMISSIONS__AUTHOR__INIT, *authors[] = { &author };

    ask.edition_id = stage_id_text(s, edition);
    ask.entry_kind = SUBMISSIONS__ENTRY_KIND__ENTRY_KIND_MODEL;
    ask.title = "an initiative";
    ask.summary = "shorter ways";
    ask.team = "one";
    author.person_id = stage_id_text(s, CLERK);
    author.share_bp = 10000;
    ask.n_authors = 1;
    ask.authors = authors;
    return stage_letter(s, &submissions_service, request, CLERK, entry, &ask);
}

/* ------------------------------------------------------------------ funding's beginnings */

static Types__OfficialDocument *
paper(struct stage *s)
{
    Types__OfficialDocument *document = proto_new(s->arena, &types__official_document__descriptor);

    document->kind = TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DECISION;
    document->document_symbol = "1/QD-UBND";
    return document;
}

struct letter *
ask_set_ceiling(struct stage *s, unsigned request, unsigned ceiling, const char *source,
                int64_t vnd)
{
    Funding__SetCeiling ask = FUNDING__SET_CEILING__INIT;

    ask.budget_source = source;
    ask.fiscal_year = 2020;
    ask.amount_vnd = vnd;
    ask.document = paper(s);
    return stage_letter(s, &funding_service, request, FIN_SIGNER, ceiling, &ask);
}

struct letter *
ask_open_case(struct stage *s, unsigned request, unsigned funding_case, unsigned dossier,
              unsigned ceiling)
{
    Funding__OpenFundingCase ask = FUNDING__OPEN_FUNDING_CASE__INIT;

    ask.dossier_id = stage_id_text(s, dossier);
    ask.purpose = FUNDING__PURPOSE__PURPOSE_COMPLETION;
    ask.fiscal_year = 2020;
    ask.ceiling_id = stage_id_text(s, ceiling);
    ask.beneficiary_kind = FUNDING__BENEFICIARY_KIND__BENEFICIARY_KIND_AGENCY;
    ask.beneficiary_id = stage_id_text(s, 4);
    ask.budget_unit_agency_id = stage_id_text(s, 4);
    ask.budget_unit_code = "1034567";
    return stage_letter(s, &funding_service, request, OFFICER, funding_case, &ask);
}

struct letter *
ask_propose(struct stage *s, unsigned request, unsigned funding_case, int64_t vnd)
{
    Funding__ProposeFunding ask = FUNDING__PROPOSE_FUNDING__INIT;
    Types__EstimateLine line = TYPES__ESTIMATE_LINE__INIT, *lines[] = { &line };

    line.description = "shelves";
    line.quantity = 1;
    line.unit_price_vnd = line.amount_vnd = ask.total_vnd = vnd;
    line.index_code = "6750";
    ask.n_lines = 1;
    ask.lines = lines;
    return stage_letter(s, &funding_service, request, OFFICER, funding_case, &ask);
}

static ProtobufCBinaryData
digest_of(struct stage *s, unsigned funding_case)
{
    const char *hex =
        stage_text(s, arena_format(s->arena,
                                   "SELECT encode(digest, 'hex') FROM funding.funding_case"
                                   " WHERE programme = $1 AND id = '%s'",
                                   stage_id_text(s, funding_case)));
    uint8_t *bytes = arena_zero(s->arena, 32);

    assert_int_equal(strlen(hex), 64);
    for (size_t i = 0; i < 32; i++) {
        char pair[3] = { hex[2 * i], hex[2 * i + 1], 0 };

        bytes[i] = (uint8_t) strtoul(pair, NULL, 16);
    }
    return (ProtobufCBinaryData){ 32, bytes };
}

struct letter *
ask_sign(struct stage *s, unsigned request, unsigned funding_case, unsigned person)
{
    Funding__SignOff ask = FUNDING__SIGN_OFF__INIT;

    ask.party =
        person == FIN_SIGNER ? FUNDING__PARTY__PARTY_FINANCE : FUNDING__PARTY__PARTY_HOME_AFFAIRS;
    ask.verdict = FUNDING__VERDICT__VERDICT_AGREE;
    ask.proposal_version = 1;
    ask.digest = digest_of(s, funding_case);
    return stage_letter(s, &funding_service, request, person, funding_case, &ask);
}

struct letter *
ask_submit(struct stage *s, unsigned request, unsigned funding_case)
{
    Funding__SubmitToAuthority ask = FUNDING__SUBMIT_TO_AUTHORITY__INIT;

    ask.proposal_version = 1;
    ask.digest = digest_of(s, funding_case);
    ask.submission = paper(s);
    return stage_letter(s, &funding_service, request, OFFICER, funding_case, &ask);
}

struct letter *
ask_approve(struct stage *s, unsigned request, unsigned funding_case, int64_t vnd)
{
    Funding__Decide ask = FUNDING__DECIDE__INIT;

    ask.ruling = FUNDING__RULING__RULING_APPROVE;
    ask.proposal_version = 1;
    ask.digest = digest_of(s, funding_case);
    ask.amount_vnd = vnd;
    ask.decision = paper(s);
    return stage_letter(s, &funding_service, request, CHAIR, funding_case, &ask);
}

void
given_cases_one_sign_off_short(struct stage *s, int64_t ceiling_vnd, int64_t vnd,
                               const unsigned *cases, size_t count)
{
    struct writer *w = &s->funding;

    assert_string_equal(stage_say(w, ask_set_ceiling(s, 900, 900, "provincial", ceiling_vnd)),
                        "OK");
    for (size_t i = 0; i < count; i++)
        publish_appraisal(s, 2000 + cases[i], "a title", vnd);
    hear_all(s, w);
    for (size_t i = 0; i < count; i++) {
        unsigned n = cases[i];

        assert_string_equal(stage_say(w, ask_open_case(s, 1000 + n, n, 2000 + n, 900)), "OK");
        assert_string_equal(stage_say(w, ask_propose(s, 2000 + n, n, vnd)), "OK");
        assert_string_equal(stage_say(w, ask_sign(s, 3000 + n, n, HA_SIGNER)), "OK");
    }
}

/* ------------------------------------------------------------------ rivals */

static void *
race(void *context)
{
    struct rival *r = context;
    struct hint hint;

    r->rc = batch_run(&r->writer, r->programme, r->letters, r->count, NULL, &hint);
    snprintf(r->why, sizeof(r->why), "%s", r->rc ? err_text() : "");
    return NULL;
}

void
rival_start(struct rival *r)
{
    assert_int_equal(pthread_create(&r->thread, NULL, race, r), 0);
}

void
rival_join(struct rival *r)
{
    pthread_join(r->thread, NULL);
}

int
rival_settle(struct rival *r)
{
    for (int tries = 0; tries < 5 && r->rc == ERR_RETRY; tries++) {
        if (db_rollback(r->writer.db))
            fail_msg("%s", err_text());
        race(r);
    }
    return r->rc;
}
