/* ops/ctl/csv.c - reads comma-separated values, RFC 4180, record by record. */
#include "ops/ctl/csv.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST_RECORD ((size_t) 1024 * 1024) /* far above what a request may hold */

/* Adds the next physical line to csv->text; false at the end of the file. */
static bool
add_line(struct csv *csv)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length = getline(&line, &room, csv->file);

    if (length >= 0) {
        char *text = realloc(csv->text, csv->size + (size_t) length + 1);
        if (!text)
            abort();
        memcpy(text + csv->size, line, (size_t) length + 1);
        csv->text = text;
        csv->size += (size_t) length;
        csv->line++;
    }
    free(line);
    return length >= 0;
}

static size_t
quotes_in(const char *text, size_t size)
{
    size_t quotes = 0;

    for (size_t n = 0; n < size; n++)
        quotes += text[n] == '"';
    return quotes;
}

static void
pass_over_mark(struct csv *csv)
{
    if (csv->line == 1 && csv->size >= 3 && memcmp(csv->text, "\xEF\xBB\xBF", 3) == 0) {
        csv->size -= 3;
        memmove(csv->text, csv->text + 3, csv->size + 1);
    }
}

/* Cuts one field off *at_p, in place, and closes it; false when it is broken. */
static bool
cut(char **at_p, char separator, const char **ret_field, bool *ret_more)
{
    char *at = *at_p;
    bool is_quoted = *at == '"';
    char *to = at;

    *ret_field = at;
    if (is_quoted) {
        for (at++; *at && !(*at == '"' && at[1] != '"'); at++) {
            if (*at == '"')
                at++;
            *to++ = *at;
        }
        if (*at++ != '"')
            return false;
    } else {
        while (*at && *at != separator) {
            if (*at == '"')
                return false;
            at++;
        }
        to = at;
    }
    if (*at && *at != separator)
        return false; /* something stands behind the closing quote */
    *ret_more = *at == separator;
    *at_p = *ret_more ? at + 1 : at;
    *to = '\0';
    return true;
}

static int
split(const struct csv *csv, struct arena *arena, struct record *record)
{
    char *at = (char *) arena_bytes(arena, record->raw.data, record->raw.size + 1).data;
    bool more = true;
    struct list fields;

    list_init(&fields, arena, sizeof(const char *));
    while (more) {
        const char **field = list_add(&fields);
        if (!cut(&at, csv->separator, field, &more))
            return err_set(ERR_POISON, "line %zu: a quote stands where none may", record->line);
    }
    record->fields = fields.items;
    record->count = fields.count;
    return 0;
}

/* The lines of the next record that is not empty. */
static int
gather(struct csv *csv, size_t *ret_first)
{
    size_t quotes, seen;

    do {
        csv->size = 0;
        if (!add_line(csv))
            return err_set(ERR_NOT_FOUND, "no more lines");
        pass_over_mark(csv);
    } while (strspn(csv->text, "\r\n") == csv->size);
    *ret_first = csv->line;

    quotes = quotes_in(csv->text, csv->size);
    while (quotes % 2 == 1) {
        seen = csv->size;
        if (seen > LONGEST_RECORD || !add_line(csv))
            return err_set(ERR_POISON, "line %zu: a quote is not closed", *ret_first);
        quotes += quotes_in(csv->text + seen, csv->size - seen);
    }
    return 0;
}

int
csv_next(struct csv *csv, struct arena *arena, struct record *ret_record)
{
    struct record record = { 0 };
    int rc = gather(csv, &record.line);

    if (rc < 0)
        return rc;
    if (memchr(csv->text, '\0', csv->size))
        return err_set(ERR_POISON, "line %zu: holds a NUL", record.line);
    size_t size = csv->size;
    if (size && csv->text[size - 1] == '\n')
        size--;
    if (size && csv->text[size - 1] == '\r')
        size--;
    csv->text[size] = '\0';
    record.raw = arena_bytes(arena, csv->text, size + 1);
    record.raw.size = size;
    rc = split(csv, arena, &record);
    if (rc == 0)
        *ret_record = record;
    return rc;
}

void
csv_done(struct csv *csv)
{
    free(csv->text);
    csv->text = NULL;
}
