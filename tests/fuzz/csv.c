/* tests/fuzz/csv.c - files to import: tables that are read must say the same when they are written again, and read. */
#define _GNU_SOURCE /* memfd_create */
#include "ops/ctl/csv.h"

#include <sys/mman.h>
#include <unistd.h>

#include "ops/ctl/import.h"
#include "tests/fuzz/input.h"

#include "sangkien/wire/v1/wire.pb-c.h"

enum { MOST_RECORDS = 200 };

static const char separators[] = { ',', ';', '\t', '|' };

static FILE *
file_of(struct bytes bytes)
{
    return bytes.size ? fmemopen((void *) (uintptr_t) bytes.data, bytes.size, "r")
                      : fopen("/dev/null", "r");
}

/* All good records up to the end; of broken ones only that they are. */
static struct list
read_records(struct arena *arena, struct bytes bytes, char separator, size_t *ret_broken)
{
    struct csv csv = { .file = file_of(bytes), .separator = separator };
    struct list records;
    int rc = 0;

    list_init(&records, arena, sizeof(struct record));
    *ret_broken = 0;
    while (rc != ERR_NOT_FOUND && records.count + *ret_broken < MOST_RECORDS) {
        struct record record = { 0 };

        rc = csv_next(&csv, arena, &record);
        PROMISE(rc == 0 || rc == ERR_NOT_FOUND || rc == ERR_POISON, "%d", rc);
        if (rc == 0) {
            PROMISE(record.count > 0 && record.line > 0, "a record of nothing");
            *(struct record *) list_add(&records) = record;
        }
        *ret_broken += rc == ERR_POISON;
    }
    fclose(csv.file);
    csv_done(&csv);
    return records;
}

/* Every field in quotes, as RFC 4180 has it. */
static struct bytes
written(struct arena *arena, const struct list *records, char separator)
{
    size_t size = 0;
    char *text, *at;

    LIST_EACH (const struct record, r, records)
        for (size_t i = 0; i < r->count; i++)
            size += 2 * strlen(r->fields[i]) + 4;
    at = text = arena_zero(arena, size + 1);
    LIST_EACH (const struct record, r, records)
        for (size_t i = 0; i < r->count; i++) {
            *at++ = '"';
            for (const char *c = r->fields[i]; *c; c++) {
                if (*c == '"')
                    *at++ = '"';
                *at++ = *c;
            }
            *at++ = '"';
            *at++ = i + 1 < r->count ? separator : '\n';
        }
    return (struct bytes){ (const uint8_t *) text, (size_t) (at - text) };
}

static void
compare(const struct list *first, const struct list *second)
{
    PROMISE(first->count == second->count, "%zu records became %zu", first->count, second->count);
    for (size_t n = 0; n < first->count; n++) {
        const struct record *a = list_at(first, n), *b = list_at(second, n);

        PROMISE(a->count == b->count, "record %zu: %zu fields became %zu", n, a->count, b->count);
        for (size_t i = 0; i < a->count; i++)
            PROMISE(strcmp(a->fields[i], b->fields[i]) == 0, "record %zu: \"%s\" became \"%s\"", n,
                    a->fields[i], b->fields[i]);
    }
}

static void
read_twice(struct bytes bytes, char separator)
{
    struct arena *arena = arena_new();
    size_t broken;
    struct list first = read_records(arena, bytes, separator, &broken), second;

    second = read_records(arena, written(arena, &first, separator), separator, &broken);
    PROMISE(broken == 0, "what was written cannot be read");
    compare(&first, &second);
    arena_free(&arena);
}

/* The way of `sangkien import`, JSON lines included: what is a request is one. */
static void
import_all(struct bytes bytes, char separator)
{
    const struct import_defaults defaults = {
        "submissions.CreateEntry", "khanh-hoa", "", "", "", separator
    };
    struct arena *arena = arena_new();
    int fd = memfd_create("import", MFD_CLOEXEC);
    const char *path = arena_format(arena, "/proc/self/fd/%d", fd);
    struct import *import = NULL;
    struct import_line line;
    Wire__Request *request;
    int rc;

    PROMISE(fd >= 0 && write(fd, bytes.data, bytes.size) == (ssize_t) bytes.size, "no file");
    rc = import_open(path, &defaults, &import);
    for (int n = 0; rc != ERR_NOT_FOUND && rc != ERR_FATAL && n < MOST_RECORDS; n++) {
        rc = import_next(import, arena, &line);
        PROMISE(rc != 0 || proto_unpack(arena, &wire__request__descriptor, line.request.data,
                                        line.request.size, &request) == 0,
                "line %zu is no request", line.number);
    }
    import_close(&import);
    close(fd);
    arena_free(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = { data, size };
    char separator = separators[take_byte(&in) % sizeof(separators)];

    read_twice(in, separator);
    import_all(in, separator);
    return 0;
}
