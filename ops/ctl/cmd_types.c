/* ops/ctl/cmd_types.c - sangkien types: which messages there are, and what stands in them. */
#include <string.h>

#include "common/proto.h"
#include "ops/ctl/ctl.h"

struct types_ask {
    struct settings settings;
    const char *part;
};

static error_t
take(int key, char *argument, struct argp_state *state)
{
    struct types_ask *ask = state->input;

    return take_common(key, argument, state, &ask->settings, &ask->part);
}

static const char *
type_of(const ProtobufCFieldDescriptor *field)
{
    const ProtobufCEnumDescriptor *enumeration = field->descriptor;
    const ProtobufCMessageDescriptor *message = field->descriptor;

    switch (field->type) {
    case PROTOBUF_C_TYPE_ENUM:
        return enumeration->name;
    case PROTOBUF_C_TYPE_MESSAGE:
        return message->name;
    case PROTOBUF_C_TYPE_STRING:
        return "string";
    case PROTOBUF_C_TYPE_BYTES:
        return "bytes";
    case PROTOBUF_C_TYPE_BOOL:
        return "bool";
    case PROTOBUF_C_TYPE_INT64:
        return "int64";
    case PROTOBUF_C_TYPE_UINT64:
        return "uint64";
    case PROTOBUF_C_TYPE_UINT32:
        return "uint32";
    default:
        return "int32";
    }
}

static const char *
limits_of(struct arena *arena, const struct field_limit *limit)
{
    const char *text = limit->required ? "required" : "";

    if (limit->uuid)
        text = arena_format(arena, "%s uuid", text);
    if (limit->positive)
        text = arena_format(arena, "%s positive", text);
    if (limit->max_bytes)
        text = arena_format(arena, "%s <=%u bytes", text, limit->max_bytes);
    if (limit->exact_bytes)
        text = arena_format(arena, "%s %u bytes", text, limit->exact_bytes);
    if (limit->max_items)
        text = arena_format(arena, "%s <=%u items", text, limit->max_items);
    return text[0] == ' ' ? text + 1 : text;
}

static void
print_fields(struct arena *arena, const struct word *word, bool as_json)
{
    static const char *const columns[] = { "FIELD", "TYPE", "LIMITS", NULL };
    struct libscols_table *table = table_new("fields", columns, as_json);

    for (unsigned n = 0; n < word->message->n_fields; n++) {
        const ProtobufCFieldDescriptor *field = &word->message->fields[n];
        struct libscols_line *line = table_row(table);
        bool is_list = field->label == PROTOBUF_C_LABEL_REPEATED;
        table_cell(line, 0, field->name);
        table_cell(line, 1, arena_format(arena, "%s%s", is_list ? "list of " : "", type_of(field)));
        table_cell(line, 2, limits_of(arena, &word->limits[n]));
    }
    table_print(&table);
}

static void
print_types(const struct types_ask *ask)
{
    static const char *const kinds[] = { "part", "command", "event", "query" };
    static const char *const columns[] = { "KIND", "TYPE", NULL };
    struct libscols_table *table = table_new("types", columns, ask->settings.as_json);

    for (size_t n = 0; n < proto_word_count; n++) {
        if (ask->part ? !strcasestr(proto_words[n].name, ask->part)
                      : proto_words[n].kind == WORD_PART)
            continue;
        struct libscols_line *line = table_row(table);
        table_cell(line, 0, kinds[proto_words[n].kind]);
        table_cell(line, 1, proto_words[n].name);
    }
    table_print(&table);
}

int
cmd_types(int argc, char **argv)
{
    static const struct argp_child children[] = { { &settings_argp }, { 0 } };
    static const struct argp argp = {
        .parser = take,
        .args_doc = "[TYPE | PART-OF-A-NAME]",
        .doc = "Lists the message types, or the fields of one.\v"
               "Examples:\n"
               "  sangkien types\n"
               "  sangkien types dossier\n"
               "  sangkien types submissions.CreateEntry",
        .children = children,
    };
    struct arena *arena CLEANUP(arena_free) = arena_new();
    struct types_ask ask = { 0 };
    const struct word *word = NULL;

    settings_parse(&argp, argc, argv, &ask);
    if (ask.part) {
        const char *dot = strchr(ask.part, '.');
        word = proto_word(ask.part);
        if (!word && dot)
            word = proto_word(arena_format(arena, "sangkien.%.*s.v1.%s", (int) (dot - ask.part),
                                           ask.part, dot + 1));
    }
    if (word)
        print_fields(arena, word, ask.settings.as_json);
    else
        print_types(&ask);
    return EXIT_DONE;
}
