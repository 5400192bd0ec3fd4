/* tests/fuzz/scan.c - the scanner, over every message type: the first two bytes choose it. */
#include "services/gateway/scan.h"

#include "sangkien/wire/v1/wire.pb-c.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/kept.h"

static void
look_at_violation(const struct scan_violation *v)
{
    PROMISE(memchr(v->field, '\0', sizeof(v->field)) && v->field[0], "a violation of no field");
    PROMISE(memchr(v->description, '\0', sizeof(v->description)) && v->description[0],
            "%s: nothing is said", v->field);
}

static void
look_at_result(int reason, const struct scan_result *result)
{
    PROMISE(reason == result->reason, "%d, and %d", reason, result->reason);
    PROMISE(reason == 0 || (reason >= WIRE__REASON__REASON_MALFORMED &&
                            reason <= WIRE__REASON__REASON_INVALID_FIELD),
            "reason %d", reason);
    PROMISE((result->count > 0) == (reason == WIRE__REASON__REASON_INVALID_FIELD) &&
                result->count <= SCAN_MOST_VIOLATIONS,
            "%zu violations for reason %d", result->count, reason);
    for (size_t i = 0; i < result->count; i++)
        look_at_violation(&result->violations[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = { data, size };
    const struct word *word = take_word(&rest);
    struct scan_result result;

    memset(&result, 0xA5, sizeof(result));
    look_at_result(scan_message(word, rest, &result), &result);
    if (result.reason == 0)
        kept_in_bytes(word, rest);
    return 0;
}
