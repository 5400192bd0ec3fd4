/* services/gateway/text.h - which text may come in: UTF-8 in form NFC, without control characters.
 *
 * Threads    pure.
 * Source     RFC 3629; Unicode Standard Annex 15. Line feed and tab are let in.
 */
#ifndef SANGKIEN_GATEWAY_TEXT_H
#define SANGKIEN_GATEWAY_TEXT_H

#include "common/arena.h"

/* NULL when the text is good, else what is wrong with it. */
const char *text_fault(struct bytes text);

#endif
