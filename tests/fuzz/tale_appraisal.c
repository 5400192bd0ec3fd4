/* tests/fuzz/tale_appraisal.c - appraisal, from nothing heard to a vote that was taken. */
#include "tests/fuzz/tale.h"
#include "tests/unit/appraisal_story.h"

static void
tell(struct story *s, unsigned how_far)
{
    static void (*const chapters[])(struct story *) = {
        begin, begin_opened, begin_with_panel, begin_consulting, begin_answered, begin_concluded,
    };

    chapters[how_far % (sizeof(chapters) / sizeof(*chapters))](s);
}

static const unsigned persons[] = { HEAD,      CHAIR, SECRETARY, MEMBER, ANOTHER_MEMBER,
                                    COLLEAGUE, ALLY,  AUTHOR,    0 };
static const unsigned agencies[] = { HOME_AFFAIRS, ENTRANT, FINANCE, EDUCATION, PARTNER, 0 };

const struct tale appraisal_tale = { &appraisal_service, tell, persons, agencies };
