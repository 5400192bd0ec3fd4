/* tests/fuzz/play.h - a story that the fuzzer goes on with, and what must be true after every step of it.
 *
 * Shapes     the same story is told a second time: there every event that happens is applied again, from its bytes.
 * Ownership  all of it lives in the arenas of the two stories.
 */
#ifndef SANGKIEN_TESTS_FUZZ_PLAY_H
#define SANGKIEN_TESTS_FUZZ_PLAY_H

#include "common/journal.h"
#include "common/judge.h"
#include "tests/fuzz/make.h"
#include "tests/fuzz/tale.h"

struct play {
    const struct tale *tale;
    struct story story;
    struct story again;
    struct bytes in;
    struct known known;
    struct writer writer;
    struct journal_head head;
    struct list before; /* of struct moment: every aggregate as it was before the step */
    unsigned said;      /* requests so far */
    bool is_over;
};

/* Notes how everything stands, and counts what is allocated until check_step. */
void check_begin(struct play *play);

/* rc: what judge_all returned. */
void check_step(struct play *play, struct letter **letters, size_t count, int rc);

#endif
