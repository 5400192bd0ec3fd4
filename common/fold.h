/* common/fold.h - text as it is compared when case, accents and punctuation do not count.
 *
 * Shapes     in: UTF-8. Out: lower-case letters without diacritics, and digits, in words with one space between.
 *            "Hòa" and "Hoà" give the same, and so do "Đ" and "d".
 * Ownership  the arena's.
 * Threads    pure.
 */
#ifndef SANGKIEN_COMMON_FOLD_H
#define SANGKIEN_COMMON_FOLD_H

#include "common/arena.h"

const char *text_fold(struct arena *arena, const char *text);

#endif
