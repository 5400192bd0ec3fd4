/* common/reader.c - answers Get by the column tables and List by one statement each. */
#include "common/reader.h"

#include <stdlib.h>
#include <string.h>

#include "common/answer.h"
#include "common/batch.h"
#include "common/clock.h"
#include "common/fill.h"
#include "common/journal.h"
#include "common/log.h"
#include "common/proto.h"
#include "common/reader_state.h"

enum { PAGE = 50, MOST_PAGE = 200, PAGE_BYTES = 48 * 1024, BEHIND_MS = 1000, LOOK_MS = 20 };

static const struct statement heads = {
    "heads", "SELECT coalesce((SELECT position FROM runtime.journal_head"
             "                 WHERE programme = 'directory'), 0),"
             " (SELECT position FROM runtime.journal_head WHERE programme = $1::text)"
};
int
reader_open(const struct process *process, struct reader **ret_reader)
{
    struct reader *reader = calloc(1, sizeof(*reader));
    size_t n = 0;
    int rc;

    if (!reader)
        abort();
    reader->process = process;
    reader->service = process->service;
    reader->arena = arena_new();
    reader->authority = authority_new();
    reader->answered =
        metric_new("sangkien_queries_total", NULL, METRIC_COUNTER, "Queries answered.");
    rc = db_open(process->config->db_dsn, process->service->name, &reader->db);
    if (rc == 0)
        rc = db_prepare(reader->db, &heads);
    if (rc == 0)
        rc = writer_prepare_catch_up(reader->db);
    if (rc == 0)
        rc = store_open(reader->db, reader->service, false, &reader->store);
    for (const struct query *q = reader->service->queries; q && q->ask && rc == 0; q++, n++) {
        reader->lists[n] = (struct statement){ q->ask->name, q->select };
        if (q->select)
            rc = db_prepare(reader->db, &reader->lists[n]);
    }
    if (rc == 0)
        rc = db_check_rights(reader->db, reader->service->name);
    if (rc == 0)
        rc = journal_check_clock(reader->db, clock_now_us(), process->config->clock_behind_seconds);
    if (rc == 0)
        rc = writer_catch_up(reader->db, reader->authority);
    if (rc) {
        reader_close(&reader);
        return rc;
    }
    *ret_reader = reader;
    return 0;
}

void
reader_close(struct reader **reader_p)
{
    struct reader *reader = *reader_p;

    if (!reader)
        return;
    store_close(&reader->store);
    db_close(&reader->db);
    authority_free(&reader->authority);
    arena_free(&reader->arena);
    free(reader);
    *reader_p = NULL;
}

/* ------------------------------------------------------------------ what is asked */

/* Whoever is not of the agency that asks is nobody here. The directory was looked at before: it may
 * know somebody new. */
static void
name_person(const struct reader *reader, struct question *q)
{
    const Wire__Actor *said = q->request->actor;
    struct uuid person = uuid_of(said ? said->person : NULL);
    const struct uuid *agency = authority_agency_of(reader->authority, &person);

    if (agency && uuid_equal(agency, &q->actor.agency))
        q->actor.person = person;
}

/* A wire Reason, or 0. */
static int
read_question(struct reader *reader, const struct work *work, struct question *ret)
{
    const struct word *word;
    void *message;

    *ret = (struct question){ .actor = { .agency = work->agency, .system = work->system } };
    if (proto_unpack(reader->arena, &wire__request__descriptor, work->request.data,
                     work->request.size, &ret->request))
        return WIRE__REASON__REASON_MALFORMED;
    word = proto_word(ret->request->type);
    if (!word || proto_unpack(reader->arena, word->message, ret->request->body.data,
                              ret->request->body.len, &message))
        return WIRE__REASON__REASON_MALFORMED;
    ret->message = message;
    for (const struct query *q = reader->service->queries; q && q->ask; q++, ret->nth++)
        if (q->ask == word->message) {
            ret->query = q;
            return 0;
        }
    return WIRE__REASON__REASON_UNKNOWN_TYPE;
}

static int
look(struct reader *reader, struct question *q)
{
    const struct db_result *r;
    int rc;

    db_call(reader->db, &heads);
    db_text(reader->db, q->request->programme);
    rc = db_run(reader->db);
    if (rc)
        return rc;
    r = db_result(reader->db, 0);
    q->position = db_is_null(r, 0, 1) ? -1 : db_get_int(r, 0, 1);
    if (db_get_int(r, 0, 0) > authority_position(reader->authority))
        return writer_catch_up(reader->db, reader->authority);
    return 0;
}

/* Where the asker has already seen more than this database, the question waits aside for a moment. */
static int
is_visible(struct reader *reader, struct question *q, int *ret_reason)
{
    int rc = look(reader, q);

    if (rc == 0 && q->position < 0)
        *ret_reason = WIRE__REASON__REASON_UNKNOWN_PROGRAMME;
    else if (rc == 0 && q->position < q->request->min_position)
        *ret_reason = WIRE__REASON__REASON_NOT_YET_VISIBLE;
    return rc;
}

/* ------------------------------------------------------------------ List */

static int32_t
page_size(const struct question *q)
{
    const ProtobufCFieldDescriptor *field;
    void *size = proto_field((void *) (uintptr_t) q->message, "page_size", &field);
    int32_t asked = size ? *(int32_t *) size : 0;

    return asked <= 0 ? PAGE : asked > MOST_PAGE ? MOST_PAGE : asked;
}

static int
list(struct reader *reader, struct question *q, ProtobufCMessage **ret_response)
{
    const ProtobufCFieldDescriptor *field;
    void *token = proto_field((void *) (uintptr_t) q->message, "page_token", &field);
    const char *after = token ? *(const char *const *) token : "";
    bool all = authority_reads_all(reader->authority, &q->actor.agency, q->request->programme,
                                   clock_now_us());
    struct uuid subject = uuid_of(q->request->subject);
    int32_t size = page_size(q);
    int rc;

    db_call(reader->db, &reader->lists[q->nth]);
    db_text(reader->db, q->request->programme);
    db_uuid(reader->db, all ? NULL : &q->actor.agency);
    db_text(reader->db, after[0] ? after : NULL);
    db_int8(reader->db, size + 1);
    if (q->query->asks_person) {
        db_uuid(reader->db, uuid_is_nil(&q->actor.person) ? NULL : &q->actor.person);
        db_uuid(reader->db, &subject);
    }
    rc = db_run(reader->db);
    if (rc)
        return rc;
    *ret_response =
        fill_list(reader->arena, q->query, db_result(reader->db, 0), (size_t) size, PAGE_BYTES);
    return 0;
}

/* ------------------------------------------------------------------ the answer */

static struct bytes
reply_to(struct reader *reader, const struct question *q, int reason,
         const ProtobufCMessage *response)
{
    Wire__Reply reply = WIRE__REPLY__INIT;
    struct bytes body = { NULL, 0 };

    if (q->request) {
        reply.request_id = q->request->id;
        reply.subject = q->request->subject;
    }
    reply.code = reason_code(reason);
    reply.reason = reason_word(reason);
    reply.message = reason_sentence(reason);
    reply.as_of_position = q->position > 0 ? q->position : 0;
    if (!reason && response) {
        body = proto_pack(reader->arena, response);
        reply.type = response->descriptor->name;
        reply.body.data = (uint8_t *) (uintptr_t) body.data;
        reply.body.len = body.size;
    }
    return proto_pack(reader->arena, &reply);
}

/* false: it was put aside, and its work with it. */
static bool
answer_work(struct reader *reader, struct work *work, int64_t until_ms)
{
    ProtobufCMessage *response = NULL;
    struct question q;
    int reason, rc = 0;

    arena_reset(reader->arena, 1 << 18);
    reason = read_question(reader, work, &q);
    if (!reason)
        rc = is_visible(reader, &q, &reason);
    if (rc == 0 && reason == WIRE__REASON__REASON_NOT_YET_VISIBLE && monotonic_ms() < until_ms &&
        reader->waiting_count < MOST_WAITING) {
        reader->waiting[reader->waiting_count++] = (struct waiting){ work, until_ms };
        return false;
    }
    if (rc == 0 && !reason) {
        name_person(reader, &q);
        rc = q.query->kind ? reader_get(reader, &q, &response, &reason)
                           : list(reader, &q, &response);
    }
    if (rc) {
        log_warning("query not answered", "reason", err_text(), NULL);
        reason = rc == ERR_POISON ? WIRE__REASON__REASON_INVALID_FIELD
                                  : WIRE__REASON__REASON_DATABASE_UNAVAILABLE;
        if (db_rollback(reader->db))
            log_debug("reader lost its connection", "reason", err_text(), NULL);
    }
    metric_add(reader->answered, 1);
    bus_answer(reader->bus, work, reply_to(reader, &q, reason, response));
    bus_send(reader->bus);
    log_debug("asked", "type", q.request ? q.request->type : "", "result", reason_word(reason),
              NULL);
    return true;
}

/* Looks again at those that were put aside; each keeps its own end. */
static void
answer_waiting(struct reader *reader)
{
    struct waiting waiting[MOST_WAITING];
    size_t count = reader->waiting_count;

    memcpy(waiting, reader->waiting, count * sizeof(*waiting));
    reader->waiting_count = 0;
    reader->look_at_ms = monotonic_ms() + LOOK_MS;
    for (size_t i = 0; i < count; i++)
        if (answer_work(reader, waiting[i].work, waiting[i].until_ms))
            work_free(&waiting[i].work);
}

void
reader_run(struct reader *reader, struct bus *bus)
{
    reader->bus = bus;
    for (;;) {
        struct work *work = bus_take(bus, LANE_READ, reader->waiting_count ? LOOK_MS : 1000);

        if (!work && bus_is_leaving(bus))
            break;
        if (!db_is_open(reader->db) && db_reconnect(reader->db))
            log_debug("reader cannot connect", "reason", err_text(), NULL);
        if (work && answer_work(reader, work, monotonic_ms() + BEHIND_MS))
            work_free(&work);
        if (reader->waiting_count && monotonic_ms() >= reader->look_at_ms)
            answer_waiting(reader);
    }
    for (size_t i = 0; i < reader->waiting_count; i++)
        work_free(&reader->waiting[i].work);
}
