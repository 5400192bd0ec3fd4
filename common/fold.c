/* common/fold.c - folds text letter by letter, so that no memory but the arena's is needed. */
#include "common/fold.h"

#include <stdbool.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

/* Of đ, and of what is taken for it in print, Unicode knows no decomposition. */
static ucs4_t
without_stroke(ucs4_t c)
{
    enum { D_STROKE = 0x111, ETH = 0xF0, AFRICAN_D = 0x256 };

    return c == D_STROKE || c == ETH || c == AFRICAN_D ? 'd' : c;
}

/* The letter under its marks. What decomposes into something else than marks is left whole. */
static ucs4_t
base_of(ucs4_t c)
{
    ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
    int count;

    while ((count = uc_canonical_decomposition(c, parts)) > 0 &&
           (count == 1 || uc_combining_class(parts[1]) != UC_CCC_NR))
        c = parts[0];
    return c;
}

/* Most of a text, by a short way: 0 for what is no letter and no digit. */
static char
ascii_fold(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char) (c - 'A' + 'a');
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '\0';
}

static bool
is_mark(ucs4_t c)
{
    return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_M);
}

static bool
is_counted(ucs4_t c)
{
    return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N);
}

/* 0 for what is neither letter nor digit. */
static ucs4_t
folded_letter(ucs4_t c)
{
    if (c < 0x80)
        return (ucs4_t) ascii_fold((char) c);
    c = without_stroke(base_of(uc_tolower(c)));
    return is_counted(c) ? c : 0;
}

const char *
text_fold(struct arena *arena, const char *text)
{
    enum { LONGEST_LETTER = 4 };
    const uint8_t *from = (const uint8_t *) text;
    size_t size = strlen(text), used = 0, room = (size + 1) * (LONGEST_LETTER + 1);
    uint8_t *folded = arena_zero(arena, room);
    bool is_apart = false;
    ucs4_t c;

    for (size_t i = 0; i < size;) {
        int length = u8_mbtoucr(&c, from + i, size - i);

        i += length > 0 ? (size_t) length : 1;
        if (length <= 0 || (c >= 0x80 && is_mark(c)))
            continue;
        c = folded_letter(c);
        if (!c) {
            is_apart = used > 0;
            continue;
        }
        if (is_apart)
            folded[used++] = ' ';
        is_apart = false;
        used += (size_t) u8_uctomb(folded + used, c, (ptrdiff_t) (room - used));
    }
    return (const char *) folded;
}
