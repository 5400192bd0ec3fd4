/* tests/bench/generate.c - fills a programme with years of entries, in a journal and states that agree.
 *
 * The programme and its officers are there already, made by messages: the generator goes on from the end of its
 * journal, as if the services had been asked by those officers ever since, and afterwards they can go on. Nobody
 * else may write to the programme meanwhile. What consumers would make of these events is left out: their cursors
 * stand at the end. */
#include <argp.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/batch.h"
#include "common/clock.h"
#include "sangkien/directory/v1/types.pb-c.h"
#include "tests/bench/generate.h"

enum { ENTRIES_OF_AN_EDITION = 10000 };

#define LIFE_US                                                                                    \
    INT64_C(60000000) /* a minute for each edition, where the programme began just now */

static const struct statement find_end = {
    "find end",
    "SELECT h.position, h.chain, h.inbox_count, h.inbox_chain, j.recorded_at,"
    " (SELECT coalesce(max(ordinal), 0) FROM submissions.edition WHERE programme = h.programme)"
    " FROM runtime.journal_head h JOIN runtime.journal j USING (programme, position)"
    " WHERE h.programme = $1::text"
};
static const struct statement find_cast = {
    "find cast", "SELECT b.role, b.agency_id, b.person_id, s.id FROM directory.role_binding b"
                 " JOIN LATERAL (SELECT id FROM directory.peer_system WHERE programme = 'directory'"
                 "  AND agency_id = b.agency_id AND state = 1 ORDER BY id LIMIT 1) s ON true"
                 " WHERE b.programme = 'directory' AND b.in_programme = $1::text AND b.state = 1"
                 "  AND b.person_id IS NOT NULL ORDER BY b.agency_id, b.role, b.person_id"
};

static void
must(int rc)
{
    if (rc)
        die("%s", err_text());
}

/* ------------------------------------------------------------------ what is there */

/* One row: a role that a person holds. Of an agency the clerk comes after its head. */
static void
cast_role(struct cast *cast, int64_t role, const struct speaker *speaker)
{
    struct list *entrants = &cast->entrants;
    struct contestant *last = entrants->count ? list_at(entrants, entrants->count - 1) : NULL;

    if (role == DIRECTORY__ROLE__ROLE_OWNER)
        cast->owner = *speaker;
    if (role == DIRECTORY__ROLE__ROLE_STANDING)
        cast->standing = *speaker;
    if (role == DIRECTORY__ROLE__ROLE_ENTRANT_HEAD)
        *(struct contestant *) list_add(entrants) = (struct contestant){ *speaker, *speaker };
    if (role == DIRECTORY__ROLE__ROLE_CLERK && last &&
        uuid_equal(&last->head.agency, &speaker->agency))
        last->clerk = *speaker;
}

static void
read_cast(struct db *db, struct arena *arena, const char *programme, struct cast *ret_cast)
{
    struct cast cast = { 0 };
    const struct db_result *r;

    list_init(&cast.entrants, arena, sizeof(struct contestant));
    db_call(db, &find_cast);
    db_text(db, programme);
    must(db_run(db));
    r = db_result(db, 0);
    for (size_t i = 0; i < db_rows(r); i++) {
        struct speaker speaker = { .agency = db_get_uuid(r, i, 1),
                                   .person = db_get_uuid(r, i, 2),
                                   .system = db_get_uuid(r, i, 3) };

        cast_role(&cast, db_get_int(r, i, 0), &speaker);
    }
    if (uuid_is_nil(&cast.owner.person) || uuid_is_nil(&cast.standing.person) ||
        cast.entrants.count == 0)
        die("%s needs persons that are OWNER, STANDING and ENTRANT_HEAD, and systems of theirs",
            programme);
    *ret_cast = cast;
}

static struct chronicle
read_end(struct db *db, const char *programme, int *ret_ordinal)
{
    struct chronicle c = { .programme = programme };
    const struct db_result *r;

    db_call(db, &find_end);
    db_text(db, programme);
    must(db_run(db));
    r = db_result(db, 0);
    if (db_rows(r) == 0)
        die("there is no programme %s", programme);
    c.head = (struct journal_head){ .programme = programme,
                                    .position = db_get_int(r, 0, 0),
                                    .chain = db_get_digest(r, 0, 1),
                                    .inbox_count = db_get_int(r, 0, 2),
                                    .inbox_chain = db_get_digest(r, 0, 3) };
    c.now_us = db_get_time(r, 0, 4);
    *ret_ordinal = (int) db_get_int(r, 0, 5);
    c.begun_at = c.head.position;
    return c;
}

/* ------------------------------------------------------------------ what is made */

static void
tell_progress(const struct chronicle *c, const struct plan *plan, int64_t begun_ms)
{
    double seconds = (double) (monotonic_ms() - begun_ms) / 1000;
    int64_t events = c->head.position - c->begun_at;

    fprintf(stderr, "generate: %lld of about %lld events, %.0f s, %.0f a second\n",
            (long long) events, (long long) plan->events, seconds, (double) events / seconds);
}

static void
play(struct chronicle *c, const struct plan *plan, const struct cast *cast, int ordinal)
{
    struct stages *stages = stages_open(plan);
    int64_t begun_ms = monotonic_ms(), told_ms = begun_ms, from_us = c->now_us;
    int64_t editions = (plan->entries + ENTRIES_OF_AN_EDITION - 1) / ENTRIES_OF_AN_EDITION;
    int64_t span_us = clock_now_us() - from_us;

    if (span_us < editions * LIFE_US)
        span_us = editions * LIFE_US;
    for (int64_t i = 0; i < editions; i++) {
        int64_t first = i * ENTRIES_OF_AN_EDITION;
        int64_t count = plan->entries - first;

        play_edition(c, stages, cast, plan, ordinal + 1 + (int) i, first,
                     count < ENTRIES_OF_AN_EDITION ? count : ENTRIES_OF_AN_EDITION,
                     from_us + span_us / editions * (i + 1));
        if (monotonic_ms() - told_ms > 5000) {
            told_ms = monotonic_ms();
            tell_progress(c, plan, begun_ms);
        }
    }
    stages_close(&stages);
}

static void
run(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);

    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        die("%s: %s", sql, PQerrorMessage(conn));
    PQclear(result);
}

/* The head moves last: until then nobody sees an event that is not there. */
static void
finish(const struct chronicle *c, const struct plan *plan)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    PGconn *conn = PQconnectdb(plan->dsn);

    if (PQstatus(conn) != CONNECTION_OK)
        die("%s", PQerrorMessage(conn));
    run(conn, "BEGIN");
    run(conn, arena_format(arena,
                           "UPDATE runtime.journal_head SET position = %lld, chain = '\\x%s',"
                           " inbox_count = %lld, inbox_chain = '\\x%s' WHERE programme = '%s'"
                           " AND position = %lld",
                           (long long) c->head.position, hex_text(arena, c->head.chain.bytes, 32),
                           (long long) c->head.inbox_count,
                           hex_text(arena, c->head.inbox_chain.bytes, 32), c->programme,
                           (long long) c->begun_at));
    run(conn, arena_format(arena,
                           "INSERT INTO runtime.cursor (consumer, programme, position)"
                           " SELECT consumer, '%s', %lld FROM unnest(ARRAY['submissions',"
                           " 'appraisal', 'funding', 'notifications']) AS consumer"
                           " ON CONFLICT (consumer, programme) DO UPDATE SET position ="
                           " EXCLUDED.position",
                           c->programme, (long long) c->head.position));
    run(conn, "COMMIT");
    fprintf(stderr, "generate: now VACUUM and ANALYZE, as autovacuum would\n");
    run(conn, "VACUUM ANALYZE");
    run(conn, "CHECKPOINT");
    PQfinish(conn);
}

static void
generate(const struct plan *plan)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(arena_free) struct arena *scratch = arena_new();
    CLEANUP(authority_free) struct authority *authority = authority_new();
    CLEANUP(db_close) struct db *db = NULL;
    int64_t begun_ms = monotonic_ms(), loaded_ms, requests;
    struct chronicle c;
    struct cast cast;
    int ordinal;

    must(db_open(plan->dsn, "generate", &db));
    must(db_prepare(db, &find_end));
    must(db_prepare(db, &find_cast));
    must(writer_prepare_catch_up(db));
    must(writer_catch_up(db, authority));
    read_cast(db, arena, plan->programme, &cast);
    c = read_end(db, plan->programme, &ordinal);
    db_close(&db);
    requests = c.head.inbox_count;
    c.authority = authority;
    c.dice = plan->seed;
    c.scratch = scratch;
    c.journal = copy_open_journal(plan->dsn, plan->programme);
    c.inbox = copy_open_inbox(plan->dsn, plan->programme);
    play(&c, plan, &cast, ordinal);
    copy_close(&c.journal);
    copy_close(&c.inbox);
    loaded_ms = monotonic_ms();
    finish(&c, plan);
    printf("{\"entries\": %lld, \"events\": %lld, \"requests\": %lld, \"load_s\": %.1f,"
           " \"vacuum_s\": %.1f}\n",
           (long long) plan->entries, (long long) (c.head.position - c.begun_at),
           (long long) (c.head.inbox_count - requests), (double) (loaded_ms - begun_ms) / 1000,
           (double) (monotonic_ms() - loaded_ms) / 1000);
}

/* ------------------------------------------------------------------ options */

static int64_t
number(const char *text, struct argp_state *state)
{
    char *end;
    long long value = strtoll(text, &end, 10);

    if (*text == '\0' || *end || value <= 0)
        argp_error(state, "%s is no number above 0", text);
    return value;
}

static error_t
take(int key, char *argument, struct argp_state *state)
{
    struct plan *plan = state->input;

    switch (key) {
    case 'd':
        plan->dsn = argument;
        return 0;
    case 'p':
        plan->programme = argument;
        return 0;
    case 'n':
        plan->entries = number(argument, state);
        return 0;
    case 'm':
        plan->events = number(argument, state);
        return 0;
    case 's':
        plan->seed = (uint64_t) number(argument, state);
        return 0;
    case ARGP_KEY_END:
        if (!plan->dsn || !plan->programme)
            argp_error(state, "which database, and which programme in it?");
        if (plan->events < 5 * plan->entries)
            argp_error(state, "an entry makes five events at least");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int
main(int argc, char **argv)
{
    static const struct argp_option options[] = {
        { "dsn", 'd', "DSN", 0, "A superuser's connection to a private database", 0 },
        { "programme", 'p', "ID", 0, "A programme that is there, with its officers", 0 },
        { "entries", 'n', "N", 0, "How many entries to add (1000000)", 0 },
        { "events", 'm', "N", 0, "About how many events they make (10000000)", 0 },
        { "seed", 's', "N", 0, "Another seed gives other entries (1)", 0 },
        { 0 },
    };
    static const struct argp argp = {
        .options = options,
        .parser = take,
        .doc = "Fills a programme with entries, their events and requests, in a valid chain.",
    };
    struct plan plan = { .entries = 1000000, .events = 10000000, .seed = 1 };

    argp_parse(&argp, argc, argv, 0, NULL, &plan);
    must(clock_open(NULL));
    generate(&plan);
    return 0;
}
