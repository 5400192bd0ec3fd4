/* common/reader_get.c - answers a Get: by the column tables, or by what the query makes of the state. */
#include "common/clock.h"
#include "common/fill.h"
#include "common/party.h"
#include "common/proto.h"
#include "common/reader_state.h"

static bool
may_see(const struct reader *reader, const struct question *q, const struct given *given)
{
    struct list parties;

    if (q->query->may_see)
        return q->query->may_see(given);
    if (q->query->for_everybody || authority_reads_all(reader->authority, &q->actor.agency,
                                                       q->request->programme, clock_now_us()))
        return true;
    list_init(&parties, reader->arena, sizeof(struct uuid));
    party_add_all(&parties, q->query->kind->table, given->state);
    return party_is_among(&parties, &q->actor.agency);
}

/* Queues the load of all of these keys that are of one kind. */
static void
load_kind(struct reader *reader, const char *programme, const struct kind *kind,
          const struct keys *keys)
{
    struct list ids;

    list_init(&ids, reader->arena, sizeof(struct uuid));
    LIST_EACH (const struct held, key, &keys->items)
        if (key->kind == kind)
            *(struct uuid *) list_add(&ids) = key->id;
    if (ids.count)
        store_load(reader->store, kind, programme, ids.items, ids.count, ids.count);
}

static int
load(struct reader *reader, const struct question *q, struct world *world, const struct keys *keys)
{
    size_t first = 0;
    int rc;

    store_forget(reader->store);
    for (const struct kind *const *kind = reader->service->kinds; *kind; kind++)
        load_kind(reader, q->request->programme, *kind, keys);
    rc = db_run(reader->db);
    return rc ? rc : store_loaded(reader->store, world, reader->arena, &first);
}

/* What else the answer is made of, in the order in which it was asked for. */
static int
load_also(struct reader *reader, const struct question *q, struct world *world, struct given *given)
{
    struct keys keys = { .arena = reader->arena };
    struct held *held;
    int rc;

    list_init(&keys.items, reader->arena, sizeof(struct held));
    if (q->query->also)
        q->query->also(given, q->message, &keys);
    if (keys.items.count == 0)
        return 0;
    rc = load(reader, q, world, &keys);
    held = arena_zero(reader->arena, keys.items.count * sizeof(*held));
    given->also = held;
    LIST_EACH (const struct held, key, &keys.items)
        held[given->also_count++] = *world_hold(world, key->kind, key->id);
    return rc;
}

static ProtobufCMessage *
response_of(struct reader *reader, const struct question *q, struct world *world,
            const struct given *given)
{
    const struct query *query = q->query;
    void *response;

    if (query->show)
        query->show(given, world_hold(world, query->kind, given->subject)->state);
    if (!query->answer)
        return fill_get(reader->arena, query, given->state);
    response = proto_new(reader->arena, query->response);
    query->answer(given, q->message, reader->arena, response);
    return response;
}

int
reader_get(struct reader *reader, struct question *q, ProtobufCMessage **ret_response,
           int *ret_reason)
{
    struct world *world = world_new(reader->arena);
    struct keys own = { .arena = reader->arena };
    struct given given = {
        .subject = uuid_of(q->request->subject),
        .programme = q->request->programme,
        .actor = &q->actor,
        .now_us = clock_now_us(),
        .authority = reader->authority,
    };
    int rc;

    list_init(&own.items, reader->arena, sizeof(struct held));
    need(&own, q->query->kind, given.subject);
    rc = load(reader, q, world, &own);
    if (rc)
        return rc;
    given.state = world_hold(world, q->query->kind, given.subject)->state;
    if (((const struct aggregate *) given.state)->version == 0 || !may_see(reader, q, &given)) {
        *ret_reason = WIRE__REASON__REASON_NOT_FOUND; /* the same answer: nothing is given away */
        return 0;
    }
    rc = load_also(reader, q, world, &given);
    if (rc)
        return rc;
    if (q->query->is_hidden && q->query->is_hidden(&given)) {
        *ret_reason = WIRE__REASON__REASON_NOT_FOUND;
        return 0;
    }
    *ret_response = response_of(reader, q, world, &given);
    return 0;
}
