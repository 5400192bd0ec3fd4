/* common/mask.c - finds the passwords in what people write as connection strings. */
#include "common/mask.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static bool
is_url(const char *text)
{
    return strncmp(text + strcspn(text, ":= "), "://", 3) == 0;
}

/* Length of a password as libpq reads it: in a URL up to the next parameter, else one word, or
 * quoted. */
static size_t
password_length(const char *text, bool in_url)
{
    bool is_quoted = *text == '\'' && !in_url;
    const char *end = in_url ? "&" : is_quoted ? "'" : " \t\n\r\f\v";
    size_t i = is_quoted;

    for (; text[i] && !strchr(end, text[i]); i++)
        if (text[i] == '\\' && text[i + 1] && !in_url)
            i++;
    return i + (is_quoted && text[i]);
}

/* The password's place in "scheme://user:password@host"; NULL when there is none. It goes up to the
 * last
 * @ of all: rather too much is hidden than the end of a password that holds one. */
static const char *
password_in_url(const char *text, size_t *ret_length)
{
    const char *authority, *at, *colon;

    if (!is_url(text))
        return NULL;
    authority = strstr(text, "://") + 3;
    at = strrchr(authority, '@');
    colon = at ? memchr(authority, ':', (size_t) (at - authority)) : NULL;
    if (!colon)
        return NULL;
    *ret_length = (size_t) (at - colon) - 1;
    return colon + 1;
}

/* The value's place in "password = value"; NULL when text does not begin so. */
static const char *
password_in_pair(const char *text)
{
    static const char word[] = "password";

    if (strncasecmp(text, word, strlen(word)) != 0)
        return NULL;
    text += strlen(word);
    text += strspn(text, " \t\n");
    return *text == '=' ? text + 1 + strspn(text + 1, " \t\n") : NULL;
}

/* One secret may begin inside another, as in "scheme://password=a:b&c@host": all is hidden up to where the last of
 * them ends. */
static const char *
end_of_all(const char *c, const char *end, const char *secret, size_t hidden, bool in_url)
{
    for (; c < end; c++) {
        const char *value = password_in_pair(c), *further = NULL;

        if (c == secret)
            further = secret + hidden;
        else if (value)
            further = value + password_length(value, in_url);
        if (further && further > end)
            end = further;
    }
    return end;
}

void
mask_print(const char *text, FILE *out)
{
    bool in_url = is_url(text);
    size_t hidden = 0;
    const char *secret = password_in_url(text, &hidden);

    for (const char *c = text; *c;) {
        const char *value = password_in_pair(c);

        if (c == secret) {
            fputs(MASK, out);
            c = end_of_all(c, secret + hidden, secret, hidden, in_url);
            secret = NULL;
        } else if (value) {
            fputs("password=" MASK, out);
            c = end_of_all(c, value + password_length(value, in_url), secret, hidden, in_url);
        } else {
            fputc(iscntrl((unsigned char) *c) ? '?' : *c, out);
            c++;
        }
    }
}
