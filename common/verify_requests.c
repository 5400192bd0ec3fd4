/* common/verify_requests.c - the chain of requests, row by row, beside the events that they caused.
 *
 * The inbox has no index by programme or number. Rows lie in the table nearly in the order of their numbers, so those
 * of a programme to which much of the table belongs are read as they lie, and the few that come early wait for their
 * turn; where too many wait, PostgreSQL sorts what is left. The rows of all other programmes it sorts at once. */
#include <stdlib.h>
#include <string.h>

#include "common/verify_parts.h"

enum {
    FORESIGHT = 1024, /* requests that an event may look ahead */
    SEATS = 4 * FORESIGHT,
};

#define SMALL_TABLE 10000 /* rows that are sorted whatever they belong to */
#define LARGE_PART 8      /* a programme is large that has one in so many of all rows */

#define REQUEST_COLUMNS INBOX_COLUMNS ", i.salt, i.request, i.programme"

enum { SALT = 14, BYTES, PROGRAMME };

static const struct statement find_request = {
    "find request", "SELECT i.request_digest, sha256(i.reply) FROM runtime.inbox i"
                    " WHERE i.programme = $1::text AND i.source = $2::uuid AND i.id = $3::uuid"
};

static const struct statement count_requests = {
    "count requests",
    "SELECT count(*) FROM runtime.inbox WHERE programme = $1::text AND number <= $2::int8"
};

/* What an event says of the request that caused it. */
struct answered {
    struct uuid source, id;
    struct digest request, reply;
};

/* Those of one programme. */
struct requests {
    struct stream *stream;
    bool as_they_lie,
        is_sorted; /* otherwise they come in order; so does the rest, sorted after all */
    bool is_over;
    struct journal_head head; /* up to here they were looked at */
    struct waiting waiting;
    struct answered seats[SEATS]; /* by id; who comes later takes the seat */
};

/* ------------------------------------------------------------------ reading */

static bool
is_large(const struct verifier *v, const struct journal_head *head)
{
    return v->all_requests > SMALL_TABLE && head->inbox_count > v->all_requests / LARGE_PART;
}

/* Of all programmes that are not large, one after the other; so also of one that has no head any more. The keys tell
 * which rows these are, so that the others are not looked at. */
static int
start_others(struct verifier *v, struct arena *arena, const struct list *heads)
{
    const char *only = v->options->programme, *which = "true";
    int rc;

    LIST_EACH (const struct journal_head, head, heads) {
        if (is_large(v, head) && only)
            return 0;
        if (is_large(v, head))
            which = arena_format(arena, "%s AND programme <> %s", which,
                                 stream_quote(v->others, arena, head->programme));
    }
    if (only)
        which = arena_format(arena, "programme = %s", stream_quote(v->others, arena, only));
    rc = stream_start(v->others, arena,
                      arena_format(arena,
                                   "SELECT " REQUEST_COLUMNS " FROM (SELECT id, source, programme"
                                   " FROM runtime.inbox WHERE %s) AS k"
                                   " JOIN runtime.inbox i USING (id, source, programme)"
                                   " ORDER BY i.programme COLLATE \"C\", i.number",
                                   which));
    return rc ? rc : stream_next(v->others, &v->has_other);
}

int
requests_open(struct verifier *v, struct arena *arena, const struct list *heads)
{
    int rc = db_prepare(v->db, &find_request);

    LIST_EACH (const struct journal_head, head, heads)
        v->all_requests += head->inbox_count;
    if (rc == 0)
        rc = db_prepare(v->db, &count_requests);
    if (rc == 0)
        rc = stream_open(v, "", &v->request_stream);
    if (rc == 0)
        rc = stream_open(v, "", &v->others);
    return rc ? rc : start_others(v, arena, heads);
}

const char *
requests_unknown(const struct verifier *v, const char *before)
{
    const char *programme = v->has_other ? stream_text(v->others, PROGRAMME) : NULL;

    return programme && (!before || strcmp(programme, before) < 0) ? programme : NULL;
}

static int
start(struct verifier *v, const char *which)
{
    return stream_start(v->request_stream, v->page,
                        arena_format(v->page,
                                     "SELECT " REQUEST_COLUMNS
                                     " FROM runtime.inbox i WHERE i.programme = %s AND %s",
                                     stream_quote(v->request_stream, v->page, v->programme),
                                     which));
}

int
requests_begin(struct verifier *v, struct requests **ret_requests)
{
    struct requests *q = calloc(1, sizeof(*q));

    if (!q)
        abort();
    *ret_requests = q;
    q->head.programme = v->programme;
    q->as_they_lie = is_large(v, &v->head);
    q->stream = q->as_they_lie ? v->request_stream : v->others;
    return q->as_they_lie ? start(v, "i.ctid >= '(0,0)'") : 0;
}

void
requests_end(struct requests **requests_p)
{
    if (!*requests_p)
        return;
    waiting_clear(&(*requests_p)->waiting);
    free(*requests_p);
    *requests_p = NULL;
}

/* A row of REQUEST_COLUMNS; what it points to lasts as long as the row. */
static struct request
read_request(const struct stream *s)
{
    return (struct request){
        .row = {
            .number = verify_place(stream_int(s, 0)),
            .source = stream_uuid(s, 1),
            .id = stream_uuid(s, 2),
            .service = stream_text(s, 3),
            .type = stream_text(s, 4),
            .subject = stream_uuid(s, 5),
            .agency = stream_uuid(s, 6),
            .actor = stream_uuid(s, 7),
            .capacity = (int32_t) stream_int(s, 8),
            .received_us = stream_time(s, 9),
            .stored_us = stream_time(s, 10),
            .request_digest = stream_digest(s, 11),
            .reply = stream_bytes(s, 12),
            .chain = stream_digest(s, 13),
            .request = stream_bytes(s, BYTES),
        },
        .salt = stream_bytes(s, SALT),
        .is_erased = !stream_bytes(s, SALT).data,
    };
}

/* Of the others' stream a row is in hand already; one of another programme stays there for later. */
static int
turn_to_next(struct verifier *v, struct request *ret_row)
{
    struct requests *q = v->requests;
    bool is_row = v->has_other;
    int rc = q->as_they_lie ? stream_next(q->stream, &is_row) : 0;

    q->is_over =
        rc == 0 && (!is_row || strcmp(stream_text(q->stream, PROGRAMME), v->programme) != 0);
    if (rc == 0 && !q->is_over)
        *ret_row = read_request(q->stream);
    return rc;
}

static int
let_go(struct verifier *v)
{
    return v->requests->stream == v->others ? stream_next(v->others, &v->has_other) : 0;
}

/* Whoever bears a number that was taken, and had not come yet, would be passed over by what follows. */
static int
count_so_far(struct verifier *v)
{
    int64_t number = v->requests->head.inbox_count, count;
    int rc;

    db_call(v->db, &count_requests);
    db_text(v->db, v->programme);
    db_int8(v->db, number);
    rc = db_run(v->db);
    if (rc)
        return rc;
    count = db_get_int(db_result(v->db, 0), 0, 0);
    if (count != v->request_count)
        verify_damage(v, "request %lld: %lld others up to here bear a number that is taken",
                      (long long) number, (long long) (count - v->request_count));
    return 0;
}

/* From behind the last that was looked at. */
static int
sort_the_rest(struct verifier *v)
{
    struct requests *q = v->requests;
    int rc = stream_skip(q->stream);

    waiting_clear(&q->waiting);
    q->is_sorted = true;
    if (rc == 0)
        rc = count_so_far(v);
    return rc ? rc
              : start(v, arena_format(v->page, "i.number > %lld ORDER BY i.number",
                                      (long long) q->head.inbox_count));
}

/* ------------------------------------------------------------------ one request */

static size_t
seat_of(const struct uuid *id)
{
    uint64_t random;

    memcpy(&random, id->bytes + 8, sizeof(random));
    return (size_t) (random >> 8) % SEATS; /* the first two of these bits are those of every id */
}

static void
take_seat(struct requests *q, const struct inbox_row *row)
{
    q->seats[seat_of(&row->id)] = (struct answered){ row->source, row->id, row->request_digest,
                                                     sha256(row->reply.data, row->reply.size) };
}

static void
judge_bytes(struct verifier *v, const struct request *r)
{
    struct digest digest;

    if (r->is_erased) {
        v->erased++;
        return;
    }
    if (r->salt.size != 16) {
        verify_damage(v, "request %lld: its salt is cut", (long long) r->row.number);
        return;
    }
    digest = request_digest(r->salt.data, r->row.request);
    if (!digest_equal(&digest, &r->row.request_digest))
        verify_damage(v, "request %lld: its bytes are not those that came",
                      (long long) r->row.number);
}

static void
take_request(struct verifier *v, const struct request *r)
{
    struct journal_head *head = &v->requests->head;
    const struct inbox_row *row = &r->row;
    const struct checkpoint *c = checkpoint_of(v);
    struct inbox_row again = *row;

    v->request_count++;
    if (row->number != head->inbox_count + 1) {
        verify_damage(v, "request %lld: missing (%lld follows %lld)",
                      (long long) head->inbox_count + 1, (long long) row->number,
                      (long long) head->inbox_count);
        head->inbox_count = row->number - 1;
    }
    inbox_chain(head, &again);
    if (!digest_equal(&again.chain, &row->chain)) {
        verify_damage(v, "request %lld: the row is not what was written", (long long) row->number);
        head->inbox_chain = row->chain;
    }
    if (c)
        checkpoint_compare(v, "request", row->number, &row->chain, c->inbox_count, c->inbox_chain);
    judge_bytes(v, r);
    take_seat(v->requests, row);
}

/* The next request by number, which may have to be waited for. false: there is no other. */
static int
take_next(struct verifier *v, bool *ret_was_there)
{
    struct requests *q = v->requests;
    int rc = 0;

    *ret_was_there = true;
    while (rc == 0) {
        struct request r, *first = waiting_first(&q->waiting);

        if (first && (q->is_over || first->row.number <= q->head.inbox_count + 1)) {
            take_request(v, first);
            waiting_drop_first(&q->waiting);
            return 0;
        }
        if (q->is_over) {
            *ret_was_there = false;
            return 0;
        }
        rc = turn_to_next(v, &r);
        if (rc || q->is_over)
            continue;
        if (!q->as_they_lie || q->is_sorted || r.row.number == q->head.inbox_count + 1) {
            take_request(v, &r);
            return let_go(v);
        }
        if (!waiting_add(&q->waiting, &r))
            rc = sort_the_rest(v);
    }
    return rc;
}

/* ------------------------------------------------------------------ the events' side */

/* Requests and events lie in the same order: it sits there already, or is one of the next. */
static int
look_ahead(struct verifier *v, const struct journal_row *event, const struct answered **ret_seat)
{
    const struct answered *seat = &v->requests->seats[seat_of(&event->cause)];
    bool goes_on = true;
    int rc = 0;

    *ret_seat = NULL;
    for (int n = 0; n <= FORESIGHT && goes_on && rc == 0; n++) {
        if (uuid_equal(&seat->id, &event->cause) && uuid_equal(&seat->source, &event->source)) {
            *ret_seat = seat;
            return 0;
        }
        if (n < FORESIGHT)
            rc = take_next(v, &goes_on);
    }
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
requests_compare(struct verifier *v, const struct journal_row *event)
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

int
requests_finish(struct verifier *v)
{
    const struct journal_head *head = &v->requests->head;
    const struct checkpoint *c = checkpoint_of(v);
    bool goes_on = true;
    int rc = 0;

    while (rc == 0 && goes_on)
        rc = take_next(v, &goes_on);
    if (rc)
        return rc;
    if (head->inbox_count != v->head.inbox_count)
        verify_damage(v, "request %lld: the inbox ends here, its head says %lld",
                      (long long) head->inbox_count, (long long) v->head.inbox_count);
    else if (!digest_equal(&head->inbox_chain, &v->head.inbox_chain))
        verify_damage(v, "request %lld: the head has another chain", (long long) head->inbox_count);
    if (c && head->inbox_count < c->inbox_count)
        verify_damage(v, "request %lld: the inbox ends here, the checkpoint knew %lld",
                      (long long) head->inbox_count, (long long) c->inbox_count);
    return 0;
}
