/* common/proto_value.h - times, digests and texts, as messages carry them.
 *
 * Units      UTC microseconds.
 * Ownership  what is made lies in the arena; a digest is copied.
 * Threads    pure.
 */
#ifndef SANGKIEN_COMMON_PROTO_VALUE_H
#define SANGKIEN_COMMON_PROTO_VALUE_H

#include <protobuf-c/protobuf-c.h>

#include "common/id.h"
#include "google/protobuf/timestamp.pb-c.h"

Google__Protobuf__Timestamp *proto_time(struct arena *arena, int64_t time_us);

/* 0 for none: a message that lacks it may stand in a journal that is verified. */
int64_t proto_time_us(const Google__Protobuf__Timestamp *time);

ProtobufCBinaryData proto_digest(struct arena *arena, const struct digest *digest);

/* Zero unless it is 32 bytes. */
struct digest proto_digest_of(ProtobufCBinaryData bytes);

/* A text by its field's name, for messages of several types that have it in common; each of them must have it. */
const char *proto_text(const void *message, const char *field);

#endif
