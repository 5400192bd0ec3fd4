/* common/record.c - rows of the inbox and of the journal. */
#include "common/record.h"

#include <string.h>

#include "common/answer.h"
#include "common/proto.h"

struct inbox_row
record_request(const struct record *r, struct letter *letter, const uint8_t salt[16])
{
    struct inbox_row row;

    letter->reply = answer_pack(r->arena, r->service, letter, true);
    row = (struct inbox_row){
        .source = letter->source,
        .id = letter->id,
        .service = r->service->name,
        .type = letter->type,
        .subject = letter->subject,
        .agency = letter->actor.agency,
        .actor = letter->actor.person,
        .capacity = letter->actor.capacity,
        .received_us = letter->received_us,
        .stored_us = r->now_us,
        .request = letter->request,
        .reply = letter->reply,
    };
    memcpy(row.salt, salt, sizeof(row.salt));
    row.request_digest = request_digest(salt, letter->request);
    inbox_chain(r->head, &row);
    return row;
}

struct journal_row
record_event(const struct record *r, const struct letter *letter, const struct happened *h,
             const struct inbox_row *request)
{
    struct journal_row row = {
        .service = r->service->name,
        .kind = h->kind->name,
        .aggregate = h->id,
        .version = h->version,
        .type = h->event->descriptor->name,
        .body = proto_pack(r->arena, h->event),
        .recorded_us = r->now_us,
        .because = h->because,
        .parties = h->parties,
        .party_count = h->party_count,
        .source = letter->source,
        .cause = letter->id,
        .heard = letter->position,
        .agency = letter->actor.agency,
        .actor = letter->actor.person,
        .capacity = letter->actor.capacity,
        .traceparent = letter->traceparent,
    };

    if (request) {
        row.request_digest = request->request_digest;
        row.reply_digest = sha256(request->reply.data, request->reply.size);
    }
    journal_chain(r->head, &row);
    return row;
}
