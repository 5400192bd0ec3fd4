/* tests/property/lines.h - reading what a program in another language writes: lines of words, messages in hexadecimal.
 *
 * Errors     whoever writes anything else made a mistake: the program ends.
 */
#ifndef SANGKIEN_TESTS_PROPERTY_LINES_H
#define SANGKIEN_TESTS_PROPERTY_LINES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/proto.h"

enum { MOST_WORDS = 5 };

static inline void
give_up(const char *why, const char *word)
{
    fprintf(stderr, "%s: %s\n", why, word);
    exit(1);
}

static inline int
digit(char c)
{
    return c >= 'a' ? c - 'a' + 10 : c - '0';
}

static inline struct bytes
bytes_of(struct arena *arena, const char *hex)
{
    size_t size = strspn(hex, "0123456789abcdef") / 2;
    uint8_t *bytes = arena_zero(arena, size + 1);

    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t) (digit(hex[2 * i]) * 16 + digit(hex[2 * i + 1]));
    return (struct bytes){ bytes, size };
}

static inline void
unpack(struct arena *arena, const ProtobufCMessageDescriptor *message, const char *hex,
       void *ret_message)
{
    struct bytes bytes = bytes_of(arena, hex);

    if (proto_unpack(arena, message, bytes.data, bytes.size, ret_message))
        give_up(err_text(), hex);
}

static inline struct uuid
id_of(const char *word)
{
    struct uuid id;

    if (!uuid_parse(word, &id))
        give_up("is no id", word);
    return id;
}

/* Those that are not there are "". */
static inline void
split(char *line, char *ret_words[MOST_WORDS])
{
    line[strcspn(line, "\n")] = '\0';
    for (int i = 0; i < MOST_WORDS; i++) {
        ret_words[i] = line;
        line += strcspn(line, " ");
        if (*line)
            *line++ = '\0';
    }
}

#endif
