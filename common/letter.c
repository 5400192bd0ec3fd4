/* common/letter.c - reads what came in into letters. */
#include "common/letter.h"
#include "common/proto_value.h"

#include <string.h>

#include "common/field.h"
#include "google/protobuf/timestamp.pb-c.h"

bool
letter_is_request(const struct letter *letter)
{
    return letter->origin == FROM_CLIENT || letter->origin == FROM_ERRAND;
}

static void
refuse_unread(struct letter *letter, int reason, const char *explanation)
{
    letter->forced_reason = letter->reason = reason;
    letter->explanation = explanation;
    letter->fate = REFUSED_ONCE;
}

static int
read_body(struct arena *arena, const struct service *service, struct letter *letter)
{
    const struct word *word = proto_word(letter->type);
    void *message = NULL;
    int rc;

    if (!word)
        return err_set(ERR_POISON, "no message is called %s", letter->type);
    letter->handler = service_handler(service, word->message, &letter->kind);
    if (!letter->handler)
        return err_set(ERR_POISON, "%s is not handled here", letter->type);
    rc = proto_unpack(arena, word->message, letter->body.data, letter->body.size, &message);
    letter->message = message;
    return rc;
}

struct letter *
letter_open(struct arena *arena, const struct service *service, struct work *work)
{
    struct letter *letter = arena_zero(arena, sizeof(*letter));
    Wire__Request *request = NULL;

    letter->origin = FROM_CLIENT;
    letter->work = work;
    letter->request = work->request;
    letter->received_us = work->received_us;
    letter->source = work->system;
    letter->actor.system = work->system;
    letter->actor.agency = work->agency;
    letter->type = letter->programme = letter->traceparent = "";
    if (proto_unpack(arena, &wire__request__descriptor, work->request.data, work->request.size,
                     &request)) {
        refuse_unread(letter, WIRE__REASON__REASON_MALFORMED, "this is no Request");
        return letter;
    }
    letter->programme = request->programme;
    letter->id = uuid_of(request->id);
    letter->subject = uuid_of(request->subject);
    letter->type = request->type;
    letter->body = (struct bytes){ request->body.data, request->body.len };
    letter->expires_us = proto_time_us(request->expires);
    letter->expected_version = request->expected_version;
    letter->validate_only = request->validate_only;
    letter->traceparent = request->traceparent;
    if (request->actor) {
        letter->actor.person = uuid_of(request->actor->person);
        letter->actor.capacity = (int) request->actor->capacity;
    }
    if (uuid_is_nil(&letter->id))
        refuse_unread(letter, WIRE__REASON__REASON_INVALID_FIELD, "id must be a UUID");
    else if (read_body(arena, service, letter))
        refuse_unread(letter, WIRE__REASON__REASON_UNKNOWN_TYPE, arena_text(arena, err_text()));
    else if (uuid_is_nil(&letter->subject))
        refuse_unread(letter, WIRE__REASON__REASON_INVALID_FIELD,
                      "subject must name the aggregate");
    return letter;
}

int
letter_write(struct arena *arena, const struct service *service, enum origin origin,
             const char *programme, const char *type, struct bytes body, struct letter **ret_letter)
{
    struct letter *letter = arena_zero(arena, sizeof(*letter));
    int rc;

    letter->origin = origin;
    letter->programme = arena_text(arena, programme);
    letter->type = arena_text(arena, type);
    letter->body = arena_bytes(arena, body.data, body.size);
    letter->traceparent = "";
    rc = read_body(arena, service, letter);
    if (rc == 0)
        *ret_letter = letter;
    return rc;
}

void
letter_restart(struct letter *letter)
{
    if (letter->fate == REFUSED_ONCE && letter->forced_reason)
        return; /* unreadable: it stays refused */
    letter->fate = UNDECIDED;
    letter->keys = (struct keys){ 0 };
    letter->twin = NULL;
    letter->clashes = false;
    letter->reason = 0;
    letter->outcome = (struct outcome){ 0 };
    letter->explanation = NULL;
    letter->field = NULL;
    letter->reply = (struct bytes){ NULL, 0 };
    letter->first_position = 0;
}

struct envelope
letter_envelope(const struct letter *letter, int64_t now_us, const struct authority *authority)
{
    return (struct envelope){
        .programme = letter->programme,
        .subject = letter->subject,
        .actor = letter->actor,
        .received_us = letter->received_us ? letter->received_us : now_us,
        .now_us = now_us,
        .expected_version = letter->expected_version,
        .body = letter->body,
        .authority = authority,
        .heard_subject = letter->heard_subject,
        .heard_position = letter->position,
        .heard_type = letter->origin == FROM_JOURNAL ? letter->type : NULL,
        .heard_parties = letter->parties,
        .heard_party_count = letter->party_count,
    };
}

bool
request_programme(struct bytes request, char ret_programme[65])
{
    enum { PROGRAMME = 3 };
    struct field field;

    if (!field_find(request, PROGRAMME, FIELD_BYTES, &field) || field.bytes.size > 64)
        return false;
    memcpy(ret_programme, field.bytes.data, field.bytes.size);
    ret_programme[field.bytes.size] = '\0';
    return true;
}
