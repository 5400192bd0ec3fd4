/* common/log.c - a line is put together in memory and written at once, so that lines never mix. */
#include "common/log.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <unistr.h>

#include "common/clock.h"

#define LINE_SIZE 16384
#define VALUE_MOST 2048 /* bytes of one value, before escaping */
#define CUT " cut=true"

enum level { DEBUG, INFO, WARNING, ERROR, LEVELS };

static const char *const level_names[LEVELS] = { "debug", "info", "warning", "error" };

static char service_name[64] = "-";
static _Atomic int least_level = INFO;

struct line {
    size_t used;
    bool is_cut;
    char text[LINE_SIZE];
};

/* All of it or nothing; the end of the line is kept free for CUT and the newline. */
static void
put(struct line *line, const char *text, size_t size)
{
    if (line->is_cut || size > sizeof(line->text) - sizeof(CUT) - line->used) {
        line->is_cut = true;
        return;
    }
    memcpy(line->text + line->used, text, size);
    line->used += size;
}

static void
put_text(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

/* Controls, and the marks that make a terminal or an editor show another line or another order. */
static bool
is_hidden(ucs4_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static bool
is_bare(const char *text)
{
    for (const char *c = text; *c; c++)
        if (!isgraph((unsigned char) *c) || *c == '"' || *c == '\\' || *c == '=')
            return false;
    return *text && strnlen(text, VALUE_MOST + 1) <= VALUE_MOST;
}

/* One character of a quoted value; returns how many bytes it took. Bytes that are no UTF-8 become
 * U+FFFD. */
static size_t
put_character(struct line *line, const char *text, size_t size)
{
    ucs4_t c;
    int length = u8_mbtoucr(&c, (const uint8_t *) text, size);
    char escaped[8];

    if (length <= 0) {
        put_text(line, "\\ufffd");
        return 1;
    }
    if (c == '"' || c == '\\')
        snprintf(escaped, sizeof(escaped), "\\%c", (char) c);
    else if (c == '\n')
        snprintf(escaped, sizeof(escaped), "\\n");
    else if (is_hidden(c))
        snprintf(escaped, sizeof(escaped), "\\u%04x", (unsigned) (c & 0xffff));
    else {
        put(line, text, (size_t) length);
        return (size_t) length;
    }
    put_text(line, escaped);
    return (size_t) length;
}

static void
put_value(struct line *line, const char *value)
{
    size_t size = strnlen(value, VALUE_MOST + 4);

    if (is_bare(value)) {
        put(line, value, size);
        return;
    }
    put_text(line, "\"");
    for (size_t i = 0; i < size;) {
        if (i >= VALUE_MOST) {
            put_text(line, "...");
            break;
        }
        i += put_character(line, value + i, size - i);
    }
    put_text(line, "\"");
}

static void
put_field(struct line *line, const char *key, const char *value)
{
    size_t before = line->used;

    if (before)
        put_text(line, " ");
    for (const char *c = key; *c; c++)
        put(line, isalnum((unsigned char) *c) ? c : "_", 1);
    put_text(line, "=");
    put_value(line, value);
    if (line->is_cut)
        line->used = before; /* rather no field than half of one */
}

static void
put_time(struct line *line)
{
    struct timespec now;
    char text[TIME_TEXT_SIZE];

    clock_gettime(CLOCK_REALTIME,
                  &now); /* not clock_now_us: a rehearsal's log tells the real time */
    time_print(now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000, text);
    put_field(line, "ts", text);
}

static void
write_line(struct line *line)
{
    const char *from = line->text;
    ssize_t written;

    if (line->is_cut) {
        memcpy(line->text + line->used, CUT, strlen(CUT));
        line->used += strlen(CUT);
    }
    line->text[line->used++] = '\n';
    while (line->used) {
        written = write(STDERR_FILENO, from, line->used);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return; /* nobody is there to be told */
        from += written;
        line->used -= (size_t) written;
    }
}

static void
log_line(enum level level, const char *message, va_list fields)
{
    struct line line;
    const char *key;
    const char *value;

    if ((int) level < atomic_load_explicit(&least_level, memory_order_relaxed))
        return;
    line.used = 0;
    line.is_cut = false;
    put_time(&line);
    put_field(&line, "level", level_names[level]);
    put_field(&line, "service", service_name);
    put_field(&line, "msg", message);
    while ((key = va_arg(fields, const char *)) != NULL) {
        value = va_arg(fields, const char *);
        if (value)
            put_field(&line, key, value);
    }
    write_line(&line);
}

int
log_open(const char *service, const char *level)
{
    for (int i = 0; i < LEVELS; i++)
        if (strcmp(level, level_names[i]) == 0) {
            snprintf(service_name, sizeof(service_name), "%s", service);
            atomic_store(&least_level, i);
            return 0;
        }
    return err_set(ERR_FATAL, "SANGKIEN_LOG_LEVEL: \"%s\" is none of debug, info, warning, error",
                   level);
}

bool
log_has_info(void)
{
    return atomic_load_explicit(&least_level, memory_order_relaxed) <= INFO;
}

bool
log_is_debug(void)
{
    return atomic_load_explicit(&least_level, memory_order_relaxed) == DEBUG;
}

void
log_debug(const char *message, ...)
{
    va_list fields;

    va_start(fields, message);
    log_line(DEBUG, message, fields);
    va_end(fields);
}

void
log_info(const char *message, ...)
{
    va_list fields;

    va_start(fields, message);
    log_line(INFO, message, fields);
    va_end(fields);
}

void
log_warning(const char *message, ...)
{
    va_list fields;

    va_start(fields, message);
    log_line(WARNING, message, fields);
    va_end(fields);
}

void
log_error(const char *message, ...)
{
    va_list fields;

    va_start(fields, message);
    log_line(ERROR, message, fields);
    va_end(fields);
}
