/* common/err.c - the last reason of each thread. */
#include "common/err.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_SIZE 1024

static _Thread_local char last[TEXT_SIZE];

/* A reason is one line, whoever's words it quotes. */
static void
keep(char text[TEXT_SIZE])
{
    size_t length = strlen(text);

    while (length && isspace((unsigned char) text[length - 1]))
        text[--length] = '\0';
    for (char *c = text; *c; c++)
        if (isspace((unsigned char) *c))
            *c = ' ';
    memcpy(last, text, sizeof(last));
}

/* Written aside first: the arguments may be err_text() itself. */
int
err_set(int code, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    keep(text);
    return code;
}

int
err_add(int code, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list args;
    size_t used, left, kept;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    used = strlen(text);
    left = sizeof(text) - 1 - used;
    if (last[0] && left > 2) {
        kept = strnlen(last, left - 2);
        memcpy(text + used, ": ", 2);
        memcpy(text + used + 2, last, kept);
        text[used + 2 + kept] = '\0';
    }
    keep(text);
    return code;
}

const char *
err_text(void)
{
    return last;
}

const char *
err_name(int code)
{
    switch (code) {
    case 0:
        return "ok";
    case ERR_NOT_FOUND:
        return "not_found";
    case ERR_RETRY:
        return "retry";
    case ERR_POISON:
        return "poison";
    case ERR_FATAL:
        return "fatal";
    default:
        return "unknown";
    }
}
