/* tests/model/simulation/commands.c - chooses a command, wraps it into a request as a client does, and posts it. */
#include "tests/model/simulation/commands.h"

#include <time.h>

#include "tests/model/simulation/bus.h"

#define DAY_US INT64_C(86400000000)

static const struct maker *const makers[SERVICES] = {
    directory_makers, submissions_makers, appraisal_makers, funding_makers, NULL,
};

/* ------------------------------------------------------------------ things to speak of */

const char *
text_of(struct uuid id)
{
    return uuid_text(sim.step, &id);
}

const char *
word_for(const char *word, int64_t number)
{
    return arena_format(sim.step, "%s-%lld", word, (long long) number);
}

const struct stored *
any_stored(const struct tenant *programme, const struct kind *kind, unsigned states)
{
    enum { TRIES = 24, YOUNG = 48 };
    const struct list *rows = &programme->stored[kind_number(kind)];
    bool anything = often(40);
    const struct stored *row = NULL;

    if (rows->count == 0)
        return NULL;
    for (int i = 0; i < TRIES; i++) {
        size_t young = rows->count < YOUNG ? rows->count : YOUNG;
        size_t nth = often(700) ? rows->count - 1 - any_of(young) : any_of(rows->count);

        row = stored_at(rows, nth);
        if (!states || anything || states & STATE(row->state->state))
            return row;
    }
    return NULL;
}

const struct stored *
stored_in(const struct tenant *programme, const struct kind *kind, unsigned states)
{
    const struct stored *row = any_stored(programme, kind, states);
    bool is_one = row && (!states || states & STATE(row->state->state));

    return is_one || often(100) ? row : NULL;
}

static Types__Date *
date_of(int64_t time_us)
{
    Types__Date *date = proto_new(sim.step, &types__date__descriptor);
    time_t seconds = (time_t) (time_us / 1000000);
    struct tm tm;

    gmtime_r(&seconds, &tm);
    date->year = tm.tm_year + 1900;
    date->month = tm.tm_mon + 1;
    date->day = tm.tm_mday;
    return date;
}

Types__OfficialDocument *
any_document(Types__DocumentKind kind)
{
    Types__OfficialDocument *document = proto_new(sim.step, &types__official_document__descriptor);

    document->kind = kind;
    document->document_symbol = "2417/BC-SNV";
    document->issued_on = date_of(sim.now_us);
    if (often(10))
        document->issued_on->month = 13;
    return document;
}

Types__Deadline *
any_deadline(int64_t least_days, int64_t most_days)
{
    Types__Deadline *deadline = proto_new(sim.step, &types__deadline__descriptor);

    deadline->date = date_of(sim.now_us + between(least_days, most_days) * DAY_US);
    deadline->inclusive = often(300);
    deadline->utc_offset_minutes = 420;
    if (often(10))
        deadline->date->day = 32;
    return deadline;
}

static Types__EstimateLine *
any_line(int64_t amount_vnd)
{
    Types__EstimateLine *line = proto_new(sim.step, &types__estimate_line__descriptor);

    line->description = "equipment";
    line->quantity = between(1, 5);
    line->unit_price_vnd = amount_vnd / line->quantity + 1;
    if (often(6))
        line->unit_price_vnd = INT64_MAX / between(1, 3);
    line->amount_vnd = line->quantity;
    if (__builtin_mul_overflow(line->quantity, line->unit_price_vnd, &line->amount_vnd))
        line->amount_vnd = INT64_MAX;
    if (often(12))
        line->amount_vnd = between(1, amount_vnd + 1);
    return line;
}

Types__EstimateLine **
any_lines(int64_t about_vnd, size_t *ret_count, int64_t *ret_total_vnd)
{
    size_t count = 1 + any_of(3);
    Types__EstimateLine **lines = arena_zero(sim.step, (count + 1) * sizeof(Types__EstimateLine *));

    *ret_total_vnd = 0;
    for (size_t i = 0; i < count; i++) {
        lines[i] = any_line(about_vnd / (int64_t) count);
        if (__builtin_add_overflow(*ret_total_vnd, lines[i]->amount_vnd, ret_total_vnd))
            *ret_total_vnd = INT64_MAX;
    }
    if (often(15))
        *ret_total_vnd = between(1, about_vnd + 1);
    *ret_count = count;
    return lines;
}

/* ------------------------------------------------------------------ every command has a maker */

static const struct maker *
maker_of(unsigned service, const ProtobufCMessageDescriptor *command)
{
    for (const struct maker *m = makers[service]; m && m->command; m++)
        if (m->command == command)
            return m;
    return NULL;
}

static void
check_service(unsigned number)
{
    const struct service *service = services[number];
    const struct kind *ignored;

    for (const struct kind *const *kind = service->kinds; *kind; kind++)
        for (const struct handler *h = (*kind)->handlers; h->message; h++)
            if (!(h->who & (HEARD | ONLY_RUNTIME)) && !maker_of(number, h->message))
                give_up("nobody in the simulation ever sends %s: give it a maker",
                        h->message->name);
    for (const struct maker *m = makers[number]; m && m->command; m++)
        if (!service_handler(service, m->command, &ignored))
            give_up("the simulation sends %s, which nobody handles any more", m->command->name);
}

void
commands_check(void)
{
    for (unsigned i = 0; i < SERVICES; i++)
        check_service(i);
}

/* ------------------------------------------------------------------ the request */

static Google__Protobuf__Timestamp *
time_at(int64_t time_us)
{
    Google__Protobuf__Timestamp *time =
        proto_new(sim.step, &google__protobuf__timestamp__descriptor);

    time->seconds = time_us / 1000000;
    time->nanos = (int32_t) (time_us % 1000000) * 1000;
    return time;
}

static int64_t
some_version(const struct draft *draft, const struct kind *kind)
{
    const struct stored *row = stored_find(draft->programme, kind, &draft->subject);

    int64_t version = row ? row->state->version : 0;

    return often(200) ? version + between(-1, 1) : version;
}

static struct bytes
request_of(const struct draft *draft, const struct uuid *id, const struct kind *kind)
{
    Wire__Request request = WIRE__REQUEST__INIT;
    Wire__Actor actor = WIRE__ACTOR__INIT;
    struct bytes body = proto_pack(sim.step, draft->message), packed;

    request.id = text_of(*id);
    request.type = draft->message->descriptor->name;
    request.programme = draft->programme->name;
    request.subject = text_of(draft->subject);
    request.body.data = (uint8_t *) (uintptr_t) body.data;
    request.body.len = body.size;
    actor.person = text_of(draft->person);
    actor.capacity = WIRE__CAPACITY__CAPACITY_HEAD;
    request.actor = &actor;
    if (often(100))
        request.expected_version = some_version(draft, kind);
    if (request.expected_version < 0)
        request.expected_version = 0;
    if (often(30))
        request.expires = time_at(sim.now_us + between(-1, 3) * 1000000);
    request.validate_only = often(15);
    packed = proto_pack(sim.step, &request);
    return arena_bytes(sim.arena, packed.data, packed.size);
}

/* Now and then an id that was used before: it may bring another content, or go to another service. */
static struct uuid
request_id(void)
{
    if (!often(8))
        sim.last_request = dice_uuid(&sim.dice);
    return sim.last_request;
}

static void
post(const struct draft *draft, unsigned service, const struct kind *kind)
{
    struct ask *ask = arena_zero(sim.arena, sizeof(*ask));

    *ask = (struct ask){ .id = request_id(),
                         .source = system_of(draft->agency),
                         .agency = draft->agency,
                         .programme = draft->programme->name,
                         .service = service,
                         .type = draft->message->descriptor->name };
    ask->request = request_of(draft, &ask->id, kind);
    sim.commands++;
    sim.trace = trace_bytes(sim.trace, ask->request.data, ask->request.size);
    sim.business = trace_bytes(sim.business, ask->request.data, ask->request.size);
    tell("%s %s asks for %s", id_of(ask->id), draft->programme->name, ask->type);
    bus_post(ask);
}

/* ------------------------------------------------------------------ choosing */

static const struct maker *
any_maker(unsigned *ret_service)
{
    uint64_t nth, total = 0;

    for (unsigned s = 0; s < SERVICES; s++)
        for (const struct maker *m = makers[s]; m && m->command; m++)
            total += m->weight;
    nth = dice_throw(&sim.dice, total);
    for (unsigned s = 0; s < SERVICES; s++)
        for (const struct maker *m = makers[s]; m && m->command; nth -= m->weight, m++)
            if (nth < m->weight) {
                *ret_service = s;
                return m;
            }
    give_up("no maker could be chosen");
}

static struct tenant *
any_programme(unsigned service)
{
    if (often(5))
        return &sim.programmes[any_of(PROGRAMMES)];
    return service == DIRECTORY ? &sim.programmes[0] : &sim.programmes[1 + any_of(PROGRAMMES - 1)];
}

/* Somebody else's key, somebody who is nobody. */
static void
spoil(struct draft *draft)
{
    if (often(6))
        draft->agency = agency_id(any_of(AGENCIES));
    if (often(4))
        draft->person = dice_uuid(&sim.dice);
    if (often(4))
        draft->subject = dice_uuid(&sim.dice);
}

void
commands_post(void)
{
    enum { TRIES = 12 };

    for (int i = 0; i < TRIES; i++) {
        unsigned service;
        const struct maker *maker = any_maker(&service);
        struct draft draft = { .programme = any_programme(service) };
        const struct kind *kind;

        draft.subject = dice_uuid(&sim.dice);
        draft.message = proto_new(sim.step, maker->command);
        if (!maker->make(&draft))
            continue;
        spoil(&draft);
        if (!service_handler(services[service], maker->command, &kind))
            give_up("nobody handles %s", maker->command->name);
        post(&draft, service, kind);
        return;
    }
}
