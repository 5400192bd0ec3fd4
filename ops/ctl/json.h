/* ops/ctl/json.h - protobuf to JSON and back, by libprotobuf over the descriptors built into the
 * program.
 *
 * Shapes     a type is named by its full protobuf name; JSON is protobuf's canonical mapping.
 * Errors     ERR_POISON, with libprotobuf's reason, for JSON or bytes that are not of the type;
 *            ERR_NOT_FOUND for a type that is not known.
 * Ownership  what is returned lies in the arena.
 * Threads    one.
 */
#ifndef SANGKIEN_CTL_JSON_H
#define SANGKIEN_CTL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"

/* What one line of an import, or one call, wants said. Absent texts are "". */
struct intent {
    const char *id;
    const char *type; /* as written; see request_type() */
    const char *programme;
    const char *subject;
    const char *actor;    /* a person's id */
    const char *capacity; /* as written; see request_capacity() */
    const char *expires;  /* RFC 3339 */
    int64_t expected_version;
    struct bytes body;
};

bool json_knows(const char *type);

int json_to_bytes(struct arena *arena, const char *type, const char *json, size_t size,
                  struct bytes *ret_bytes) MUST_CHECK;
int json_of_bytes(struct arena *arena, const char *type, struct bytes bytes, bool pretty,
                  const char **ret_json) MUST_CHECK;

/* A serialised Reply, its body shown as what it is. A body of an unknown type stays base64. */
int json_of_reply(struct arena *arena, struct bytes reply, const char *body_type, bool pretty,
                  const char **ret_json) MUST_CHECK;

/* A serialised CloudEvent in the shape of CloudEvents' JSON format: attributes beside each other,
 * the data as what it is. */
int json_of_event(struct arena *arena, struct bytes event, const char **ret_json) MUST_CHECK;

/* The member "type" of a JSON object, whatever else stands in it; "" when there is none. */
int json_type_of(struct arena *arena, const char *json, size_t size,
                 const char **ret_type) MUST_CHECK;

/* A JSON object with the members of an intent, and the body as JSON of that type. */
int json_to_intent(struct arena *arena, const char *body_type, const char *json, size_t size,
                   struct intent *ret_intent) MUST_CHECK;

/* A message that is put together cell by cell. */
struct draft;

int draft_new(const char *type, struct draft **ret_draft) MUST_CHECK;
void draft_free(struct draft **draft_p);

/* The path of a field is like "due.date.year". Texts are taken as they are; numbers, enums, truths and times as JSON without its quotes; lists
 * and messages as JSON. An empty cell leaves the field out. */
int draft_set(struct draft *draft, const char *path, const char *cell) MUST_CHECK;

struct bytes draft_take(struct draft *draft, struct arena *arena);

#endif
