/* common/verify_answers.c - what events say of the requests that caused them, beside what the inbox says. */
#include <string.h>

#include "common/verify_parts.h"

enum {
    FORESIGHT = 1024, /* requests that an event may look ahead */
    SEATS = 4 * FORESIGHT,
};

/* The last that were answered, by id; who comes later takes the seat. */
struct answers {
    struct answered seats[SEATS];
};

static const struct statement find_request = {
    "find request", "SELECT i.request_digest, sha256(i.reply) FROM runtime.inbox i"
                    " WHERE i.programme = $1::text AND i.source = $2::uuid AND i.id = $3::uuid"
};

int
answers_prepare(struct verifier *v)
{
    return db_prepare(v->db, &find_request);
}

struct answers *
answers_new(struct arena *arena)
{
    return arena_zero(arena, sizeof(struct answers));
}

static struct answered *
seat_of(struct answers *answers, const struct uuid *id)
{
    uint64_t random;

    memcpy(&random, id->bytes + 8, sizeof(random));
    /* the first two of these bits are those of every id */
    return &answers->seats[(random >> 8) % SEATS];
}

static bool
caused(const struct answered *request, const struct journal_row *event)
{
    return uuid_equal(&request->id, &event->cause) && uuid_equal(&request->source, &event->source);
}

/* Requests and events lie in the same order: it sits there already, or is one of the next. */
static int
look_ahead(struct verifier *v, const struct journal_row *event, const struct answered **ret_seat)
{
    const struct answered *seat = seat_of(v->answers, &event->cause), *next;
    bool goes_on = true;
    int rc = 0;

    for (int n = 0; n < FORESIGHT && goes_on && !caused(seat, event); n++) {
        rc = requests_next(v->requests, &next);
        goes_on = rc == 0 && next;
        if (goes_on)
            *seat_of(v->answers, &next->id) = *next;
    }
    *ret_seat = rc == 0 && caused(seat, event) ? seat : NULL;
    return rc;
}

/* For an event whose request is far away, or nowhere. */
static int
look_up(struct verifier *v, const struct journal_row *event, struct answered *ret_found,
        bool *ret_is_there)
{
    const struct db_result *r;
    int rc;

    db_call(v->db, &find_request);
    db_text(v->db, v->programme);
    db_uuid(v->db, &event->source);
    db_uuid(v->db, &event->cause);
    rc = db_run(v->db);
    if (rc)
        return rc;
    r = db_result(v->db, 0);
    *ret_is_there = db_rows(r) > 0;
    if (*ret_is_there) {
        ret_found->request = db_get_digest(r, 0, 0);
        ret_found->reply = db_get_digest(r, 0, 1);
    }
    return 0;
}

int
answers_compare(struct verifier *v, const struct journal_row *event)
{
    const struct answered *seat = NULL;
    struct answered found;
    bool is_there = true;
    int rc;

    if (uuid_is_nil(&event->source))
        return 0;
    rc = look_ahead(v, event, &seat);
    if (rc == 0 && !seat) {
        rc = look_up(v, event, &found, &is_there);
        seat = &found;
    }
    if (rc)
        return rc;
    if (!is_there)
        verify_damage(v, "position %lld: the request that caused it is not in the inbox",
                      (long long) event->position);
    else if (!digest_equal(&seat->request, &event->request_digest) ||
             !digest_equal(&seat->reply, &event->reply_digest))
        verify_damage(v, "position %lld: request or reply is not the one that caused it",
                      (long long) event->position);
    return 0;
}
