/* tests/fuzz/unpack.c - whatever the scanner let pass: it unpacks, keeps its limits, within memory and time. */
#define _GNU_SOURCE /* clock ids */
#include <time.h>

#include "services/gateway/scan.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/kept.h"

enum {
    MOST_MEMORY = 8 << 20,
    MOST_MS = 50, /* of one processor, sanitizers included */
};

static int64_t
used_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static ProtobufCMessage *
unpacked(struct arena *arena, const struct word *word, struct bytes bytes)
{
    size_t before = arena_used(arena);
    ProtobufCMessage *message = NULL;
    int rc = proto_unpack(arena, word->message, bytes.data, bytes.size, &message);

    PROMISE(rc == 0, "%s was let pass, and does not unpack: %s", word->name, err_text());
    PROMISE(arena_used(arena) - before <= MOST_MEMORY, "%s: %zu bytes became %zu", word->name,
            bytes.size, arena_used(arena) - before);
    return message;
}

/* Packed again it says the same, and would be let pass again. */
static void
pack_again(struct arena *arena, const struct word *word, const ProtobufCMessage *message)
{
    struct scan_result result;
    struct bytes first = proto_pack(arena, message);
    struct bytes second = proto_pack(arena, unpacked(arena, word, first));

    PROMISE(first.size == second.size && memcmp(first.data, second.data, first.size) == 0,
            "%s says something else when it was packed", word->name);
    PROMISE(scan_message(word, first, &result) == 0, "%s: %s %s", word->name,
            result.count ? result.violations[0].field : "",
            result.count ? result.violations[0].description : "");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = { data, size };
    const struct word *word = take_word(&rest);
    int64_t before = used_ms();
    struct scan_result result;
    struct arena *arena;
    ProtobufCMessage *message = NULL;

    if (scan_message(word, rest, &result) != 0)
        return 0;
    arena = arena_new();
    message = unpacked(arena, word, rest);
    PROMISE(used_ms() - before <= MOST_MS, "%s: %zu bytes took %lld ms", word->name, rest.size,
            (long long) (used_ms() - before));
    kept_in_message(word, message);
    pack_again(arena, word, message);
    arena_free(&arena);
    return 0;
}
