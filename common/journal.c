/* common/journal.c - locks a programme's head, chains new rows to it, writes them in three
 * statements. */
#include "common/journal.h"

#include <string.h>

enum { JOURNAL_LEAF, JOURNAL_NODE, INBOX_LEAF, INBOX_NODE };

static const struct statement lock_head = {
    "lock head", "SELECT position, chain, inbox_count, inbox_chain FROM runtime.journal_head"
                 " WHERE programme = $1::text FOR UPDATE"
};
static const struct statement found_head = {
    "found head", "INSERT INTO runtime.journal_head (programme) VALUES ($1::text)"
};
static const struct statement move_head = {
    "move head", "UPDATE runtime.journal_head SET position = $2::int8, chain = $3::bytea,"
                 " inbox_count = $4::int8, inbox_chain = $5::bytea WHERE programme = $1::text"
};
static const struct statement insert_journal = {
    "insert journal",
    "INSERT INTO runtime.journal (programme, position, service, kind, aggregate, version, type, "
    "body,"
    " recorded_at, because, parties, source, cause, heard, agency, actor, capacity,"
    " traceparent, request_digest, reply_digest, chain)"
    " SELECT $1::text, position, service, kind, aggregate, version, type, body, recorded_at, "
    "because,"
    " parties::uuid[], source, cause, heard, agency, actor, capacity, traceparent, request_digest,"
    " reply_digest, chain"
    " FROM unnest($2::int8[], $3::text[], $4::text[], $5::uuid[], $6::int8[], $7::text[], "
    "$8::bytea[],"
    " $9::timestamptz[], $10::text[], $11::text[], $12::uuid[], $13::uuid[], $14::int8[], "
    "$15::uuid[],"
    " $16::uuid[], $17::int4[], $18::text[], $19::bytea[], $20::bytea[], $21::bytea[])"
    " AS n(position, service, kind, aggregate, version, type, body, recorded_at, because, parties,"
    " source, cause, heard, agency, actor, capacity, traceparent, request_digest, reply_digest, "
    "chain)"
};
static const struct statement insert_inbox = {
    "insert inbox",
    "INSERT INTO runtime.inbox (programme, number, source, id, service, type, subject, agency, "
    "actor,"
    " capacity, received_at, stored_at, request_digest, reply, chain)"
    " SELECT $1::text, n.* FROM unnest($2::int8[], $3::uuid[], $4::uuid[], $5::text[], $6::text[],"
    " $7::uuid[], $8::uuid[], $9::uuid[], $10::int4[], $11::timestamptz[], $12::timestamptz[],"
    " $13::bytea[], $14::bytea[], $15::bytea[]) AS n"
};
static const struct statement insert_request = {
    "insert request",
    "INSERT INTO runtime.request (programme, source, id, salt, bytes)"
    " SELECT $1::text, n.* FROM unnest($2::uuid[], $3::uuid[], $4::bytea[], $5::bytea[]) AS n"
};

int
journal_prepare(struct db *db)
{
    static const struct statement *const all[] = { &lock_head, &move_head, &insert_journal,
                                                   &insert_inbox, &insert_request };
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

int
journal_locked(const struct db *db, size_t nth, const char *programme,
               struct journal_head *ret_head)
{
    const struct db_result *result = db_result(db, nth);

    if (db_rows(result) == 0)
        return err_set(ERR_NOT_FOUND, "the programme has no journal");
    *ret_head = (struct journal_head){ .programme = programme,
                                       .position = db_get_int(result, 0, 0),
                                       .chain = db_get_digest(result, 0, 1),
                                       .inbox_count = db_get_int(result, 0, 2),
                                       .inbox_chain = db_get_digest(result, 0, 3) };
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
request_digest(struct arena *arena, const uint8_t salt[16], struct bytes request)
{
    struct hash *hash = hash_open(arena, INBOX_LEAF);

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
link_to(struct arena *arena, uint8_t domain, const char *programme, int64_t place,
        const struct digest *before, struct digest leaf)
{
    struct hash *hash = hash_open(arena, domain);

    hash_text(hash, programme);
    hash_number(hash, place);
    hash_digest(hash, before);
    hash_digest(hash, &leaf);
    return hash_close(hash);
}

static struct digest
journal_leaf(struct arena *arena, const struct journal_row *row)
{
    struct hash *hash = hash_open(arena, JOURNAL_LEAF);

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
journal_chain(struct arena *arena, struct journal_head *head, struct journal_row *row)
{
    row->position = ++head->position;
    row->chain = link_to(arena, JOURNAL_NODE, head->programme, row->position, &head->chain,
                         journal_leaf(arena, row));
    head->chain = row->chain;
}

static struct digest
inbox_leaf(struct arena *arena, const struct inbox_row *row)
{
    struct hash *hash = hash_open(arena, INBOX_LEAF);

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
inbox_chain(struct arena *arena, struct journal_head *head, struct inbox_row *row)
{
    row->number = ++head->inbox_count;
    row->chain = link_to(arena, INBOX_NODE, head->programme, row->number, &head->inbox_chain,
                         inbox_leaf(arena, row));
    head->inbox_chain = row->chain;
}

/* ------------------------------------------------------------------ writing */

/* One array parameter: a value of every row. */
#define ARRAY(db, type, kind, rows, call)                                                          \
    do {                                                                                           \
        db_array(db, kind, (rows)->count);                                                         \
        LIST_EACH (const struct type, r, rows)                                                     \
            call;                                                                                  \
    } while (0)

/* "{uuid,uuid}": an array inside an array travels as text. */
static const char *
parties_text(struct arena *arena, const struct journal_row *row)
{
    char *text = arena_zero(arena, row->party_count * UUID_TEXT_SIZE + 3);
    char *at = text;

    *at++ = '{';
    for (size_t i = 0; i < row->party_count; i++) {
        if (i)
            *at++ = ',';
        uuid_print(&row->parties[i], at);
        at += UUID_TEXT_SIZE - 1;
    }
    *at = '}';
    return text;
}

static void
put_digest(struct db *db, const struct digest *digest)
{
    static const struct digest zero;

    db_bytes(db, digest_equal(digest, &zero) ? NULL : digest->bytes, sizeof(*digest));
}

static void
write_events(struct db *db, struct arena *arena, const char *programme, const struct list *rows)
{
    if (rows->count == 0)
        return;
    db_call(db, &insert_journal);
    db_text(db, programme);
    ARRAY(db, journal_row, DB_INT8, rows, db_int8(db, r->position));
    ARRAY(db, journal_row, DB_TEXT, rows, db_text(db, r->service));
    ARRAY(db, journal_row, DB_TEXT, rows, db_text(db, r->kind));
    ARRAY(db, journal_row, DB_UUID, rows, db_uuid(db, &r->aggregate));
    ARRAY(db, journal_row, DB_INT8, rows, db_int8(db, r->version));
    ARRAY(db, journal_row, DB_TEXT, rows, db_text(db, r->type));
    ARRAY(db, journal_row, DB_BYTES, rows, db_bytes(db, r->body.data, r->body.size));
    ARRAY(db, journal_row, DB_TIME, rows, db_time(db, r->recorded_us));
    ARRAY(db, journal_row, DB_TEXT, rows, db_text(db, r->because));
    ARRAY(db, journal_row, DB_TEXT, rows, db_text(db, parties_text(arena, r)));
    ARRAY(db, journal_row, DB_UUID, rows, db_uuid(db, &r->source));
    ARRAY(db, journal_row, DB_UUID, rows, db_uuid(db, &r->cause));
    ARRAY(db, journal_row, DB_INT8, rows, db_int8(db, r->heard));
    ARRAY(db, journal_row, DB_UUID, rows, db_uuid(db, &r->agency));
    ARRAY(db, journal_row, DB_UUID, rows, db_uuid(db, &r->actor));
    ARRAY(db, journal_row, DB_INT4, rows, db_int4(db, r->capacity));
    ARRAY(db, journal_row, DB_TEXT, rows, db_text(db, r->traceparent ? r->traceparent : ""));
    ARRAY(db, journal_row, DB_BYTES, rows, put_digest(db, &r->request_digest));
    ARRAY(db, journal_row, DB_BYTES, rows, put_digest(db, &r->reply_digest));
    ARRAY(db, journal_row, DB_BYTES, rows, db_bytes(db, r->chain.bytes, sizeof(r->chain)));
}

static void
write_requests(struct db *db, const char *programme, const struct list *rows)
{
    if (rows->count == 0)
        return;
    db_call(db, &insert_inbox);
    db_text(db, programme);
    ARRAY(db, inbox_row, DB_INT8, rows, db_int8(db, r->number));
    ARRAY(db, inbox_row, DB_UUID, rows, db_uuid(db, &r->source));
    ARRAY(db, inbox_row, DB_UUID, rows, db_uuid(db, &r->id));
    ARRAY(db, inbox_row, DB_TEXT, rows, db_text(db, r->service));
    ARRAY(db, inbox_row, DB_TEXT, rows, db_text(db, r->type));
    ARRAY(db, inbox_row, DB_UUID, rows, db_uuid(db, &r->subject));
    ARRAY(db, inbox_row, DB_UUID, rows, db_uuid(db, &r->agency));
    ARRAY(db, inbox_row, DB_UUID, rows, db_uuid(db, &r->actor));
    ARRAY(db, inbox_row, DB_INT4, rows, db_int4(db, r->capacity));
    ARRAY(db, inbox_row, DB_TIME, rows, db_time(db, r->received_us));
    ARRAY(db, inbox_row, DB_TIME, rows, db_time(db, r->stored_us));
    ARRAY(db, inbox_row, DB_BYTES, rows, db_bytes(db, r->request_digest.bytes, 32));
    ARRAY(db, inbox_row, DB_BYTES, rows, db_bytes(db, r->reply.data, r->reply.size));
    ARRAY(db, inbox_row, DB_BYTES, rows, db_bytes(db, r->chain.bytes, 32));

    db_call(db, &insert_request);
    db_text(db, programme);
    ARRAY(db, inbox_row, DB_UUID, rows, db_uuid(db, &r->source));
    ARRAY(db, inbox_row, DB_UUID, rows, db_uuid(db, &r->id));
    ARRAY(db, inbox_row, DB_BYTES, rows, db_bytes(db, r->salt, sizeof(r->salt)));
    ARRAY(db, inbox_row, DB_BYTES, rows, db_bytes(db, r->request.data, r->request.size));
}

void
journal_write(struct db *db, struct arena *arena, const char *programme,
              const struct journal_head *head, const struct list *events,
              const struct list *requests)
{
    write_events(db, arena, programme, events);
    write_requests(db, programme, requests);
    db_call(db, &move_head);
    db_text(db, programme);
    db_int8(db, head->position);
    db_bytes(db, head->chain.bytes, sizeof(head->chain));
    db_int8(db, head->inbox_count);
    db_bytes(db, head->inbox_chain.bytes, sizeof(head->inbox_chain));
}

static bool
all_went_in(const struct db *db, size_t nth, size_t count)
{
    return db_changed(db_result(db, nth)) == count;
}

int
journal_written(const struct db *db, const struct list *events, const struct list *requests,
                size_t *first_p)
{
    bool whole = true;

    if (events->count)
        whole = all_went_in(db, (*first_p)++, events->count) && whole;
    if (requests->count) {
        whole = all_went_in(db, (*first_p)++, requests->count) && whole;
        whole = all_went_in(db, (*first_p)++, requests->count) && whole;
    }
    whole = all_went_in(db, (*first_p)++, 1) && whole;
    return whole ? 0
                 : err_set(ERR_FATAL, "the journal took another number of rows than it was given");
}

/* ------------------------------------------------------------------ reading */

struct journal_row
journal_read(const struct db_result *result, size_t row, struct arena *arena)
{
    struct journal_row r = {
        .position = db_get_int(result, row, 0),
        .service = db_get_text(result, row, 1),
        .kind = db_get_text(result, row, 2),
        .aggregate = db_get_uuid(result, row, 3),
        .version = db_get_int(result, row, 4),
        .type = db_get_text(result, row, 5),
        .body = db_get_bytes(result, row, 6),
        .recorded_us = db_get_time(result, row, 7),
        .because = db_get_text(result, row, 8),
        .source = db_get_uuid(result, row, 10),
        .cause = db_get_uuid(result, row, 11),
        .heard = db_get_int(result, row, 12),
        .agency = db_get_uuid(result, row, 13),
        .actor = db_get_uuid(result, row, 14),
        .capacity = (int32_t) db_get_int(result, row, 15),
        .traceparent = db_get_text(result, row, 16),
        .request_digest = db_get_digest(result, row, 17),
        .reply_digest = db_get_digest(result, row, 18),
        .chain = db_get_digest(result, row, 19),
    };
    struct uuid *parties;

    r.party_count = db_get_uuids(result, row, 9, arena, &parties);
    r.parties = parties;
    return r;
}

struct inbox_row
inbox_read(const struct db_result *result, size_t row)
{
    return (struct inbox_row){
        .number = db_get_int(result, row, 0),
        .source = db_get_uuid(result, row, 1),
        .id = db_get_uuid(result, row, 2),
        .service = db_get_text(result, row, 3),
        .type = db_get_text(result, row, 4),
        .subject = db_get_uuid(result, row, 5),
        .agency = db_get_uuid(result, row, 6),
        .actor = db_get_uuid(result, row, 7),
        .capacity = (int32_t) db_get_int(result, row, 8),
        .received_us = db_get_time(result, row, 9),
        .stored_us = db_get_time(result, row, 10),
        .request_digest = db_get_digest(result, row, 11),
        .reply = db_get_bytes(result, row, 12),
        .chain = db_get_digest(result, row, 13),
    };
}
