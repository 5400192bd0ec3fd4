/* tests/fuzz/tale_submissions.c - submissions, from an empty programme to an edition that may be archived. */
#include "tests/fuzz/tale.h"
#include "tests/unit/follow_up_story.h"

/* Nothing is registered any more. */
static void
judged_edition_is_complete(struct story *s)
{
    judged_edition_is_closed(s);
    confirm_entrants_as(s, 21, 100);
    assert_happened(s, "EntrantsConfirmed");
}

static void
tell(struct story *s, unsigned how_far)
{
    static void (*const chapters[])(struct story *) = {
        edition_is_published,
        edition_is_open,
        entry_is_drafted,
        entry_is_submitted,
        entry_is_registered,
        entry_is_eliminated,
        entry_is_finalist,
        dossier_is_required,
        dossier_is_submitted,
        dossier_is_accepted,
        judged_edition_is_drafted,
        judged_edition_is_published,
        judged_edition_is_closed,
        local_edition_is_drafted,
        programme_has_rules,
        results_are_confirmed,
        local_results_are_confirmed,
        follow_up_is_started,
        follow_up_is_over,
        money_is_committed,
        judged_edition_is_complete,
        entry_is_joined,
    };
    size_t count = sizeof(chapters) / sizeof(*chapters);

    contest_begin(s);
    if (how_far % (count + 1) < count)
        chapters[how_far % (count + 1)](s);
}

static const unsigned persons[] = { 11, 21, 22, 31, 32, 41, 0 };
static const unsigned agencies[] = { 1, 2, 3, 4, 0 };

const struct tale submissions_tale = { &submissions_service, tell, persons, agencies };
