/* common/verify_journal.c - the chain of events and the chain of requests, row by row. */
#include <string.h>

#include "common/proto.h"
#include "common/verify_parts.h"

enum { CHUNK = 1000 };

static const struct statement next_events = {
    "next events",
    "SELECT " JOURNAL_COLUMNS ", seen_request, seen_reply"
    " FROM runtime.journal j"
    " LEFT JOIN LATERAL (SELECT i.request_digest AS seen_request,"
    "   sha256(i.reply) AS seen_reply FROM runtime.inbox i"
    "   WHERE i.programme = j.programme AND i.source = j.source AND i.id = j.cause) i ON true"
    " WHERE j.programme = $1::text AND j.position > $2::int8"
    " ORDER BY j.position LIMIT $3::int8"
};
static const struct statement open_requests = {
    "open requests",
    "DECLARE requests NO SCROLL CURSOR FOR SELECT " INBOX_COLUMNS ", i.salt, i.request"
    " FROM runtime.inbox i WHERE i.programme = current_setting('sangkien.programme') ORDER BY "
    "i.number"
};
static const struct statement set_programme = {
    "set programme", "SELECT set_config('sangkien.programme', $1::text, true)"
};
static const struct statement fetch_requests = { "fetch requests", "FETCH 1000 FROM requests" };
static const struct statement close_requests = { "close requests", "CLOSE requests" };

int
verify_prepare(struct db *db)
{
    static const struct statement *const all[] = { &next_events, &set_programme, &open_requests,
                                                   &close_requests };
    int rc = 0;

    for (size_t i = 0; i < sizeof(all) / sizeof(*all) && rc == 0; i++)
        rc = db_prepare(db, all[i]);
    return rc ? rc : db_prepare(db, &fetch_requests);
}

/* ------------------------------------------------------------------ events */

static const struct kind *
kind_of(const struct verifier *v, const char *service, const char *name)
{
    for (const struct service *const *s = v->options->services; *s; s++)
        for (const struct kind *const *k = (*s)->kinds; *k; k++)
            if (strcmp((*s)->name, service) == 0 && strcmp((*k)->name, name) == 0)
                return *k;
    return NULL;
}

/* What the row says happens to its aggregate, once more. */
static int
fold(struct verifier *v, const struct journal_row *row)
{
    const struct kind *kind = kind_of(v, row->service, row->kind);
    const struct word *word = proto_word(row->type);
    const char *because;
    struct held *held;
    struct bytes body = arena_bytes(v->arena, row->body.data, row->body.size);
    void *event;

    if (!kind || !word || word->kind != WORD_EVENT ||
        proto_unpack(v->arena, word->message, body.data, body.size, &event)) {
        verify_damage(v, "position %lld: %s of %s.%s cannot be read", (long long) row->position,
                      row->type, row->service, row->kind);
        return 0;
    }
    held = world_hold(v->world, kind, row->aggregate);
    if (row->version != held->state->version + 1)
        verify_damage(v, "position %lld: version %lld of %s %s follows %lld",
                      (long long) row->position, (long long) row->version, row->kind,
                      uuid_text(v->page, &row->aggregate), (long long) held->state->version);
    if (world_apply(kind, held->state, event, row->recorded_us, &because))
        verify_damage(v, "position %lld: %s", (long long) row->position, err_text());
    else if (strcmp(because, row->because) != 0)
        verify_damage(v, "position %lld: another reason than its row has",
                      (long long) row->position);
    return 0;
}

static void
compare_checkpoint(struct verifier *v, const char *what, int64_t place, const struct digest *chain,
                   int64_t known_place, const char *known)
{
    if (place == known_place && strcmp(hex_text(v->page, chain->bytes, 32), known) != 0)
        verify_damage(v, "%s %lld: another chain than at the checkpoint", what, (long long) place);
}

static void
compare_request(struct verifier *v, const struct db_result *r, size_t i,
                const struct journal_row *row)
{
    struct bytes request = db_get_bytes(r, i, 20), reply = db_get_bytes(r, i, 21);

    if (uuid_is_nil(&row->source))
        return;
    if (db_is_null(r, i, 20))
        verify_damage(v, "position %lld: the request that caused it is not in the inbox",
                      (long long) row->position);
    else if (request.size != 32 || memcmp(request.data, row->request_digest.bytes, 32) != 0 ||
             reply.size != 32 || memcmp(reply.data, row->reply_digest.bytes, 32) != 0)
        verify_damage(v, "position %lld: request or reply is not the one that caused it",
                      (long long) row->position);
}

static int
take_event(struct verifier *v, const struct db_result *r, size_t i, struct journal_head *head)
{
    struct journal_row row = journal_read(r, i, v->page);
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
        compare_checkpoint(v, "position", row.position, &row.chain, c->position, c->chain);
    compare_request(v, r, i, &row);
    v->events++;
    return fold(v, &row);
}

int
verify_journal(struct verifier *v)
{
    struct journal_head head = { .programme = v->programme };
    const struct checkpoint *c = checkpoint_of(v);
    size_t rows;
    int rc;

    do {
        arena_reset(v->page, 1 << 20);
        db_call(v->db, &next_events);
        db_text(v->db, v->programme);
        db_int8(v->db, head.position);
        db_int8(v->db, CHUNK);
        rc = db_run(v->db);
        rows = rc ? 0 : db_rows(db_result(v->db, 0));
        for (size_t i = 0; i < rows && rc == 0; i++)
            rc = take_event(v, db_result(v->db, 0), i, &head);
    } while (rc == 0 && rows == CHUNK);
    if (rc)
        return rc;
    if (head.position != v->head.position)
        verify_damage(v, "position %lld: the journal ends here, its head says %lld",
                      (long long) head.position, (long long) v->head.position);
    else if (!digest_equal(&head.chain, &v->head.chain))
        verify_damage(v, "position %lld: the head has another chain", (long long) head.position);
    if (c && head.position < c->position)
        verify_damage(v, "position %lld: the journal ends here, the checkpoint knew %lld",
                      (long long) head.position, (long long) c->position);
    return 0;
}

/* ------------------------------------------------------------------ requests */

static void
take_request(struct verifier *v, const struct db_result *r, size_t i, struct journal_head *head)
{
    struct inbox_row row = inbox_read(r, i);
    struct inbox_row again = row;
    const struct checkpoint *c = checkpoint_of(v);
    struct bytes salt = db_get_bytes(r, i, 14), bytes = db_get_bytes(r, i, 15);
    struct digest digest;

    v->requests++;
    if (row.number != head->inbox_count + 1) {
        verify_damage(v, "request %lld: missing (%lld follows %lld)",
                      (long long) head->inbox_count + 1, (long long) row.number,
                      (long long) head->inbox_count);
        head->inbox_count = row.number - 1;
    }
    inbox_chain(head, &again);
    if (!digest_equal(&again.chain, &row.chain)) {
        verify_damage(v, "request %lld: the row is not what was written", (long long) row.number);
        head->inbox_chain = row.chain;
    }
    if (c)
        compare_checkpoint(v, "request", row.number, &row.chain, c->inbox_count, c->inbox_chain);
    if (db_is_null(r, i, 14)) {
        v->erased++;
        return;
    }
    if (salt.size != 16) {
        verify_damage(v, "request %lld: its salt is cut", (long long) row.number);
        return;
    }
    digest = request_digest(salt.data, bytes);
    if (!digest_equal(&digest, &row.request_digest))
        verify_damage(v, "request %lld: its bytes are not those that came", (long long) row.number);
}

int
verify_inbox(struct verifier *v)
{
    struct journal_head head = { .programme = v->programme };
    const struct checkpoint *c = checkpoint_of(v);
    size_t rows;
    int rc;

    db_call(v->db, &set_programme);
    db_text(v->db, v->programme);
    db_call(v->db, &open_requests);
    rc = db_run(v->db);
    do {
        arena_reset(v->page, 1 << 20);
        if (rc)
            return rc;
        db_call(v->db, &fetch_requests);
        rc = db_run(v->db);
        rows = rc ? 0 : db_rows(db_result(v->db, 0));
        for (size_t i = 0; i < rows; i++)
            take_request(v, db_result(v->db, 0), i, &head);
    } while (rows > 0);
    db_call(v->db, &close_requests);
    rc = rc ? rc : db_run(v->db);
    if (head.inbox_count != v->head.inbox_count)
        verify_damage(v, "request %lld: the inbox ends here, its head says %lld",
                      (long long) head.inbox_count, (long long) v->head.inbox_count);
    else if (!digest_equal(&head.inbox_chain, &v->head.inbox_chain))
        verify_damage(v, "request %lld: the head has another chain", (long long) head.inbox_count);
    if (c && head.inbox_count < c->inbox_count)
        verify_damage(v, "request %lld: the inbox ends here, the checkpoint knew %lld",
                      (long long) head.inbox_count, (long long) c->inbox_count);
    return rc;
}
