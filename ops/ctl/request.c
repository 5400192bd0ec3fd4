/* ops/ctl/request.c - from what somebody wants said to the exact bytes of a Request. */
#include "ops/ctl/request.h"

#include <string.h>

#include "common/clock.h"
#include "common/proto.h"

#define PREFIX "CAPACITY_"

int
request_type(struct arena *arena, const char *name, const char **ret_type)
{
    const char *dot = strchr(name, '.');

    if (json_knows(name)) {
        *ret_type = name;
        return 0;
    }
    if (dot) {
        const char *full =
            arena_format(arena, "sangkien.%.*s.v1.%s", (int) (dot - name), name, dot + 1);
        if (json_knows(full)) {
            *ret_type = full;
            return 0;
        }
    }
    return err_set(ERR_NOT_FOUND, "there is no message type %s; see: sangkien types", name);
}

int
request_capacity(const char *name, int *ret_capacity)
{
    const ProtobufCEnumDescriptor *capacities = &wire__capacity__descriptor;
    const char *word = strncmp(name, PREFIX, strlen(PREFIX)) == 0 ? name + strlen(PREFIX) : name;

    if (word[0] == '\0') {
        *ret_capacity = WIRE__CAPACITY__CAPACITY_UNSPECIFIED;
        return 0;
    }
    for (unsigned n = 0; n < capacities->n_values; n++) {
        if (strcmp(capacities->values[n].name + strlen(PREFIX), word) == 0) {
            *ret_capacity = capacities->values[n].value;
            return 0;
        }
    }
    return err_set(ERR_POISON, "there is no capacity %s", name);
}

static int
check_uuid(const char *member, const char *text)
{
    struct uuid uuid;

    if (text[0] == '\0' || uuid_parse(text, &uuid))
        return 0;
    return err_set(ERR_POISON, "%s: %s is no UUID", member, text);
}

/* The text of a time has no character that JSON would have to escape, or it is none. */
static int
time_of(struct arena *arena, const char *text, Google__Protobuf__Timestamp **ret_time)
{
    const char *name = "google.protobuf.Timestamp";
    struct bytes bytes;

    if (text[strspn(text, "0123456789-+:.TZtz")] != '\0')
        return err_set(ERR_POISON, "%s is no RFC 3339 time", text);
    const char *json = arena_format(arena, "\"%s\"", text);
    int rc = json_to_bytes(arena, name, json, strlen(json), &bytes);
    if (rc < 0)
        return err_add(rc, "%s is no RFC 3339 time", text);
    return proto_unpack(arena, &google__protobuf__timestamp__descriptor, bytes.data, bytes.size,
                        ret_time);
}

static int
check(const struct intent *intent)
{
    if (intent->programme[0] == '\0')
        return err_set(ERR_POISON, "the programme is not given");
    if (check_uuid("id", intent->id) < 0 || check_uuid("subject", intent->subject) < 0 ||
        check_uuid("actor", intent->actor) < 0)
        return ERR_POISON;
    if (intent->expected_version < 0)
        return err_set(ERR_POISON, "expected_version: is below zero");
    return 0;
}

int
request_pack(struct arena *arena, const struct intent *intent, const struct request_more *more,
             struct bytes *ret_request)
{
    Wire__Request request = WIRE__REQUEST__INIT;
    Wire__Actor actor = WIRE__ACTOR__INIT;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    int capacity = 0;

    if (check(intent) < 0 || request_capacity(intent->capacity, &capacity) < 0 ||
        request_type(arena, intent->type, &request.type) < 0)
        return ERR_POISON;
    if (intent->expires[0] && time_of(arena, intent->expires, &request.expires) < 0)
        return err_add(ERR_POISON, "expires");

    request.id = intent->id;
    request.programme = intent->programme;
    request.subject = intent->subject;
    request.body.data = (uint8_t *) intent->body.data;
    request.body.len = intent->body.size;
    request.expected_version = intent->expected_version;
    request.validate_only = more->validate_only;
    request.min_position = more->min_position;
    actor.person = intent->actor;
    actor.capacity = (Wire__Capacity) capacity;
    if (actor.person[0] || capacity)
        request.actor = &actor;
    time.seconds = more->time_us / 1000000;
    time.nanos = (int32_t) (more->time_us % 1000000) * 1000;
    if (more->time_us)
        request.time = &time;
    *ret_request = proto_pack(arena, &request);
    return 0;
}

const char *
request_derive_id(struct arena *arena, const char *what, const char *batch,
                  const struct intent *intent, const char *header, struct bytes line)
{
    struct hash *hash = hash_open(0);

    hash_text(hash, batch);
    hash_text(hash, intent->type);
    hash_text(hash, intent->programme);
    hash_text(hash, intent->subject);
    hash_text(hash, intent->actor);
    hash_text(hash, intent->capacity);
    hash_text(hash, header);
    hash_bytes(hash, line.data, line.size);
    struct digest digest = hash_close(hash);
    struct uuid id =
        uuid_derive(arena_format(arena, "import.%s", what), digest.bytes, sizeof digest.bytes);
    return uuid_text(arena, &id);
}

void
request_call(struct call *call, struct arena *arena, const char *id, struct bytes request,
             int64_t timeout_ms)
{
    *call = (struct call){
        .arena = arena,
        .id = id,
        .request = request,
        .deadline_ms = monotonic_ms() + timeout_ms,
    };
}
