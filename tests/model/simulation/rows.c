/* tests/model/simulation/rows.c - the tables of all services, in memory: what is not in a column is not kept. */
#include <assert.h>

#include "common/columns.h"
#include "common/proto.h"
#include "tests/model/simulation/simulation.h"

extern const struct service directory_service, submissions_service, appraisal_service,
    funding_service, notifications_service;

const struct service *const services[SERVICES] = { &directory_service, &submissions_service,
                                                   &appraisal_service, &funding_service,
                                                   &notifications_service };

static const char *const names[PROGRAMMES] = { DIRECTORY_PROGRAMME, "khanh-hoa", "soc-trang" };

/* ------------------------------------------------------------------ who is who */

static const struct kind *all_kinds[MOST_ALL_KINDS + 1];

static void
number_kinds(void)
{
    size_t count = 0;

    for (size_t i = 0; i < SERVICES; i++)
        for (const struct kind *const *kind = services[i]->kinds; *kind; kind++) {
            if (count == MOST_ALL_KINDS)
                give_up("there are more than %d kinds of aggregates", MOST_ALL_KINDS);
            all_kinds[count++] = *kind;
        }
    all_kinds[count] = NULL;
}

const struct kind *
kind_of_number(uint32_t number)
{
    return number < MOST_ALL_KINDS ? all_kinds[number] : NULL;
}

uint32_t
kind_number(const struct kind *kind)
{
    uint32_t number = 0;

    while (all_kinds[number] != kind)
        if (!all_kinds[number++])
            give_up("%s is a kind of no service", kind->name);
    return number;
}

const struct kind *
kind_named(const char *name)
{
    for (uint32_t i = 0; all_kinds[i]; i++)
        if (strcmp(all_kinds[i]->name, name) == 0)
            return all_kinds[i];
    give_up("no kind is called %s", name);
}

unsigned
service_number(const struct service *service)
{
    for (unsigned i = 0; i < SERVICES; i++)
        if (services[i] == service)
            return i;
    give_up("%s is none of the services", service->name);
}

struct tenant *
tenant_called(const char *name)
{
    for (size_t i = 0; i < PROGRAMMES; i++)
        if (strcmp(names[i], name) == 0)
            return &sim.programmes[i];
    return NULL;
}

void
rows_begin(void)
{
    number_kinds();
    index_init(&sim.stored, sizeof(struct stored_key));
    index_init(&sim.answered, sizeof(struct inbox_key));
    for (uint32_t i = 0; i < PROGRAMMES; i++) {
        struct tenant *p = &sim.programmes[i];

        *p = (struct tenant){ .name = names[i], .number = i, .head = { .programme = names[i] } };
        list_init(&p->rows, sim.arena, sizeof(struct journal_row));
        list_init(&p->timers, sim.arena, sizeof(struct timer));
        for (size_t k = 0; k < MOST_ALL_KINDS; k++)
            list_init(&p->stored[k], sim.arena, sizeof(struct stored *));
    }
}

void
rows_end(void)
{
    index_done(&sim.stored);
    index_done(&sim.answered);
}

/* ------------------------------------------------------------------ columns */

static void
copy_text(struct arena *arena, const char *const *from, const char **to)
{
    *to = **from ? arena_text(arena, *from) : "";
}

static void
copy_message(struct arena *arena, const struct column *c, ProtobufCMessage *const *from,
             ProtobufCMessage **to)
{
    struct bytes packed;

    *to = NULL;
    if (!*from)
        return;
    packed = proto_pack(sim.step, *from);
    if (proto_unpack(arena, c->message, packed.data, packed.size, to))
        give_up("a stored %s cannot be read", c->message->name);
}

const struct column *
column_called(const struct column *columns, const char *name)
{
    for (const struct column *c = columns; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    give_up("there is no column %s any more", name);
}

int64_t
row_number(const struct stored *row, const char *name)
{
    const struct column *c = column_called(row->kind->table->columns, name);
    const void *value = (const char *) row->state + c->offset;

    switch (c->type) {
    case INT8:
    case TIME:
        return *(const int64_t *) value;
    case INT4:
    case ENUM:
        return *(const int32_t *) value;
    case BOOL:
        return *(const bool *) value;
    default:
        give_up("%s is no number", name);
    }
}

static size_t
size_of(enum column_type type)
{
    switch (type) {
    case ENUM:
    case INT4:
        return sizeof(int32_t);
    case INT8:
    case TIME:
        return sizeof(int64_t);
    case BOOL:
        return sizeof(bool);
    case UUID:
    case PARTY:
        return sizeof(struct uuid);
    case DIGEST:
        return sizeof(struct digest);
    case TEXT:
    case MESSAGE:
    case COLUMN_END:
        break;
    }
    return 0;
}

/* What is there already stays where it is. */
static void
copy_columns(struct arena *arena, const struct column *columns, const void *from, void *to,
             bool is_new)
{
    for (const struct column *c = columns; c->name; c++) {
        const void *source = (const char *) from + c->offset;
        void *target = (char *) to + c->offset;

        if (!is_new && column_equal(c, from, to))
            continue;
        if (c->type == TEXT)
            copy_text(arena, source, target);
        else if (c->type == MESSAGE)
            copy_message(arena, c, source, target);
        else
            memcpy(target, source, size_of(c->type));
    }
}

static struct list *
children_of(const struct aggregate *state, const struct child *child)
{
    return (void *) ((char *) (uintptr_t) state + child->offset);
}

/* Child rows are only ever added. */
static void
copy_children(struct arena *arena, const struct child *child, const struct aggregate *from,
              struct aggregate *to)
{
    const struct list *source = children_of(from, child);
    struct list *target = children_of(to, child);

    for (size_t i = target->count; i < source->count; i++)
        copy_columns(arena, child->columns, list_at(source, i), list_add(target), true);
}

void
row_copy(struct arena *arena, const struct kind *kind, const struct aggregate *from,
         struct aggregate *to)
{
    bool is_new = to->version == 0;

    copy_columns(arena, aggregate_columns, from, to, false);
    copy_columns(arena, kind->table->columns, from, to, is_new);
    for (const struct child *c = kind->table->children; c && c->name; c++)
        copy_children(arena, c, from, to);
}

static bool
columns_are(const struct column *columns, const void *a, const void *b, const char **ret_column)
{
    for (const struct column *c = columns; c->name; c++)
        if (!column_equal(c, a, b)) {
            *ret_column = c->name;
            return false;
        }
    return true;
}

static bool
children_are(const struct child *child, const struct aggregate *a, const struct aggregate *b,
             size_t from, const char **ret_column)
{
    const struct list *left = children_of(a, child), *right = children_of(b, child);

    *ret_column = child->name;
    if (left->count != right->count)
        return false;
    for (size_t i = from; i < left->count; i++)
        if (!columns_are(child->columns, list_at(left, i), list_at(right, i), ret_column))
            return false;
    return true;
}

/* Of child rows only the last ones are compared: those before were when they were added, and stay. */
bool
row_is(const struct kind *kind, const struct aggregate *a, const struct aggregate *b,
       const char **ret_column)
{
    enum { LAST = 8 };

    if (!columns_are(aggregate_columns, a, b, ret_column) ||
        !columns_are(kind->table->columns, a, b, ret_column))
        return false;
    for (const struct child *c = kind->table->children; c && c->name; c++) {
        size_t count = children_of(a, c)->count;

        if (!children_are(c, a, b, count > LAST ? count - LAST : 0, ret_column))
            return false;
    }
    return true;
}

/* ------------------------------------------------------------------ rows */

static struct stored_key
key_of(const struct tenant *programme, const struct kind *kind, const struct uuid *id)
{
    return (struct stored_key){ *id, kind_number(kind), programme->number };
}

struct stored *
stored_find(const struct tenant *programme, const struct kind *kind, const struct uuid *id)
{
    const struct stored_key key = key_of(programme, kind, id);

    return index_get(&sim.stored, &key);
}

/* NULL also for what a mistake forgets. */
struct answered *
answered_find(const struct service *service, const struct inbox_key *key)
{
    struct answered *a = index_get(&sim.answered, key);

    return a && a->number > sim.forgotten[service_number(service)] ? a : NULL;
}

/* The texts are shared, the lists are not: what a batch adds to its own is nobody else's. */
void
row_load(const struct tenant *programme, struct held *held, bool is_whole)
{
    const struct stored *row = stored_find(programme, held->kind, &held->id);
    const struct table *table = held->kind->table;
    struct aggregate *state = held->state;

    held->is_loaded = true;
    held->is_whole = held->is_whole || is_whole;
    if (!row)
        return;
    copy_columns(NULL, aggregate_columns, row->state, state, true);
    for (const struct column *c = table->columns; c->name; c++)
        memcpy((char *) state + c->offset, (const char *) row->state + c->offset,
               c->type == TEXT || c->type == MESSAGE ? sizeof(void *) : size_of(c->type));
    if (sim.mistake == STALE_READ && dice_chance(&sim.dice, 2))
        state->version -= state->version > 1;
    held->stored_version = state->version;
    for (const struct child *c = table->children; c && c->name && is_whole; c++) {
        const struct list *rows = children_of(row->state, c);
        struct list *list = children_of(state, c);

        for (size_t i = 0; i < rows->count; i++)
            memcpy(list_add(list), list_at(rows, i), c->item_size);
        list->stored = list->count;
    }
}

void
row_keep(struct tenant *programme, const struct held *held)
{
    struct stored *row = stored_find(programme, held->kind, &held->id);
    uint32_t kind = kind_number(held->kind);

    if (!row) {
        row = arena_zero(sim.arena, sizeof(*row));
        row->key = key_of(programme, held->kind, &held->id);
        row->kind = held->kind;
        row->programme = programme;
        row->state = world_blank(sim.arena, held->kind, held->id);
        index_put(&sim.stored, row);
        *(struct stored **) list_add(&programme->stored[kind]) = row;
    }
    if (row->state->version != held->stored_version)
        broken("LOST_UPDATE", "%s was written over version %lld, and %lld was read",
               held->kind->name, (long long) row->state->version, (long long) held->stored_version);
    row_copy(sim.arena, held->kind, held->state, row->state);
}
