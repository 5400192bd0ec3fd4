/* services/submissions/core_jury.c - who judges an edition's blind rounds, and is shown nothing of its entries
 * meanwhile. Pure.
 *
 * It is no part of the edition, which is read whenever an entry is drafted. */
#include <string.h>

#include "common/proto.h"
#include "services/submissions/core_edition.h"

/* A row of a judge when a blind round began, and one when judging ended, by turns: the last one counts. Not when that round
 * was confirmed or annulled: it may be held again, and the next one may be blind too, with the same codes. */
bool
submissions_judges_blind(const struct jury *jury, const struct uuid *person)
{
    bool is_blind = false;

    LIST_EACH (const struct jury_judge, judge, &jury->judges)
        if (uuid_equal(&judge->person_id, person))
            is_blind = !judge->is_over;
    return is_blind;
}

static Submissions__JudgesBlinded *
say_blinded(const struct given *given, struct events *out)
{
    Submissions__JudgesBlinded *said =
        new_event_on(out, &jury_kind, given->subject, ON(judges_blinded));

    said->edition_id = id_text(out, &given->subject);
    return said;
}

void
submissions_blind(const struct given *given, const Appraisal__RoundStarted *heard,
                  struct events *out)
{
    Submissions__JudgesBlinded *said;

    if (!heard->is_blind || heard->n_judge_ids == 0)
        return;
    said = say_blinded(given, out);
    said->round_id = heard->round_id;
    said->n_person_ids = heard->n_judge_ids;
    said->person_ids = heard->judge_ids;
}

static bool
is_named(const char *const *ids, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(ids[i], id) == 0)
            return true;
    return false;
}

/* All who ever judged blind: rounds may be held again, and whatever they have seen meanwhile, they see no more. */
void
submissions_blind_again(const struct given *given, const struct jury *jury, struct events *out)
{
    Submissions__JudgesBlinded *said;

    if (jury->judges.count == 0)
        return;
    said = say_blinded(given, out);
    said->person_ids = arena_zero(out->arena, jury->judges.count * sizeof(*said->person_ids));
    LIST_EACH (const struct jury_judge, judge, &jury->judges) {
        const char *id = id_text(out, &judge->person_id);

        if (!is_named(said->person_ids, said->n_person_ids, id))
            said->person_ids[said->n_person_ids++] = id;
    }
}

static void
judges_blinded(void *state, const void *event)
{
    struct jury *jury = state;
    const Submissions__JudgesBlinded *e = event;

    for (size_t i = 0; i < e->n_person_ids; i++) {
        struct uuid person = uuid_of(e->person_ids[i]);

        if (!submissions_judges_blind(jury, &person))
            *(struct jury_judge *) list_add(&jury->judges) = (struct jury_judge){ person, false };
    }
}

void
submissions_its_jury(const struct given *given, const void *message, struct keys *keys)
{
    (void) message;
    need(keys, &jury_kind, given->subject);
}

static bool
is_anybody_blind(const struct jury *jury)
{
    LIST_EACH (const struct jury_judge, judge, &jury->judges)
        if (submissions_judges_blind(jury, &judge->person_id))
            return true;
    return false;
}

void
submissions_release(const struct given *given, const struct jury *jury, struct events *out)
{
    Submissions__JudgesReleased *said;

    if (!is_anybody_blind(jury))
        return;
    said = new_event_on(out, &jury_kind, given->subject, ON(judges_released));
    said->edition_id = id_text(out, &given->subject);
}

static void
judges_released(void *state, const void *event)
{
    struct jury *jury = state;
    size_t count = jury->judges.count;

    (void) event;
    for (size_t i = 0; i < count; i++) {
        struct uuid person = ((const struct jury_judge *) list_at(&jury->judges, i))->person_id;

        if (submissions_judges_blind(jury, &person))
            *(struct jury_judge *) list_add(&jury->judges) = (struct jury_judge){ person, true };
    }
}

/* clang-format off */
#define IS(state) SUBMISSIONS__JURY_STATE__JURY_STATE_##state

/* Nothing is asked of it: what the edition hears of its rounds is said of it. */
static const struct handler handlers[] = { { 0 } };

static const struct transition transitions[] = {
    /* from       when                 to          remember         because */
    { NOTHING,    ON(judges_blinded),  IS(KNOWN),  judges_blinded,  "the first blind round began" },
    { IS(KNOWN),  ON(judges_blinded),  IS(KNOWN),  judges_blinded,  "another blind round began, or judging was opened again" },
    { IS(KNOWN),  ON(judges_released), IS(KNOWN),  judges_released, "judging ended, or the edition was called off" },
    { 0 },
};

const struct kind jury_kind = {
    "jury", ON(jury_state), &jury_table, handlers, transitions, false,
};
/* clang-format on */
