/* common/journal.c - locks a programme's head, chains new rows to it, writes them in two
 * statements. */
#include "common/journal.h"

#include <string.h>

#include "common/authority.h"

/* All of them, in the table's order. */
#define EVENT_COLUMNS "programme, " JOURNAL_COLUMNS
#define REQUEST_COLUMNS                                                                            \
    "programme, source, id, number, service, type, subject, agency, actor, capacity,"              \
    " received_at, stored_at, request_digest, salt, request, reply, chain"

enum { JOURNAL_LEAF, JOURNAL_NODE, INBOX_LEAF, INBOX_NODE };

static const struct statement lock_head = {
    "lock head", "SELECT h.*, coalesce((SELECT position FROM runtime.journal_head WHERE programme "
                 "= 'directory'), 0)"
                 " FROM (SELECT) AS always LEFT JOIN"
                 " (SELECT position, chain, inbox_count, inbox_chain FROM runtime.journal_head"
                 "  WHERE programme = $1::text FOR NO KEY UPDATE) AS h ON true"
};
static const struct statement last_recorded = {
    "last recorded", "SELECT max(e.recorded_at) FROM runtime.journal_head AS h CROSS JOIN LATERAL"
                     " (SELECT recorded_at FROM runtime.journal AS j"
                     "  WHERE j.programme = h.programme AND j.position = h.position OFFSET 0) AS e"
};
static const struct statement found_head = {
    "found head", "INSERT INTO runtime.journal_head (programme) VALUES ($1::text)"
};
#define MOVE_HEAD                                                                                  \
    "UPDATE runtime.journal_head SET position = $2::int8, chain = $3::bytea,"                      \
    " inbox_count = $4::int8, inbox_chain = $5::bytea WHERE programme = $1::text"
static const struct statement move_head = { "move head", MOVE_HEAD };
static const struct statement take_head = {
    "take head",
    "WITH taken AS (" MOVE_HEAD " AND chain = $6::bytea AND inbox_chain = $7::bytea RETURNING 1)"
    " SELECT runtime.must_be(count(*) = 1 AND $8::int8 = coalesce((SELECT position"
    " FROM runtime.journal_head WHERE programme = 'directory'), 0)) FROM taken"
};
static const struct statement insert_journal = { "insert journal",
                                                 INSERT_ROWS("runtime.journal", EVENT_COLUMNS),
                                                 "runtime.journal", EVENT_COLUMNS };
static const struct statement insert_inbox = { "insert inbox",
                                               INSERT_ROWS("runtime.inbox", REQUEST_COLUMNS),
                                               "runtime.inbox", REQUEST_COLUMNS };

int
journal_prepare(struct db *db)
{
    static const struct statement *const all[] = { &lock_head, &move_head, &take_head,
                                                   &insert_journal, &insert_inbox };
    int rc = 0;

    for (size_t i = 0; i < sizeof(all) / sizeof(*all) && rc == 0; i++)
        rc = db_prepare(db, all[i]);
    return rc;
}

int
journal_prepare_founding(struct db *db)
{
    return db_prepare(db, &found_head);
}

/* ------------------------------------------------------------------ the head */

void
journal_lock(struct db *db, const char *programme)
{
    db_call(db, &lock_head);
    db_text(db, programme);
}

/* The lock may have been waited for, and only the locked row is seen as it is then: of the directory's own
 * programme that is the end. */
bool
journal_locked(const struct db *db, size_t nth, const char *programme,
               struct journal_head *ret_head)
{
    const struct db_result *result = db_result(db, nth);
    bool is_there = !db_is_null(result, 0, 0);

    *ret_head =
        (struct journal_head){ .programme = programme, .directory = db_get_int(result, 0, 4) };
    if (!is_there)
        return false;
    ret_head->position = db_get_int(result, 0, 0);
    ret_head->chain = db_get_digest(result, 0, 1);
    ret_head->inbox_count = db_get_int(result, 0, 2);
    ret_head->inbox_chain = db_get_digest(result, 0, 3);
    if (strcmp(programme, DIRECTORY_PROGRAMME) == 0)
        ret_head->directory = ret_head->position;
    return true;
}

int
journal_check_clock(struct db *db, int64_t now_us, int64_t most_behind_seconds)
{
    int64_t behind_s;
    int rc = db_prepare(db, &last_recorded);

    if (rc)
        return rc;
    db_call(db, &last_recorded);
    rc = db_run(db);
    if (rc || db_is_null(db_result(db, 0), 0, 0))
        return rc;
    behind_s = (db_get_time(db_result(db, 0), 0, 0) - now_us) / 1000000;
    if (behind_s > most_behind_seconds)
        return err_set(ERR_FATAL,
                       "the clock is %lld seconds behind the journal, and %lld are allowed "
                       "(SANGKIEN_CLOCK_BEHIND_SECONDS)",
                       (long long) behind_s, (long long) most_behind_seconds);
    return 0;
}

void
journal_found(struct db *db, const char *programme)
{
    db_call(db, &found_head);
    db_text(db, programme);
}

/* ------------------------------------------------------------------ the chain */

struct digest
request_digest(const uint8_t salt[16], struct bytes request)
{
    struct hash *hash = hash_open(INBOX_LEAF);

    hash_bytes(hash, salt, 16);
    hash_bytes(hash, request.data, request.size);
    return hash_close(hash);
}

static void
hash_uuid(struct hash *hash, const struct uuid *uuid)
{
    hash_bytes(hash, uuid->bytes, sizeof(uuid->bytes));
}

static void
hash_digest(struct hash *hash, const struct digest *digest)
{
    hash_bytes(hash, digest->bytes, sizeof(digest->bytes));
}

static struct digest
link_to(uint8_t domain, const char *programme, int64_t place, const struct digest *before,
        struct digest leaf)
{
    struct hash *hash = hash_open(domain);

    hash_text(hash, programme);
    hash_number(hash, place);
    hash_digest(hash, before);
    hash_digest(hash, &leaf);
    return hash_close(hash);
}

static struct digest
journal_leaf(const struct journal_row *row)
{
    struct hash *hash = hash_open(JOURNAL_LEAF);

    hash_text(hash, row->service);
    hash_text(hash, row->kind);
    hash_uuid(hash, &row->aggregate);
    hash_number(hash, row->version);
    hash_text(hash, row->type);
    hash_bytes(hash, row->body.data, row->body.size);
    hash_number(hash, row->recorded_us);
    hash_text(hash, row->because);
    hash_bytes(hash, row->parties, row->party_count * sizeof(*row->parties));
    hash_uuid(hash, &row->source);
    hash_uuid(hash, &row->cause);
    hash_number(hash, row->heard);
    hash_uuid(hash, &row->agency);
    hash_uuid(hash, &row->actor);
    hash_number(hash, row->capacity);
    hash_text(hash, row->traceparent);
    hash_digest(hash, &row->request_digest);
    hash_digest(hash, &row->reply_digest);
    return hash_close(hash);
}

void
journal_chain(struct journal_head *head, struct journal_row *row)
{
    row->position = ++head->position;
    row->chain =
        link_to(JOURNAL_NODE, head->programme, row->position, &head->chain, journal_leaf(row));
    head->chain = row->chain;
}

static struct digest
inbox_leaf(const struct inbox_row *row)
{
    struct hash *hash = hash_open(INBOX_LEAF);

    hash_uuid(hash, &row->source);
    hash_uuid(hash, &row->id);
    hash_text(hash, row->service);
    hash_text(hash, row->type);
    hash_uuid(hash, &row->subject);
    hash_uuid(hash, &row->agency);
    hash_uuid(hash, &row->actor);
    hash_number(hash, row->capacity);
    hash_number(hash, row->received_us);
    hash_number(hash, row->stored_us);
    hash_digest(hash, &row->request_digest);
    hash_bytes(hash, row->reply.data, row->reply.size);
    return hash_close(hash);
}

void
inbox_chain(struct journal_head *head, struct inbox_row *row)
{
    row->number = ++head->inbox_count;
    row->chain =
        link_to(INBOX_NODE, head->programme, row->number, &head->inbox_chain, inbox_leaf(row));
    head->inbox_chain = row->chain;
}

/* ------------------------------------------------------------------ writing */

static void
put_digest(struct db *db, const struct digest *digest)
{
    static const struct digest zero;

    db_bytes(db, digest_equal(digest, &zero) ? NULL : digest->bytes, sizeof(*digest));
}

static void
write_event(struct db *db, const char *programme, const struct journal_row *row)
{
    db_text(db, programme);
    db_int8(db, row->position);
    db_text(db, row->service);
    db_text(db, row->kind);
    db_uuid(db, &row->aggregate);
    db_int8(db, row->version);
    db_text(db, row->type);
    db_bytes(db, row->body.data, row->body.size);
    db_time(db, row->recorded_us);
    db_text(db, row->because);
    db_uuids(db, row->parties, row->party_count);
    db_uuid(db, &row->source);
    db_uuid(db, &row->cause);
    db_int8(db, row->heard);
    db_uuid(db, &row->agency);
    db_uuid(db, &row->actor);
    db_int4(db, row->capacity);
    db_text(db, row->traceparent ? row->traceparent : "");
    put_digest(db, &row->request_digest);
    put_digest(db, &row->reply_digest);
    put_digest(db, &row->chain);
}

static void
write_request(struct db *db, const char *programme, const struct inbox_row *row)
{
    db_text(db, programme);
    db_uuid(db, &row->source);
    db_uuid(db, &row->id);
    db_int8(db, row->number);
    db_text(db, row->service);
    db_text(db, row->type);
    db_uuid(db, &row->subject);
    db_uuid(db, &row->agency);
    db_uuid(db, &row->actor);
    db_int4(db, row->capacity);
    db_time(db, row->received_us);
    db_time(db, row->stored_us);
    put_digest(db, &row->request_digest);
    db_bytes(db, row->salt, sizeof(row->salt));
    db_bytes(db, row->request.data, row->request.size);
    db_bytes(db, row->reply.data, row->reply.size);
    put_digest(db, &row->chain);
}

void
journal_add(struct db *db, const char *programme, const struct list *events,
            const struct list *requests)
{
    if (events->count) {
        db_call(db, &insert_journal);
        db_row_array(db, events->count);
    }
    LIST_EACH (const struct journal_row, row, events)
        write_event(db, programme, row);
    if (requests->count) {
        db_call(db, &insert_inbox);
        db_row_array(db, requests->count);
    }
    LIST_EACH (const struct inbox_row, row, requests)
        write_request(db, programme, row);
}

static bool
all_went_in(const struct db *db, size_t nth, size_t count)
{
    return db_changed(db_result(db, nth)) == count;
}

static int
judge_rows(bool are_all)
{
    return are_all
               ? 0
               : err_set(ERR_FATAL, "the journal took another number of rows than it was given");
}

int
journal_added(const struct db *db, const struct list *events, const struct list *requests,
              size_t *first_p)
{
    bool whole = true;

    if (events->count)
        whole = all_went_in(db, (*first_p)++, events->count) && whole;
    if (requests->count)
        whole = all_went_in(db, (*first_p)++, requests->count) && whole;
    return judge_rows(whole);
}

/* ------------------------------------------------------------------ the head's move */

static void
put_head(struct db *db, const struct journal_head *head)
{
    db_text(db, head->programme);
    db_int8(db, head->position);
    db_bytes(db, head->chain.bytes, sizeof(head->chain));
    db_int8(db, head->inbox_count);
    db_bytes(db, head->inbox_chain.bytes, sizeof(head->inbox_chain));
}

void
journal_move(struct db *db, const struct journal_head *to)
{
    db_call(db, &move_head);
    put_head(db, to);
}

int
journal_moved(const struct db *db, size_t nth)
{
    return judge_rows(all_went_in(db, nth, 1));
}

void
journal_take(struct db *db, const struct journal_head *known, const struct journal_head *to)
{
    db_call(db, &take_head);
    put_head(db, to);
    db_bytes(db, known->chain.bytes, sizeof(known->chain));
    db_bytes(db, known->inbox_chain.bytes, sizeof(known->inbox_chain));
    db_int8(db, known->directory);
}
