/* common/scouts.c - one read for all programmes; most hints end here, without a transaction. */
#include "common/scouts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hearing.h"

enum {
    STRIDE = 1000, /* how far a cursor may stay behind a journal that does not concern it */
    SIGHT = 10000, /* positions that one look takes in */
};

struct scout {
    char programme[PROGRAMME_SIZE];
    int64_t position;
    bool passes; /* the cursor is to follow */
};

struct scouts {
    const struct service *service;
    struct arena *arena;
    struct list posts; /* of struct scout */
};

/* Columns: programme, what to do there, how far was seen, whether that is all. */
static const struct statement find_news = {
    "find news",
    "SELECT h.programme, CASE WHEN EXISTS (SELECT FROM runtime.journal j"
    "   WHERE j.programme = h.programme AND j.position > s.since AND j.position <= s.upto"
    "    AND j.type = ANY($4::text[]) LIMIT 1) THEN 'hear'"
    "  WHEN s.upto - coalesce(c.position, 0) >= $5::int8 THEN 'pass' ELSE 'stay' END,"
    " s.upto, s.upto = h.position"
    " FROM runtime.journal_head h"
    " LEFT JOIN runtime.cursor c ON c.consumer = $1::text AND c.programme = h.programme"
    " LEFT JOIN unnest($2::text[], $3::int8[]) AS k(programme, position) ON k.programme = "
    "h.programme"
    " CROSS JOIN LATERAL (SELECT greatest(c.position, k.position, 0) AS since,"
    "  least(h.position, greatest(c.position, k.position, 0) + $6::int8) AS upto) AS s"
    " WHERE h.position > s.since"
    " UNION ALL SELECT DISTINCT f.programme, 'drain', 0, true FROM runtime.parked f"
    " WHERE f.consumer = $1::text AND (f.verdict IS NOT NULL OR f.reason = '" HEARING_BEHIND "')"
    "  AND NOT EXISTS (SELECT FROM runtime.parked e WHERE e.consumer = f.consumer"
    "   AND e.programme = f.programme AND e.subject = f.subject AND e.position < f.position)"
};

/* Whoever hears there at this moment is at least as far when the lock is free. */
static const struct statement pass_by = {
    "pass by", "INSERT INTO runtime.cursor AS c (consumer, programme, position)"
               " VALUES ($1::text, $2::text, $3::int8)"
               " ON CONFLICT (consumer, programme) DO UPDATE SET position = EXCLUDED.position"
               " WHERE c.position < EXCLUDED.position"
};

int
scouts_open(struct db *db, const struct service *service, struct scouts **ret_scouts)
{
    struct scouts *scouts = calloc(1, sizeof(*scouts));
    int rc;

    if (!scouts)
        abort();
    scouts->service = service;
    scouts->arena = arena_new();
    list_init(&scouts->posts, scouts->arena, sizeof(struct scout));
    *ret_scouts = scouts;
    rc = db_prepare(db, &find_news);
    return rc ? rc : db_prepare(db, &pass_by);
}

void
scouts_close(struct scouts **scouts_p)
{
    if (!*scouts_p)
        return;
    arena_free(&(*scouts_p)->arena);
    free(*scouts_p);
    *scouts_p = NULL;
}

void
scouts_ask(struct scouts *scouts, struct db *db)
{
    db_call(db, &find_news);
    db_text(db, scouts->service->name);
    db_array(db, DB_TEXT, scouts->posts.count);
    LIST_EACH (const struct scout, s, &scouts->posts)
        db_text(db, s->programme);
    db_array(db, DB_INT8, scouts->posts.count);
    LIST_EACH (const struct scout, s, &scouts->posts)
        db_int8(db, s->position);
    hearing_put_types(db, scouts->service);
    db_int8(db, STRIDE);
    db_int8(db, SIGHT);
}

static struct scout *
scout_of(struct scouts *scouts, const char *programme)
{
    struct scout *scout;

    LIST_EACH (struct scout, s, &scouts->posts)
        if (strcmp(s->programme, programme) == 0)
            return s;
    scout = list_add(&scouts->posts);
    snprintf(scout->programme, sizeof(scout->programme), "%s", programme);
    return scout;
}

void
scouts_take(struct scouts *scouts, const struct db_result *result, struct findings *findings)
{
    for (size_t i = 0; i < db_rows(result); i++) {
        const char *programme = db_get_text(result, i, 0);
        const char *what = db_get_text(result, i, 1);

        if (strcmp(what, "drain") == 0) {
            snprintf(list_add(&findings->drain), PROGRAMME_SIZE, "%s", programme);
        } else if (strcmp(what, "hear") == 0) {
            snprintf(list_add(&findings->hear), PROGRAMME_SIZE, "%s", programme);
        } else {
            struct scout *scout = scout_of(scouts, programme);

            scout->position = db_get_int(result, i, 2);
            scout->passes = strcmp(what, "pass") == 0;
            findings->has_more = !db_get_int(result, i, 3) || findings->has_more;
        }
    }
}

int
scouts_pass(struct scouts *scouts, struct db *db)
{
    LIST_EACH (struct scout, s, &scouts->posts) {
        if (!s->passes)
            continue;
        s->passes = false;
        db_call(db, &pass_by);
        db_text(db, scouts->service->name);
        db_text(db, s->programme);
        db_int8(db, s->position);
    }
    return db_run(db);
}
