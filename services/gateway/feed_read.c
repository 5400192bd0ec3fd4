/* services/gateway/feed_read.c - how the feed reads the journal. */
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/journal.h"
#include "services/gateway/feed_state.h"

enum { PAGE_ROWS = 256, DIRECTORY_ROWS = 1000 };

static const struct statement read_directory = { "feed_directory",
                                                 "SELECT position, type, body FROM runtime.journal"
                                                 " WHERE programme = 'directory'"
                                                 " AND service = 'directory' AND position > $1"
                                                 " ORDER BY position LIMIT 1000" };

static const struct statement read_heads = {
    "feed_heads", "SELECT programme, position FROM runtime.journal_head WHERE programme = ANY($1)"
};

static const struct statement read_page = {
    "feed_page", "SELECT position, aggregate, version, type, body, recorded_at, parties, cause,"
                 " traceparent FROM runtime.journal"
                 " WHERE programme = $1 AND position > $2 ORDER BY position LIMIT 256"
};

static int
prepare(struct db *db, const struct config *config)
{
    int rc = db_prepare(db, &read_directory);

    if (rc == 0)
        rc = db_prepare(db, &read_heads);
    if (rc == 0)
        rc = db_prepare(db, &read_page);
    if (rc == 0)
        rc = db_check_rights(db, "gateway");
    return rc ? rc : journal_check_clock(db, clock_now_us(), config->clock_behind_seconds);
}

int
feed_check(const struct config *config)
{
    struct db *db = NULL;
    int rc = db_open(config->db_dsn, "sangkien-gateway", &db);

    if (rc == 0)
        rc = prepare(db, config);
    db_close(&db);
    return rc;
}

int
feed_connect(struct feed *feed)
{
    int rc;

    feed->asked.is_open = false;
    if (feed->db)
        return db_is_open(feed->db) ? db_rollback(feed->db) : db_reconnect(feed->db);
    rc = db_open(feed->process->config->db_dsn, "sangkien-gateway", &feed->db);
    if (rc == 0)
        rc = prepare(feed->db, feed->process->config);
    if (rc != 0)
        db_close(&feed->db);
    return rc;
}

/* ------------------------------------------------------------------ directory and heads */

struct head *
feed_head(struct feed *feed, const char *programme)
{
    for (size_t i = 0; i < feed->head_count; i++)
        if (strcmp(feed->heads[i].programme, programme) == 0)
            return &feed->heads[i];
    return NULL;
}

/* The programmes that somebody listens to, once each. */
static size_t
list_programmes(struct feed *feed, const char **ret_names)
{
    size_t count = 0;

    for (size_t i = 0; i < feed->all.room; i++) {
        const struct subscription *s = feed->all.items[i];
        size_t n = 0;

        while (s && n < count && strcmp(ret_names[n], s->programme) != 0)
            n++;
        if (s && n == count)
            ret_names[count++] = s->programme;
    }
    return count;
}

static int
hear_directory(struct feed *feed, const struct db_result *result)
{
    int rc = 0;

    for (size_t i = 0; i < db_rows(result) && rc == 0; i++) {
        struct bytes body = db_get_bytes(result, i, 2);

        rc = authority_hear(feed->authority, db_get_int(result, i, 0), db_get_text(result, i, 1),
                            body.data, body.size);
    }
    return rc;
}

static void
take_heads(struct feed *feed, const struct db_result *result)
{
    feed->head_count = db_rows(result);
    for (size_t i = 0; i < feed->head_count; i++) {
        const char *name = db_get_text(result, i, 0);

        feed->heads[i].position = db_get_int(result, i, 1);
        memcpy(feed->heads[i].programme, name, strnlen(name, SUBSCRIPTION_NAME_SIZE - 1) + 1);
        feed->heads[i].programme[SUBSCRIPTION_NAME_SIZE - 1] = '\0';
    }
}

int
feed_look(struct feed *feed, bool *ret_directory_changed)
{
    const char **names = arena_zero(feed->arena, (feed->all.count + 1) * sizeof(*names));
    size_t count = list_programmes(feed, names);
    size_t rows = DIRECTORY_ROWS;
    int rc = 0;

    *ret_directory_changed = false;
    while (rc == 0 && rows == DIRECTORY_ROWS) {
        db_call(feed->db, &read_directory);
        db_int8(feed->db, authority_position(feed->authority));
        db_call(feed->db, &read_heads);
        db_array(feed->db, DB_TEXT, count);
        for (size_t i = 0; i < count; i++)
            db_text(feed->db, names[i]);
        rc = db_run(feed->db);
        rows = rc == 0 ? db_rows(db_result(feed->db, 0)) : 0;
        if (rc == 0)
            take_heads(feed, db_result(feed->db, 1));
        if (rc == 0 && rows > 0) {
            rc = hear_directory(feed, db_result(feed->db, 0));
            *ret_directory_changed = true;
        }
    }
    return rc;
}

/* ------------------------------------------------------------------ pages */

static void
read_row(struct feed *feed, const struct db_result *result, size_t i, struct event_row *row)
{
    struct uuid *parties = NULL;

    row->position = db_get_int(result, i, 0);
    row->aggregate = db_get_uuid(result, i, 1);
    row->version = db_get_int(result, i, 2);
    row->type = db_get_text(result, i, 3);
    row->body = db_get_bytes(result, i, 4);
    row->recorded_us = db_get_time(result, i, 5);
    row->party_count = db_get_uuids(result, i, 6, feed->arena, &parties);
    row->parties = parties;
    row->cause = db_get_uuid(result, i, 7);
    row->traceparent = db_get_text(result, i, 8);
}

void
feed_ask_page(struct feed *feed, const char *programme, int64_t after)
{
    snprintf(feed->asked.programme, sizeof(feed->asked.programme), "%s", programme);
    feed->asked.after = after;
    feed->asked.is_open = true;
    db_call(feed->db, &read_page);
    db_text(feed->db, programme);
    db_int8(feed->db, after);
    db_send(feed->db);
}

int
feed_take_page(struct feed *feed, struct page *ret_page)
{
    const struct db_result *result;
    struct page page = { .programme = feed->asked.programme,
                         .after = feed->asked.after,
                         .arena = feed->arena };
    int rc = db_run(feed->db);

    feed->asked.is_open = false;
    if (rc != 0)
        return rc;
    result = db_result(feed->db, 0);
    page.count = db_rows(result);
    page.is_last = page.count < PAGE_ROWS;
    page.now_us = clock_now_us();
    page.rows = arena_zero(feed->arena, (page.count + 1) * sizeof(*page.rows));
    for (size_t i = 0; i < page.count; i++) {
        read_row(feed, result, i, &page.rows[i]);
        if (page.rows[i].position != page.after + (int64_t) i + 1)
            return err_set(ERR_POISON, "%s: position %lld follows %lld in the journal",
                           page.programme, (long long) page.rows[i].position,
                           (long long) (page.after + (int64_t) i));
    }
    *ret_page = page;
    return 0;
}
