/* ops/ctl/table.c - tables for people, and the same as JSON for programs. */
#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>

#include "ops/ctl/ctl.h"

struct libscols_table *
table_new(const char *name, const char *const *columns, bool as_json)
{
    struct libscols_table *table = scols_new_table();

    if (!table)
        abort();
    scols_table_set_name(table, name);
    scols_table_enable_json(table, as_json);
    scols_table_enable_colors(table, 0);
    scols_table_set_column_separator(table, "  ");
    for (; *columns; columns++) {
        if (!scols_table_new_column(table, *columns, 0, 0))
            abort();
    }
    return table;
}

struct libscols_line *
table_row(struct libscols_table *table)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);

    if (!line)
        abort();
    return line;
}

void
table_cell(struct libscols_line *line, size_t column, const char *text)
{
    if (scols_line_set_data(line, column, text) != 0)
        abort();
}

void
table_free(struct libscols_table **table_p)
{
    scols_unref_table(*table_p);
    *table_p = NULL;
}

void
table_print(struct libscols_table **table_p)
{
    scols_print_table(*table_p);
    table_free(table_p);
}

void
print_json_text(const char *text)
{
    putchar('"');
    for (; *text; text++) {
        unsigned char c = (unsigned char) *text;
        if (c < 0x20)
            printf("\\u%04x", c);
        else
            printf(c == '"' || c == '\\' ? "\\%c" : "%c", c);
    }
    putchar('"');
}
