/* services/directory/core_spelling.c - mailboxes and keys, letter by letter. Pure. */
#include <string.h>

#include "services/directory/core.h"

#define MAILBOX_MOST 254 /* RFC 5321 4.5.3.1, less the angle brackets of a path */
#define LOCAL_MOST 64
#define LABEL_MOST 63

#define LETTERS_AND_DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* RFC 5322 atext: what stands between the dots of a local part without quotes. */
static const char atext[] = LETTERS_AND_DIGITS "!#$%&'*+-/=?^_`{|}~";
static const char hostname[] = LETTERS_AND_DIGITS "-";

/* Words of these letters with single dots between them, each of at most so many characters. What
 * stands behind the text is none of the letters. */
static bool
is_dotted(const char *text, size_t size, const char *letters, size_t most)
{
    size_t at = 0;

    while (at < size) {
        size_t word = strspn(text + at, letters);

        if (word == 0 || word > most)
            return false;
        at += word;
        if (at == size)
            return true;
        if (text[at++] != '.')
            return false;
    }
    return false;
}

/* No label of a host name begins or ends with a hyphen. */
static bool
is_hyphen_inside(const char *host)
{
    for (const char *c = host; *c; c++)
        if (*c == '-' && (c == host || c[-1] == '.' || c[1] == '.' || c[1] == '\0'))
            return false;
    return true;
}

bool
directory_is_mailbox(const char *text)
{
    const char *at = strchr(text, '@');
    size_t local;

    if (!at || strlen(text) > MAILBOX_MOST)
        return false;
    local = (size_t) (at - text);
    return local <= LOCAL_MOST && is_dotted(text, local, atext, LOCAL_MOST) &&
           is_dotted(at + 1, strlen(at + 1), hostname, LABEL_MOST) && is_hyphen_inside(at + 1);
}

/* ZeroMQ RFC 32: five characters are four bytes; more than fit into four are no key. */
bool
directory_is_key(const char *text)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 ".-:+=^!/*?&<>()[]{}@%$#";
    uint64_t group = 0;

    if (strlen(text) != 40)
        return false;
    for (size_t i = 0; i < 40; i++) {
        const char *digit = strchr(digits, text[i]);

        if (!digit)
            return false;
        group = group * 85 + (uint64_t) (digit - digits);
        if (i % 5 == 4 && group > UINT32_MAX)
            return false;
        if (i % 5 == 4)
            group = 0;
    }
    return true;
}
