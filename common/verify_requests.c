/* common/verify_requests.c - the chain of requests, row by row, on a thread of its own.
 *
 * The inbox has no index by programme or number. Rows lie in the table nearly in the order of their numbers, so those
 * of a programme to which much of the table belongs are read as they lie, and the few that come early wait for their
 * turn; where too many wait, PostgreSQL sorts what is left. The rows of all other programmes it sorts at once.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/verify_parts.h"

#define SMALL_TABLE 10000 /* rows that are sorted whatever they belong to */
#define LARGE_PART 8      /* a programme is large that has one in so many of all rows */

#define REQUEST_COLUMNS INBOX_COLUMNS ", i.salt, i.request, i.programme"

enum { SALT = 14, BYTES, PROGRAMME };

/* Those of one programme. */
struct requests {
    pthread_t thread;
    struct verifier v; /* the thread's */
    struct stream *stream;
    bool as_they_lie,
        is_sorted; /* otherwise they come in order; so does the rest, sorted after all */
    bool is_over;
    struct journal_head head; /* up to here they were looked at */
    struct waiting waiting;
    struct handover *answered;
    int rc;
    char reason[512];
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
    int rc = stream_open(v, "", &v->request_stream);

    LIST_EACH (const struct journal_head, head, heads)
        v->all_requests += head->inbox_count;
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
    struct stream *s = v->requests->stream;
    int64_t number = v->requests->head.inbox_count, others = 0;
    bool is_row = false;
    int rc = stream_start(s, v->page,
                          arena_format(v->page,
                                       "SELECT count(*) FROM runtime.inbox"
                                       " WHERE programme = %s AND number <= %lld",
                                       stream_quote(s, v->page, v->programme), (long long) number));

    if (rc == 0)
        rc = stream_next(s, &is_row);
    if (rc)
        return rc;
    if (is_row)
        others = stream_int(s, 0) - v->request_count;
    if (others)
        verify_damage(v, "request %lld: %lld others up to here bear a number that is taken",
                      (long long) number, (long long) others);
    return stream_skip(s);
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
    handover_put(v->requests->answered,
                 &(struct answered){ row->source, row->id, row->request_digest,
                                     sha256(row->reply.data, row->reply.size) });
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

/* ------------------------------------------------------------------ all of them */

static void
compare_end(struct verifier *v)
{
    const struct journal_head *head = &v->requests->head;
    const struct checkpoint *c = checkpoint_of(v);

    if (head->inbox_count != v->head.inbox_count)
        verify_damage(v, "request %lld: the inbox ends here, its head says %lld",
                      (long long) head->inbox_count, (long long) v->head.inbox_count);
    else if (!digest_equal(&head->inbox_chain, &v->head.inbox_chain))
        verify_damage(v, "request %lld: the head has another chain", (long long) head->inbox_count);
    if (c && head->inbox_count < c->inbox_count)
        verify_damage(v, "request %lld: the inbox ends here, the checkpoint knew %lld",
                      (long long) head->inbox_count, (long long) c->inbox_count);
}

static int
take_all(struct requests *q)
{
    bool goes_on = true;
    int rc = q->as_they_lie ? start(&q->v, "i.ctid >= '(0,0)'") : 0;

    while (rc == 0 && goes_on && handover_is_wanted(q->answered))
        rc = take_next(&q->v, &goes_on);
    if (rc == 0 && !goes_on)
        compare_end(&q->v);
    return rc;
}

static void *
walk(void *context)
{
    struct requests *q = context;

    q->rc = take_all(q);
    if (q->rc)
        snprintf(q->reason, sizeof(q->reason), "%s", err_text());
    handover_close(q->answered);
    return NULL;
}

void
requests_begin(struct verifier *v)
{
    struct requests *q = calloc(1, sizeof(*q));

    if (!q)
        abort();
    v->requests = q;
    q->head.programme = v->programme;
    q->as_they_lie = is_large(v, &v->head);
    q->stream = q->as_they_lie ? v->request_stream : v->others;
    q->v = *v;
    q->v.page = arena_new();
    q->v.damages = 0;
    q->answered = handover_new();
    if (pthread_create(&q->thread, NULL, walk, q))
        abort();
}

int
requests_next(struct requests *q, const struct answered **ret_answered)
{
    *ret_answered = handover_take(q->answered);
    return *ret_answered || q->rc == 0 ? 0 : err_set(q->rc, "%s", q->reason);
}

int
requests_end(struct verifier *v, bool to_the_last)
{
    struct requests *q = v->requests;
    int rc;

    handover_leave(q->answered, to_the_last);
    pthread_join(q->thread, NULL);
    v->has_other = q->v.has_other;
    v->request_count = q->v.request_count;
    v->erased = q->v.erased;
    v->damages += q->v.damages;
    rc = q->rc && to_the_last ? err_set(q->rc, "%s", q->reason) : 0;
    waiting_clear(&q->waiting);
    arena_free(&q->v.page);
    handover_free(&q->answered);
    free(q);
    v->requests = NULL;
    return rc;
}
