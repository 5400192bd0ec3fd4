/* ops/ctl/import.c - reads a file of intents, line by line. */
#include "ops/ctl/import.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ops/ctl/csv.h"
#include "ops/ctl/request.h"

struct import {
    struct import_defaults defaults;
    struct arena *arena; /* the header's */
    struct csv csv;
    struct record header;
    off_t size;
    bool is_json;
};

/* A column that is no field of the body. */
struct member {
    const char *name;
    size_t offset;
};

/* clang-format off */
#define MEMBER(name) { #name, offsetof(struct intent, name) }
static const struct member members[] = {
    MEMBER(id),
    MEMBER(type),
    MEMBER(programme),
    MEMBER(subject),
    MEMBER(actor),
    MEMBER(capacity),
    MEMBER(expires),
    { 0 },
};
/* clang-format on */

static bool
begins_with_brace(FILE *file)
{
    int c;

    do
        c = getc(file);
    while (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0xEF || c == 0xBB || c == 0xBF);
    rewind(file);
    return c == '{';
}

int
import_open(const char *path, const struct import_defaults *defaults, struct import **ret_import)
{
    struct stat status;
    FILE *file = fopen(path, "re");

    if (!file || fstat(fileno(file), &status) != 0) {
        if (file)
            fclose(file);
        return err_set(ERR_FATAL, "%s: %s", path, strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        fclose(file);
        return err_set(ERR_FATAL, "%s is no regular file", path);
    }
    struct import *import = calloc(1, sizeof *import);
    if (!import)
        abort();
    import->defaults = *defaults;
    import->arena = arena_new();
    import->size = status.st_size;
    import->is_json = begins_with_brace(file);
    import->csv = (struct csv){ .file = file, .separator = defaults->separator };
    int rc = import->is_json ? 0 : csv_next(&import->csv, import->arena, &import->header);
    if (rc < 0) {
        import_close(&import);
        return err_add(ERR_FATAL, "%s", path);
    }
    *ret_import = import;
    return 0;
}

void
import_close(struct import **import_p)
{
    struct import *import = *import_p;

    if (!import)
        return;
    fclose(import->csv.file);
    csv_done(&import->csv);
    arena_free(&import->arena);
    free(import);
    *import_p = NULL;
}

int
import_permille(const struct import *import)
{
    off_t at = ftello(import->csv.file);

    return import->size > 0 && at >= 0 ? (int) (at * 1000 / import->size) : 1000;
}

/* ------------------------------------------------------------------ the two forms */

static const char **
member_of(struct intent *intent, const char *column)
{
    for (const struct member *m = members; m->name; m++) {
        if (strcmp(m->name, column) == 0)
            return (const char **) ((char *) intent + m->offset);
    }
    return NULL;
}

static int
take_version(const char *text, int64_t *ret_version)
{
    char *end;

    errno = 0;
    long long version = strtoll(text, &end, 10);
    if (errno || *end || version < 0)
        return err_set(ERR_POISON, "expected_version: %s is no version", text);
    *ret_version = version;
    return 0;
}

static int
fill_body(const struct import *import, struct arena *arena, const struct record *record,
          struct intent *intent)
{
    struct draft *draft CLEANUP(draft_free) = NULL;

    if (request_type(arena, intent->type, &intent->type) < 0 || draft_new(intent->type, &draft) < 0)
        return ERR_POISON;
    for (size_t n = 0; n < record->count; n++) {
        const char *column = import->header.fields[n];
        if (member_of(intent, column) || strcmp(column, "expected_version") == 0)
            continue;
        if (draft_set(draft, column, record->fields[n]) < 0)
            return ERR_POISON;
    }
    intent->body = draft_take(draft, arena);
    return 0;
}

static int
next_record(struct import *import, struct arena *arena, struct import_line *line,
            struct bytes *ret_raw)
{
    struct record record = { 0 };
    int rc = csv_next(&import->csv, arena, &record);

    line->number = rc == ERR_NOT_FOUND || record.line == 0 ? import->csv.line : record.line;
    if (rc < 0)
        return rc;
    if (record.count != import->header.count)
        return err_set(ERR_POISON, "has %zu fields where the header has %zu", record.count,
                       import->header.count);
    for (size_t n = 0; n < record.count; n++) {
        const char **member = member_of(&line->intent, import->header.fields[n]);
        if (member && record.fields[n][0])
            *member = record.fields[n];
        if (strcmp(import->header.fields[n], "expected_version") == 0 && record.fields[n][0] &&
            take_version(record.fields[n], &line->intent.expected_version) < 0)
            return ERR_POISON;
    }
    *ret_raw = record.raw;
    return fill_body(import, arena, &record, &line->intent);
}

static const char *
or_else(const char *text, const char *otherwise)
{
    return text[0] ? text : otherwise;
}

static int
next_json(struct import *import, struct arena *arena, struct import_line *line,
          struct bytes *ret_raw)
{
    struct intent *intent = &line->intent;
    struct intent read;
    const char *type;
    char *text = NULL;
    size_t room = 0;
    ssize_t length;

    do {
        length = getline(&text, &room, import->csv.file);
        line->number = ++import->csv.line;
    } while (length >= 0 && text[strspn(text, " \t\r\n")] == '\0');
    if (length >= 0)
        *ret_raw = arena_bytes(arena, text, (size_t) length);
    free(text);
    if (length < 0)
        return err_set(ERR_NOT_FOUND, "no more lines");
    while (ret_raw->size && strchr("\r\n", ret_raw->data[ret_raw->size - 1]))
        ret_raw->size--;

    const char *json = (const char *) ret_raw->data;
    if (json_type_of(arena, json, ret_raw->size, &type) < 0 ||
        request_type(arena, or_else(type, intent->type), &type) < 0 ||
        json_to_intent(arena, type, json, ret_raw->size, &read) < 0)
        return ERR_POISON;
    read.type = type;
    read.programme = or_else(read.programme, intent->programme);
    read.actor = or_else(read.actor, intent->actor);
    read.capacity = or_else(read.capacity, intent->capacity);
    *intent = read;
    return 0;
}

int
import_next(struct import *import, struct arena *arena, struct import_line *ret_line)
{
    const struct import_defaults *d = &import->defaults;
    const struct request_more more = { 0 }; /* no time: the bytes must be the same tomorrow */
    const char *header = import->is_json ? "" : (const char *) import->header.raw.data;
    struct intent *intent = &ret_line->intent;
    struct bytes raw = { 0 };

    *intent = (struct intent){
        "", d->type, d->programme, "", d->actor, d->capacity, "", 0, { 0 },
    };
    int rc = import->is_json ? next_json(import, arena, ret_line, &raw)
                             : next_record(import, arena, ret_line, &raw);
    if (rc < 0)
        return rc;
    const struct intent said = *intent;
    if (!intent->id[0])
        intent->id = request_derive_id(arena, "request", d->batch, &said, header, raw);
    if (!intent->subject[0])
        intent->subject = request_derive_id(arena, "subject", d->batch, &said, header, raw);
    return request_pack(arena, intent, &more, &ret_line->request);
}
