/* tests/model/simulation/statements.c - what the statements of the path of a command read. */
#include "tests/model/simulation/database.h"

static struct tenant *
programme_in(const struct call *call, size_t nth)
{
    return tenant_called(value_at(call, nth)->text);
}

static unsigned
service_in(const struct call *call, size_t nth)
{
    for (unsigned i = 0; i < SERVICES; i++)
        if (strcmp(services[i]->name, value_at(call, nth)->text) == 0)
            return i;
    give_up("%s is no service", value_at(call, nth)->text);
}

/* ------------------------------------------------------------------ of a batch */

static void
lock_head(struct db *db, struct call *call)
{
    const struct tenant *p = programme_in(call, 0);
    struct value *cells = answer_rows(db, call, 1, 5);

    cells[4].number = sim.programmes[0].head.position;
    cells[0].is_null = !p || !p->has_head;
    if (cells[0].is_null)
        return;
    cells[0].number = p->head.position;
    cells[1].bytes = (struct bytes){ p->head.chain.bytes, sizeof(p->head.chain.bytes) };
    cells[2].number = p->head.inbox_count;
    cells[3].bytes = (struct bytes){ p->head.inbox_chain.bytes, sizeof(p->head.inbox_chain.bytes) };
}

/* A service sees its own requests only. */
static void
find_known(struct db *db, struct call *call)
{
    const struct tenant *p = programme_in(call, 0);
    size_t asked = (size_t) value_at(call, 1)->number;
    struct value *cells = answer_rows(db, call, asked, 5);
    size_t found = 0;

    for (size_t i = 0; p && i < asked; i++) {
        const struct inbox_key key = { value_at(call, 2 + i)->uuid,
                                       value_at(call, 3 + asked + i)->uuid, p->number };
        const struct answered *known = answered_find(db->store.service, &key);

        if (!known || known->service != db->store.service)
            continue;
        cells[0].uuid = key.source;
        cells[1].uuid = key.id;
        cells[2].bytes = (struct bytes){ known->digest.bytes, sizeof(known->digest.bytes) };
        cells[3].bytes = known->reply;
        cells[4].bytes = (struct bytes){ known->salt, sizeof(known->salt) };
        cells += 5;
        found++;
    }
    call->answer.rows = found;
}

static void
take_timers(struct db *db, struct call *call)
{
    struct tenant *p = programme_in(call, 0);
    size_t asked = (size_t) value_at(call, 1)->number, found = 0;
    struct value *cells = answer_rows(db, call, asked, 1);

    for (size_t i = 0; i < asked; i++)
        LIST_EACH (struct timer, timer, &p->timers)
            if (!timer->is_gone && uuid_equal(&timer->id, &value_at(call, 2 + i)->uuid)) {
                cells[found++].uuid = timer->id;
                *(struct timer **) list_add(&db->taken) = timer;
            }
    call->answer.rows = found;
}

static void
hear_directory(struct db *db, struct call *call)
{
    enum { MOST = 1000 };
    const struct list *rows = &sim.programmes[0].rows;
    size_t after = (size_t) value_at(call, 0)->number;
    size_t count = rows->count > after ? rows->count - after : 0;
    struct value *cells;

    count = count < MOST ? count : MOST;
    cells = answer_rows(db, call, count, 3);
    for (size_t i = 0; i < count; i++) {
        const struct journal_row *row = list_at(rows, after + i);

        cells[3 * i].number = row->position;
        cells[3 * i + 1].text = row->type;
        cells[3 * i + 2].bytes = row->body;
    }
}

/* ------------------------------------------------------------------ of a consumer */

static void
take_cursor(struct db *db, struct call *call)
{
    const struct tenant *p = programme_in(call, 1);
    struct value *cells = answer_rows(db, call, 1, 2);

    cells[0].number = p->cursors[service_in(call, 0)];
    cells[1].number = p->head.position;
}

/* Names of types are those of the descriptors: they are compared as pointers. */
static bool
is_wanted(const struct call *call, size_t first, size_t count, const char *type)
{
    for (size_t i = 0; i < count; i++)
        if (value_at(call, first + i)->text == type)
            return true;
    return false;
}

static void
read_events(struct db *db, struct call *call)
{
    enum { COLUMNS = 8, FIRST_TYPE = 5 };
    const struct tenant *p = programme_in(call, 1);
    int64_t after = value_at(call, 2)->number, upto = value_at(call, 3)->number;
    size_t types = (size_t) value_at(call, 4)->number, found = 0;
    size_t limit = (size_t) value_at(call, FIRST_TYPE + types)->number;
    size_t most = upto > after ? (size_t) (upto - after) : 0;
    struct value *c = answer_rows(db, call, most < limit ? most : limit, COLUMNS);

    for (int64_t at = after; at < upto && found < limit; at++) {
        const struct journal_row *row = list_at(&p->rows, (size_t) at);

        if (!is_wanted(call, FIRST_TYPE, types, row->type))
            continue;
        c[0].number = row->position;
        c[1].text = row->type;
        c[2].bytes = row->body;
        c[3].uuid = row->aggregate;
        c[4].uuids.items = row->parties;
        c[4].uuids.count = row->party_count;
        c[5].uuid = row->cause;
        c[6].text = "";
        c += COLUMNS;
        found++;
    }
    call->answer.rows = found;
}

/* ------------------------------------------------------------------ all of them */

static void
later(struct db *db, struct call *call)
{
    (void) db;
    call->answer.changed = call->values.count ? (size_t) value_at(call, 0)->number : 0;
}

static void
one_row(struct db *db, struct call *call)
{
    (void) db;
    call->answer.changed = 1;
}

/* clang-format off */
static const struct {
    const char *name;
    void (*read)(struct db *db, struct call *call);
} readings[] = {
    { "lock head",      lock_head },
    { "find known",     find_known },
    { "take timers",    take_timers },
    { "hear directory", hear_directory },
    { "make cursor",    one_row },
    { "take cursor",    take_cursor },
    { "read events",    read_events },
    /* These write, at COMMIT; the first value of those that write rows is their number. */
    { "found head",     one_row },
    { "move head",      one_row },
    { "take head",      one_row },
    { "move cursor",    one_row },
    { "insert journal", later },
    { "insert inbox",   later },
    { "set timers",     later },
    { "park",           later },
};
/* clang-format on */

void
statement_read(struct db *db, struct call *call)
{
    for (size_t i = 0; i < sizeof(readings) / sizeof(*readings); i++)
        if (strcmp(readings[i].name, call->statement->name) == 0) {
            readings[i].read(db, call);
            return;
        }
    give_up("the simulated database has no statement \"%s\"", call->statement->name);
}
