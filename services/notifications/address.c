/* services/notifications/address.c - which e-mail addresses may go near a mail server. Pure. */
#include "services/notifications/address.h"

#include <stddef.h>
#include <string.h>

enum { MOST_ADDRESS = 254, MOST_LOCAL = 64, MOST_DOMAIN = 253, MOST_LABEL = 63 };

/* isalnum() would ask the locale. */
static bool
is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool
is_atext(char c)
{
    return is_letter_or_digit(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* Atoms with single dots between them. */
static bool
is_dot_string(const char *text, size_t size)
{
    if (size == 0 || size > MOST_LOCAL || text[0] == '.' || text[size - 1] == '.')
        return false;
    for (size_t i = 0; i < size; i++)
        if (!is_atext(text[i]) && !(text[i] == '.' && text[i - 1] != '.'))
            return false;
    return true;
}

static bool
is_label(const char *text, size_t size)
{
    if (size == 0 || size > MOST_LABEL || text[0] == '-' || text[size - 1] == '-')
        return false;
    for (size_t i = 0; i < size; i++)
        if (!is_letter_or_digit(text[i]) && text[i] != '-')
            return false;
    return true;
}

bool
domain_is_usable(const char *domain)
{
    if (!domain || strlen(domain) > MOST_DOMAIN)
        return false;
    for (;;) {
        size_t size = strcspn(domain, ".");

        if (!is_label(domain, size))
            return false;
        if (domain[size] == '\0')
            return true;
        domain += size + 1;
    }
}

bool
address_is_usable(const char *address)
{
    const char *at = address ? strchr(address, '@') : NULL;

    return at && strlen(address) <= MOST_ADDRESS &&
           is_dot_string(address, (size_t) (at - address)) && domain_is_usable(at + 1);
}
