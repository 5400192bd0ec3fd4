/* common/answer.h - makes the Reply to a letter.
 *
 * Ownership  the bytes lie in the arena.
 * Source     google.rpc.Code for the numbers.
 */
#ifndef SANGKIEN_COMMON_ANSWER_H
#define SANGKIEN_COMMON_ANSWER_H

#include "common/letter.h"

enum code {
    CODE_OK = 0,
    CODE_INVALID_ARGUMENT = 3,
    CODE_NOT_FOUND = 5,
    CODE_ALREADY_EXISTS = 6,
    CODE_PERMISSION_DENIED = 7,
    CODE_RESOURCE_EXHAUSTED = 8,
    CODE_FAILED_PRECONDITION = 9,
    CODE_ABORTED = 10,
    CODE_INTERNAL = 13,
    CODE_UNAVAILABLE = 14,
};

/* The code, word and sentence of a wire Reason. */
int reason_code(int reason);
const char *reason_word(int reason);
const char *reason_sentence(int reason);

/* Packs the reply to a letter whose fate is decided. */
struct bytes answer_pack(struct arena *arena, const struct service *service,
                         const struct letter *letter, bool final);

#endif
