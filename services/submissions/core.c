/* services/submissions/core.c - what the cores of all kinds share. Pure, as they are. */
#include <string.h>

#include "common/clock.h"
#include "common/proto.h"
#include "services/submissions/submissions.h"

enum { SECOND_US = 1000000 };

#define DAY_US INT64_C(86400000000)

int
submissions_deadline_end(const Types__Deadline *deadline, const char *field, struct events *out,
                         int64_t *ret_us)
{
    const Types__Date *date = deadline ? deadline->date : NULL;
    int64_t midnight_us = 0;

    if (!date || !local_midnight_us(date->year, date->month, date->day,
                                    deadline->utc_offset_minutes, &midnight_us))
        return wrong(out, NO(BAD_DATE), arena_format(out->arena, "%s.date", field),
                     "there is no such day at that offset from UTC");
    *ret_us = deadline->inclusive ? midnight_us + DAY_US : midnight_us;
    return ACCEPTED;
}

int
submissions_judge_document(const Types__OfficialDocument *document, struct events *out)
{
    const Types__Date *date = document ? document->issued_on : NULL;
    int64_t midnight_us;

    if (!date || !local_midnight_us(date->year, date->month, date->day, 0, &midnight_us))
        return wrong(out, NO(BAD_DATE), "document.issued_on", "there is no such day");
    return ACCEPTED;
}

Google__Protobuf__Timestamp *
submissions_timestamp_of(struct events *out, int64_t time_us)
{
    Google__Protobuf__Timestamp *timestamp =
        proto_new(out->arena, &google__protobuf__timestamp__descriptor);
    int64_t rest_us = time_us % SECOND_US;

    if (rest_us < 0)
        rest_us += SECOND_US;
    timestamp->seconds = (time_us - rest_us) / SECOND_US;
    timestamp->nanos = (int32_t) rest_us * 1000;
    return timestamp;
}

/* An event that lacks it may stand in a journal that is verified: 0. */
int64_t
submissions_microseconds_of(const Google__Protobuf__Timestamp *timestamp)
{
    return !timestamp ? 0 : timestamp->seconds * SECOND_US + timestamp->nanos / 1000;
}

ProtobufCBinaryData
submissions_digest_data(struct events *out, const struct digest *digest)
{
    struct digest *copy = arena_zero(out->arena, sizeof(*copy));

    *copy = *digest;
    return (ProtobufCBinaryData){ sizeof(copy->bytes), copy->bytes };
}

struct digest
submissions_digest_of(ProtobufCBinaryData data)
{
    struct digest digest = { { 0 } };

    if (data.len == sizeof(digest.bytes))
        memcpy(digest.bytes, data.data, sizeof(digest.bytes));
    return digest;
}
