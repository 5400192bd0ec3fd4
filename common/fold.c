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

/* Most of a Vietnamese text, by a short way: what folded_letter says of the letters from U+00C0 and from U+1E00 on; a
 * point where that must be asked. */
/* clang-format off */
enum { LATIN = 0xC0, LATIN_END = 0x200, LATIN_MORE = 0x1E00, LATIN_MORE_END = 0x1F00 };
static const char latin[] =
    "aaaaaa.ceeeeiiiidnooooo..uuuuy..aaaaaa.ceeeeiiiidnooooo..uuuuy.y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghh..iiiiiiii....jjkk.llllll."
    "...nnnnnn...oooooo..rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzz."
    ".........d......................oo.............uu..............."
    ".............aaiioouuuuuuuuuu.aaaa....ggkkoooo..j...gg..nnaa....";
static const char latin_more[] =
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
    "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
    "wwwwwwwwwwxxxxyyzzzzzzhtwy......aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
    "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";
/* clang-format on */
_Static_assert(sizeof(latin) == LATIN_END - LATIN + 1, "a letter for each");
_Static_assert(sizeof(latin_more) == LATIN_MORE_END - LATIN_MORE + 1, "a letter for each");

/* A point where it must be asked what folded_letter says. */
static char
latin_fold(ucs4_t c)
{
    if (c >= LATIN && c < LATIN_END)
        return latin[c - LATIN];
    return c >= LATIN_MORE && c < LATIN_MORE_END ? latin_more[c - LATIN_MORE] : '.';
}

/* 0 for what is no letter and no digit. */
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
    c = without_stroke(base_of(uc_tolower(c)));
    return is_counted(c) ? c : 0;
}

/* What is written for the letter: nothing at all for a mark, and 0 for what parts words. */
enum { NOTHING_AT_ALL = -1 };
static int64_t
letter_of(ucs4_t c)
{
    char short_way = c < 0x80 ? ascii_fold((char) c) : latin_fold(c);

    if (short_way != '.')
        return short_way;
    return is_mark(c) ? NOTHING_AT_ALL : (int64_t) folded_letter(c);
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
        int64_t letter = length > 0 ? letter_of(c) : NOTHING_AT_ALL;

        i += length > 0 ? (size_t) length : 1;
        if (letter == 0)
            is_apart = used > 0;
        if (letter <= 0)
            continue;
        if (is_apart)
            folded[used++] = ' ';
        is_apart = false;
        used += (size_t) u8_uctomb(folded + used, (ucs4_t) letter, (ptrdiff_t) (room - used));
    }
    return (const char *) folded;
}
