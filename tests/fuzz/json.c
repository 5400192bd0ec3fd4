/* tests/fuzz/json.c - JSON that people write, and bytes that are shown as JSON: there and back it stays the same. */
#include "ops/ctl/json.h"

#include "tests/fuzz/input.h"

static const char *
json_of(struct arena *arena, const char *type, struct bytes bytes)
{
    const char *json = NULL;
    int rc = json_of_bytes(arena, type, bytes, false, &json);

    PROMISE(rc == 0 && json, "%s cannot be shown: %s", type, err_text());
    return json;
}

static void
there_and_back(struct arena *arena, const char *type, struct bytes text)
{
    struct bytes first, second;
    const char *shown;

    if (json_to_bytes(arena, type, (const char *) text.data, text.size, &first) != 0)
        return;
    shown = json_of(arena, type, first);
    PROMISE(json_to_bytes(arena, type, shown, strlen(shown), &second) == 0,
            "%s: what was shown cannot be read: %s\n%s", type, err_text(), shown);
    PROMISE(strcmp(shown, json_of(arena, type, second)) == 0, "%s: %s became %s", type, shown,
            json_of(arena, type, second));
}

static void
read_intent(struct arena *arena, const char *type, struct bytes text)
{
    const char *json = (const char *) text.data, *said;
    struct intent intent = { 0 };

    if (json_type_of(arena, json, text.size, &said) == 0)
        PROMISE(said, "a type that is nowhere");
    if (json_to_intent(arena, type, json, text.size, &intent) == 0)
        PROMISE(intent.id && intent.type && intent.programme && intent.subject && intent.actor &&
                    intent.capacity && intent.expires,
                "a member that is nowhere");
}

static void
show_bytes(struct arena *arena, const char *type, struct bytes bytes)
{
    const char *json;

    if (json_of_bytes(arena, type, bytes, true, &json) == 0)
        PROMISE(json[0] == '{', "%s: %s", type, json);
    if (json_of_reply(arena, bytes, type, false, &json) == 0)
        PROMISE(json[0] == '{', "%s", json);
    if (json_of_event(arena, bytes, &json) == 0)
        PROMISE(json[0] == '{', "%s", json);
}

static void
fill_draft(struct arena *arena, const char *type, struct bytes in)
{
    struct draft *draft;
    int rc = draft_new(type, &draft);

    PROMISE(rc == 0, "there is no type %s", type);
    while (in.size && rc == 0) {
        const char *path = take_text(&in, arena);

        rc = draft_set(draft, path, take_text(&in, arena));
    }
    json_of(arena, type, draft_take(draft, arena));
    draft_free(&draft);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = { data, size };
    uint8_t what = take_byte(&in);
    const char *type = take_word(&in)->name;
    struct arena *arena = arena_new();

    switch (what & 3) {
    case 0:
        there_and_back(arena, type, in);
        break;
    case 1:
        read_intent(arena, type, in);
        break;
    case 2:
        show_bytes(arena, type, in);
        break;
    default:
        fill_draft(arena, type, in);
    }
    arena_free(&arena);
    return 0;
}
