/* tests/bench/limit.c - how many commands a second PostgreSQL can store when they come as arrays.
 *
 * No gateway, no decisions, no replies: batches of rows over one or two connections, each sent before
 * the answer to the one before it is there. The rows are learned from one command's own statements,
 * which come on standard input with marks in them where one command differs from another. */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/row.h"

#define MOST_TABLES 4
#define MOST_CONNECTIONS 8
#define WARMUP_US 500000
#define EDITION_IDS 0x8001

static const char usage[] = "Usage: limit DSN create|update BATCH CONNECTIONS SECONDS <STATEMENTS\n"
                            "\n"
                            "Reads the INSERT statements of one command, one a line, in which "
                            "every byte of the request's id\n"
                            "is 0x11, of the subject's 0x22, of the aggregate's version 0x33, of a "
                            "position 0x44. Prints one\n"
                            "line of JSON.\n";

/* clang-format off */
static const char *const create_statements[] = {
    "SELECT id, state FROM bench.edition WHERE programme = 'bench' AND id = $1::uuid FOR SHARE",
    NULL,
};
static const char *const update_statements[] = {
    "SELECT t.* FROM unnest($1::uuid[]) AS k(id) CROSS JOIN LATERAL (SELECT id, version, state,"
    " changed_at, edition_id, entrant_agency_id, team, entry_kind, title, summary, submitted_by,"
    " registered_by, entry_code, score_centi, award, reached_final, money_paid, track, draft,"
    " content_digest, entry_version FROM bench.entry"
    " WHERE programme = 'bench' AND id = k.id LIMIT 1) AS t",
    "SELECT c.* FROM unnest($1::uuid[]) AS k(id) CROSS JOIN LATERAL (SELECT parent, share_bp"
    " FROM bench.entry_author WHERE programme = 'bench' AND parent = k.id OFFSET 0) AS c",
    "UPDATE bench.entry AS t SET version = n.version, state = 2, changed_at = now(),"
    " submitted_by = '00000000-0000-7000-8000-000000000003', submitted_at = now(),"
    " entry_version = t.entry_version + 1, title_key = 'sang kien mau de do toc do'"
    " FROM unnest($1::uuid[], $2::int8[]) AS n(id, version)"
    " WHERE t.programme = 'bench' AND t.id = n.id",
    NULL,
};
/* clang-format on */

struct plan {
    const char *dsn;
    bool updates;
    uint32_t batch;
    int connections;
    int64_t begin_us, end_us; /* of the measured time */
    struct row rows[MOST_TABLES];
    size_t row_count;
};

struct writer {
    const struct plan *plan;
    PGconn *connection;
    struct series series;
    uint64_t stored;
    char *buffer;
};

static int64_t
now_us(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (int64_t) t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static PGconn *
dial(const struct plan *plan)
{
    PGconn *connection = PQconnectdb(plan->dsn);

    if (PQstatus(connection) != CONNECTION_OK)
        die("connection", PQerrorMessage(connection));
    return connection;
}

static void
learn_all(struct plan *plan)
{
    PGconn *connection = dial(plan);
    char line[8000];

    PQclear(ask(connection, "BEGIN", 0));
    while (fgets(line, sizeof(line), stdin))
        if (strncmp(line, "INSERT", 6) == 0) {
            if (plan->row_count == MOST_TABLES)
                die("statements", "there are too many");
            row_learn(&plan->rows[plan->row_count++], connection, line);
        }
    PQfinish(connection); /* which takes back what the statements wrote */
    if (plan->row_count == 0)
        die("statements", "there was no INSERT among them");
}

/* ------------------------------------------------------------------ writing batches */

static void
queue(struct writer *w, const char *name, int count, const char *const values[],
      const int lengths[])
{
    static const int binary[] = { 1, 1 };

    if (!PQsendQueryPrepared(w->connection, name, count, values, lengths, binary, 1))
        die(name, PQerrorMessage(w->connection));
}

static void
queue_create(struct writer *w)
{
    char edition[16];
    const char *values[] = { edition };
    int length = sizeof(edition);

    put_pooled(edition, EDITION_IDS, w->series.place);
    queue(w, "read 0", 1, values, &length);
}

static void
queue_update(struct writer *w)
{
    int size = mark_array(w->buffer, SUBJECT, &w->series, w->plan->batch);
    char *versions = w->buffer + size;
    const char *values[] = { w->buffer, versions };
    int lengths[] = { size, mark_array(versions, VERSION, &w->series, w->plan->batch) };

    queue(w, "read 0", 1, values, lengths);
    queue(w, "read 1", 1, values, lengths);
    queue(w, "read 2", 2, values, lengths);
}

/* BEGIN, what is read, what is written, COMMIT; then the word up to which the server answers. */
static void
send_batch(struct writer *w)
{
    const char *values[] = { w->buffer };

    queue(w, "begin", 0, NULL, NULL);
    if (w->plan->updates)
        queue_update(w);
    else
        queue_create(w);
    for (size_t i = 0; i < w->plan->row_count; i++) {
        int size = row_array(w->buffer, &w->plan->rows[i], &w->series, w->plan->batch);

        queue(w, w->plan->rows[i].insert, 1, values, &size);
    }
    queue(w, "commit", 0, NULL, NULL);
    if (!PQpipelineSync(w->connection))
        die("pipeline", PQerrorMessage(w->connection));
    w->series.sent += w->plan->batch;
}

/* Whatever writes, or reads entries, must have met as many rows as there are commands. */
static void
check(struct writer *w, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    bool counts = status == PGRES_COMMAND_OK ? *PQcmdTuples(result) != '\0' : w->plan->updates;

    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        die("batch", PQerrorMessage(w->connection));
    if (counts && strtoul(PQcmdTuples(result), NULL, 10) != w->plan->batch)
        die(PQcmdStatus(result), "is not the number of commands");
}

static void
take_batch(struct writer *w)
{
    int64_t now;

    for (bool is_over = false; !is_over;) {
        PGresult *result = PQgetResult(w->connection); /* NULL between two statements */

        is_over = result && PQresultStatus(result) == PGRES_PIPELINE_SYNC;
        if (result && !is_over)
            check(w, result);
        PQclear(result);
    }
    now = now_us(CLOCK_MONOTONIC);
    if (now >= w->plan->begin_us && now < w->plan->end_us)
        w->stored += w->plan->batch;
}

static void
prepare(struct writer *w, const char *name, const char *sql)
{
    PGresult *result = PQprepare(w->connection, name, sql, 0, NULL);

    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        die(sql, PQerrorMessage(w->connection));
    PQclear(result);
}

static void
open_writer(struct writer *w)
{
    const char *const *reads = w->plan->updates ? update_statements : create_statements;
    char name[] = "read 0";
    size_t longest = 64;

    w->connection = dial(w->plan);
    prepare(w, "begin", "BEGIN");
    prepare(w, "commit", "COMMIT");
    for (; *reads; reads++, name[5]++)
        prepare(w, name, *reads);
    for (size_t i = 0; i < w->plan->row_count; i++) {
        prepare(w, w->plan->rows[i].insert, w->plan->rows[i].insert);
        if (w->plan->rows[i].size > longest)
            longest = w->plan->rows[i].size;
    }
    w->buffer = malloc(64 + (longest + 4) * w->plan->batch);
    if (!w->buffer)
        die("buffer", "no memory");
    if (!PQenterPipelineMode(w->connection))
        die("pipeline", PQerrorMessage(w->connection));
}

/* The next batch is on its way before the answer to the one before it is read. */
static void *
write_all(void *argument)
{
    struct writer *w = argument;

    open_writer(w);
    send_batch(w);
    while (now_us(CLOCK_MONOTONIC) < w->plan->end_us) {
        send_batch(w);
        take_batch(w);
    }
    take_batch(w);
    PQfinish(w->connection);
    free(w->buffer);
    return NULL;
}

int
main(int argc, char **argv)
{
    static struct plan plan;
    struct writer writers[MOST_CONNECTIONS] = { 0 };
    pthread_t threads[MOST_CONNECTIONS];
    uint64_t stored = 0;
    double seconds;

    if (argc != 6) {
        fputs(usage, stderr);
        return 2;
    }
    plan.dsn = argv[1];
    plan.updates = strcmp(argv[2], "update") == 0;
    plan.batch = (uint32_t) strtoul(argv[3], NULL, 10);
    plan.connections = (int) strtol(argv[4], NULL, 10);
    seconds = strtod(argv[5], NULL);
    if (plan.batch < 1 || plan.connections < 1 || plan.connections > MOST_CONNECTIONS ||
        seconds <= 0)
        die("arguments", "out of range");
    learn_all(&plan);
    plan.begin_us = now_us(CLOCK_MONOTONIC) + WARMUP_US;
    plan.end_us = plan.begin_us + (int64_t) (seconds * 1e6);
    for (int i = 0; i < plan.connections; i++) {
        writers[i].plan = &plan;
        writers[i].series = (struct series){ .first = (uint64_t) now_us(CLOCK_REALTIME),
                                             .place = (uint64_t) i,
                                             .places = (uint64_t) plan.connections,
                                             .updates = plan.updates };
        if (pthread_create(&threads[i], NULL, write_all, &writers[i]))
            die("thread", "cannot be made");
    }
    for (int i = 0; i < plan.connections; i++) {
        pthread_join(threads[i], NULL);
        stored += writers[i].stored;
    }
    printf("{\"rate\": %.1f, \"batch\": %u, \"connections\": %d}\n", (double) stored / seconds,
           plan.batch, plan.connections);
    for (size_t i = 0; i < plan.row_count; i++)
        free(plan.rows[i].bytes);
    return 0;
}
