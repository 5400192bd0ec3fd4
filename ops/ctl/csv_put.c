/* ops/ctl/csv_put.c - writes comma-separated values, RFC 4180, one field at a time. */
#include <string.h>

#include "ops/ctl/csv.h"

void
csv_put(FILE *file, const char *text, bool is_guarded, bool is_last)
{
    bool is_formula = is_guarded && text[0] && strchr("=+-@\t\r", text[0]);
    bool is_quoted = is_formula || strpbrk(text, ",\"\r\n");

    if (is_quoted)
        fputc('"', file);
    if (is_formula)
        fputc('\'', file);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    if (is_quoted)
        fputc('"', file);
    fputs(is_last ? "\r\n" : ",", file);
}
