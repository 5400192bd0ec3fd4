/* tests/fuzz/verdicts.c - the scanner's verdict of each message on standard input, for a reader in another language.
 *
 * Shapes     in: the type's full name, a space, the bytes in hexadecimal. Out: the number of the reason, 0 lets pass; and the
 *            first field that is wrong, and how.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/gateway/scan.h"

static int
digit(char c)
{
    return c >= 'a' ? c - 'a' + 10 : c - '0';
}

/* In place: two characters become a byte. */
static struct bytes
bytes_of(char *hex)
{
    size_t size = strspn(hex, "0123456789abcdef") / 2;

    for (size_t i = 0; i < size; i++)
        hex[i] = (char) (digit(hex[2 * i]) * 16 + digit(hex[2 * i + 1]));
    return (struct bytes){ (const uint8_t *) hex, size };
}

int
main(void)
{
    char *line = NULL;
    size_t room = 0;

    while (getline(&line, &room, stdin) > 0) {
        char *hex = strchr(line, ' ');
        const struct word *word;
        struct scan_result result;

        if (hex)
            *hex++ = '\0';
        word = hex ? proto_word(line) : NULL;
        if (!word) {
            fprintf(stderr, "fuzz_verdicts: no message is called %s\n", line);
            return 1;
        }
        printf("%d", scan_message(word, bytes_of(hex), &result));
        if (result.count)
            printf(" %s %s", result.violations[0].field, result.violations[0].description);
        putchar('\n');
    }
    free(line);
    return 0;
}
