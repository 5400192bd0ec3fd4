/* services/gateway/text.c - which text may come in: UTF-8 in form NFC, no control characters. */
#include "services/gateway/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <uninorm.h>
#include <unistr.h>

static bool
is_control(ucs4_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0);
}

/* Characters that stand in NFC by themselves and never join with what is before them: Latin with all
 * of Vietnamese, and common punctuation. UAX 15, quick check "yes" and combining class 0. */
static bool
is_always_nfc(ucs4_t c)
{
    return c < 0x300 || (c >= 0x1E00 && c < 0x1F00) || (c >= 0x2002 && c < 0x20D0);
}

static bool
is_nfc(struct bytes text)
{
    uint8_t buffer[1024];
    size_t size = sizeof(buffer);
    uint8_t *normal = u8_normalize(UNINORM_NFC, text.data, text.size, buffer, &size);
    bool same;

    if (!normal)
        abort(); /* the bytes are UTF-8: only memory can be wanting */
    same = size == text.size && memcmp(normal, text.data, size) == 0;
    if (normal != buffer)
        free(normal);
    return same;
}

/* The first byte that is not plain ASCII. */
static size_t
ascii_length(struct bytes text)
{
    size_t i = 0;

    while (i < text.size && text.data[i] < 0x7F && !is_control(text.data[i]))
        i++;
    return i;
}

const char *
text_fault(struct bytes text)
{
    bool is_plain = true;

    for (size_t i = ascii_length(text); i < text.size;) {
        ucs4_t c;
        int length = u8_mbtoucr(&c, text.data + i, text.size - i);

        if (length <= 0)
            return "is not UTF-8";
        if (is_control(c))
            return "holds a control character";
        is_plain = is_plain && is_always_nfc(c);
        i += (size_t) length;
    }
    return is_plain || is_nfc(text) ? NULL : "is not in Unicode form NFC";
}
