/* common/verify_journal.c - the chain of events, row by row, and beside it that of the requests. */
#include <string.h>

#include "common/verify_parts.h"

enum { RESET_EVERY = 1000 };

/* A row of JOURNAL_COLUMNS; what it points to lasts as long as the row. */
static struct journal_row
read_event(struct stream *s)
{
    struct journal_row row = stream_told(s);

    row.party_count = stream_uuids(s, 9, &row.parties);
    row.source = stream_uuid(s, 10);
    row.cause = stream_uuid(s, 11);
    row.heard = stream_int(s, 12);
    row.agency = stream_uuid(s, 13);
    row.actor = stream_uuid(s, 14);
    row.capacity = (int32_t) stream_int(s, 15);
    row.traceparent = stream_text(s, 16);
    row.request_digest = stream_digest(s, 17);
    row.reply_digest = stream_digest(s, 18);
    row.chain = stream_digest(s, 19);
    return row;
}

static int
take_event(struct verifier *v, struct journal_head *head)
{
    struct journal_row row = read_event(v->event_stream);
    const struct checkpoint *c = checkpoint_of(v);
    struct journal_row again = row;

    if (row.position != head->position + 1) {
        verify_damage(v, "position %lld: missing (%lld follows %lld)",
                      (long long) head->position + 1, (long long) row.position,
                      (long long) head->position);
        head->position = row.position - 1;
    }
    journal_chain(head, &again);
    if (!digest_equal(&again.chain, &row.chain)) {
        verify_damage(v, "position %lld: the row is not what was written",
                      (long long) row.position);
        head->chain =
            row.chain; /* go on from what stands there, so that one change is one damage */
    }
    if (c)
        checkpoint_compare(v, "position", row.position, &row.chain, c->position, c->chain);
    v->events++;
    lots_take(v, &row);
    return answers_compare(v, &row);
}

static int
take_events(struct verifier *v, struct journal_head *head)
{
    bool is_row = true;
    int rc = stream_start(v->event_stream, v->page,
                          arena_format(v->page,
                                       "SELECT " JOURNAL_COLUMNS " FROM runtime.journal"
                                       " WHERE programme = %s ORDER BY position",
                                       stream_quote(v->event_stream, v->page, v->programme)));

    while (rc == 0 && (rc = stream_next(v->event_stream, &is_row)) == 0 && is_row) {
        rc = take_event(v, head);
        if (v->events % RESET_EVERY)
            continue;
        arena_reset(v->page, 1 << 20);
        verify_progress(v, "events", v->events, v->head.position);
    }
    return rc;
}

int
verify_journal(struct verifier *v)
{
    struct journal_head head = { .programme = v->programme };
    const struct checkpoint *c = checkpoint_of(v);
    int rc, ended;

    requests_begin(v);
    rc = take_events(v, &head);
    if (rc == 0 && head.position != v->head.position)
        verify_damage(v, "position %lld: the journal ends here, its head says %lld",
                      (long long) head.position, (long long) v->head.position);
    else if (rc == 0 && !digest_equal(&head.chain, &v->head.chain))
        verify_damage(v, "position %lld: the head has another chain", (long long) head.position);
    if (rc == 0 && c && head.position < c->position)
        verify_damage(v, "position %lld: the journal ends here, the checkpoint knew %lld",
                      (long long) head.position, (long long) c->position);
    ended = requests_end(v, rc == 0);
    return rc ? rc : ended;
}
