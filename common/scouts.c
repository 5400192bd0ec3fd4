/* common/scouts.c - one read for all programmes; most hints end here, without a transaction. */
#include "common/scouts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hearing.h"

enum { STRIDE = 1000 }; /* how far a cursor may stay behind a journal that does not concern it */

struct scout {
    char programme[PROGRAMME_SIZE];
    int64_t position;
};

struct scouts {
    const struct service *service;
    struct arena *arena;
    struct list posts; /* of struct scout */
};

/* Columns: programme, end of its journal, whether to hear, whether to drain. */
static const struct statement find_news = {
    "find news",
    "SELECT h.programme, h.position, h.position - coalesce(c.position, 0) >= $5::int8"
    " OR EXISTS (SELECT FROM runtime.journal j WHERE j.programme = h.programme"
    "  AND j.position > greatest(c.position, k.position, 0) AND j.position <= h.position"
    "  AND j.type = ANY($4::text[]) LIMIT 1), false"
    " FROM runtime.journal_head h"
    " LEFT JOIN runtime.cursor c ON c.consumer = $1::text AND c.programme = h.programme"
    " LEFT JOIN unnest($2::text[], $3::int8[]) AS k(programme, position) ON k.programme = "
    "h.programme"
    " WHERE h.position > greatest(c.position, k.position, 0)"
    " UNION ALL SELECT DISTINCT f.programme, 0, false, true FROM runtime.parked f"
    " WHERE f.consumer = $1::text AND (f.verdict IS NOT NULL OR f.reason = '" HEARING_BEHIND "')"
    "  AND NOT EXISTS (SELECT FROM runtime.parked e WHERE e.consumer = f.consumer"
    "   AND e.programme = f.programme AND e.subject = f.subject AND e.position < f.position)"
};

int
scouts_open(struct db *db, const struct service *service, struct scouts **ret_scouts)
{
    struct scouts *scouts = calloc(1, sizeof(*scouts));

    if (!scouts)
        abort();
    scouts->service = service;
    scouts->arena = arena_new();
    list_init(&scouts->posts, scouts->arena, sizeof(struct scout));
    *ret_scouts = scouts;
    return db_prepare(db, &find_news);
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
scouts_take(struct scouts *scouts, const struct db_result *result, struct list *hear,
            struct list *drain)
{
    for (size_t i = 0; i < db_rows(result); i++) {
        const char *programme = db_get_text(result, i, 0);

        if (db_get_int(result, i, 3))
            snprintf(list_add(drain), PROGRAMME_SIZE, "%s", programme);
        else if (db_get_int(result, i, 2))
            snprintf(list_add(hear), PROGRAMME_SIZE, "%s", programme);
        else
            scout_of(scouts, programme)->position = db_get_int(result, i, 1);
    }
}
