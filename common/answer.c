/* common/answer.c - what a decision sounds like on the wire. */
#include "common/answer.h"

#include <string.h>

/* clang-format off */
static const struct {
    int reason;
    int code;
    const char *sentence;
} reasons[] = {
    { WIRE__REASON__REASON_MALFORMED,            CODE_INVALID_ARGUMENT,    "the frame is not what the protocol expects" },
    { WIRE__REASON__REASON_TOO_LARGE,            CODE_INVALID_ARGUMENT,    "a request may have at most 60 KiB" },
    { WIRE__REASON__REASON_TOO_COMPLEX,          CODE_INVALID_ARGUMENT,    "the message is nested too deep or has too many fields" },
    { WIRE__REASON__REASON_INVALID_FIELD,        CODE_INVALID_ARGUMENT,    "a field is not what the protocol says of it" },
    { WIRE__REASON__REASON_UNKNOWN_TYPE,         CODE_INVALID_ARGUMENT,    "there is no such message" },
    { WIRE__REASON__REASON_UNKNOWN_PROGRAMME,    CODE_NOT_FOUND,           "there is no such programme" },
    { WIRE__REASON__REASON_UNKNOWN_SYSTEM,       CODE_PERMISSION_DENIED,   "the key is not that of a registered system" },
    { WIRE__REASON__REASON_SYSTEM_BUSY,          CODE_RESOURCE_EXHAUSTED,  "this system has too much under way; send the same bytes later" },
    { WIRE__REASON__REASON_GATEWAY_BUSY,         CODE_RESOURCE_EXHAUSTED,  "there is too much under way; send the same bytes later" },
    { WIRE__REASON__REASON_NO_WORKER,            CODE_UNAVAILABLE,         "nobody is there to do it; send the same bytes again" },
    { WIRE__REASON__REASON_DATABASE_UNAVAILABLE, CODE_UNAVAILABLE,         "the database cannot be reached; send the same bytes again" },
    { WIRE__REASON__REASON_NOT_YET_VISIBLE,      CODE_UNAVAILABLE,         "the asked-for position has not been reached here yet" },
    { WIRE__REASON__REASON_REUSED_ID,            CODE_ALREADY_EXISTS,      "this id was used for another content; a new request needs a new id" },
    { WIRE__REASON__REASON_EXPIRED,              CODE_FAILED_PRECONDITION, "the request had expired when it arrived" },
    { WIRE__REASON__REASON_WRONG_ACTOR,          CODE_PERMISSION_DENIED,   "the actor does not belong to the agency of the key" },
    { WIRE__REASON__REASON_NOT_ALLOWED,          CODE_PERMISSION_DENIED,   "the actor does not hold the role that this needs" },
    { WIRE__REASON__REASON_NOT_FOUND,            CODE_NOT_FOUND,           "there is nothing with this id" },
    { WIRE__REASON__REASON_ALREADY_EXISTS,       CODE_ALREADY_EXISTS,      "this id is taken by something that exists" },
    { WIRE__REASON__REASON_NOT_NOW,              CODE_FAILED_PRECONDITION, "this cannot happen in the present state" },
    { WIRE__REASON__REASON_VERSION_MISMATCH,     CODE_ABORTED,             "somebody changed it since the version that was expected" },
    { WIRE__REASON__REASON_INTERNAL,             CODE_INTERNAL,            "the service cannot carry out this request; it is recorded" },
};
/* clang-format on */

static size_t
row_of(int reason)
{
    size_t i = 0;

    while (i + 1 < sizeof(reasons) / sizeof(*reasons) && reasons[i].reason != reason)
        i++;
    return i;
}

int
reason_code(int reason)
{
    return reason ? reasons[row_of(reason)].code : CODE_OK;
}

const char *
reason_word(int reason)
{
    return reason ? proto_enum_word(&wire__reason__descriptor, reason) : "";
}

const char *
reason_sentence(int reason)
{
    return reason ? reasons[row_of(reason)].sentence : "";
}

static const char *
refusal_sentence(const struct service *service, int refusal)
{
    for (const struct refusal_text *t = service->refusal_texts; t && t->sentence; t++)
        if (t->refusal == refusal)
            return t->sentence;
    return "";
}

static void
say_no(struct arena *arena, const struct service *service, const struct letter *letter,
       Wire__Reply *reply)
{
    const struct outcome *o = &letter->outcome;
    size_t n = o->violations.count + (letter->field ? 1 : 0);

    if (letter->reason) {
        reply->code = reason_code(letter->reason);
        reply->reason = reason_word(letter->reason);
        reply->message =
            letter->explanation ? letter->explanation : reason_sentence(letter->reason);
    } else {
        reply->code = n ? CODE_INVALID_ARGUMENT : CODE_FAILED_PRECONDITION;
        reply->reason = proto_enum_word(service->refusals, o->refusal);
        reply->message = refusal_sentence(service, o->refusal);
    }
    reply->field_violations = arena_zero(arena, (n + 1) * sizeof(*reply->field_violations));
    for (size_t i = 0; i < n; i++) {
        Wire__FieldViolation *v = proto_new(arena, &wire__field_violation__descriptor);
        const struct violation *said = i < o->violations.count ? list_at(&o->violations, i) : NULL;

        v->field = said ? said->field : letter->field;
        v->description = said ? said->description : reply->message;
        reply->field_violations[reply->n_field_violations++] = v;
    }
}

static void
say_yes(struct arena *arena, const struct letter *letter, Wire__Reply *reply)
{
    const struct list *happened = &letter->outcome.happened;
    const struct happened *first = happened->count ? list_at(happened, 0) : NULL;

    if (!first)
        return;
    reply->type = first->event->descriptor->name;
    {
        struct bytes body = proto_pack(arena, first->event);

        reply->body.data = (uint8_t *) (uintptr_t) body.data;
        reply->body.len = body.size;
    }
    if (!letter->first_position)
        return;
    reply->n_positions = happened->count;
    reply->positions = arena_zero(arena, happened->count * sizeof(*reply->positions));
    for (size_t i = 0; i < happened->count; i++)
        reply->positions[i] = letter->first_position + (int64_t) i;
}

struct bytes
answer_pack(struct arena *arena, const struct service *service, const struct letter *letter,
            bool final)
{
    Wire__Reply reply = WIRE__REPLY__INIT;

    reply.request_id = uuid_text(arena, &letter->id);
    reply.subject = uuid_text(arena, &letter->subject);
    reply.final = final;
    reply.version = letter->outcome.version;
    if (letter->reason || letter->outcome.refusal)
        say_no(arena, service, letter, &reply);
    else
        say_yes(arena, letter, &reply);
    return proto_pack(arena, &reply);
}
