/* common/mask.h - settings shown without the passwords in them.
 *
 * Shapes     knows "scheme://user:password@host?password=..." and "user=u password='p'"; hides rather too
 *            much than too little. Control characters become question marks.
 * Source     PostgreSQL 15 manual, 34.1.1 Connection Strings.
 */
#ifndef SANGKIEN_COMMON_MASK_H
#define SANGKIEN_COMMON_MASK_H

#include <stdio.h>

#define MASK "***"

void mask_print(const char *text, FILE *out);

#endif
