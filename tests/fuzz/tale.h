/* tests/fuzz/tale.h - where a service's story stands when the fuzzer goes on with it.
 *
 * Shapes     one tale for each service, and one more for judging; the further, the more has happened. Persons are numbers of the story.
 */
#ifndef SANGKIEN_TESTS_FUZZ_TALE_H
#define SANGKIEN_TESTS_FUZZ_TALE_H

#include "tests/unit/story.h"

struct tale {
    const struct service *service;
    void (*tell)(struct story *s, unsigned how_far);
    const unsigned *persons; /* closed by 0 */
    const unsigned *agencies;
    const char *const *codes; /* of its rules, closed by NULL; NULL: it has none */
};

extern const struct tale appraisal_tale, directory_tale, funding_tale, judging_tale,
    notifications_tale, submissions_tale;

#endif
