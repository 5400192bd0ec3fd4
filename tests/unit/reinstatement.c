/* tests/unit/reinstatement.c - what rounds make of an entry, and what becomes of that when a round is annulled. */
#include "tests/unit/entry_story.h"

#define IS(state) SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_##state

/* What a round says, as the handlers of rounds say it. */
static void
it_is_said(struct story *s, const void *event)
{
    struct aggregate *entry = world_hold(s->world, &entry_kind, ID(200))->state;
    const char *because;

    assert_int_equal(world_apply(&entry_kind, entry, story_copy(s, event), s->now_us, &because), 0);
}

static void
entry_is_assigned(struct story *s, unsigned round, const char *code)
{
    Submissions__EntryAssigned e = SUBMISSIONS__ENTRY_ASSIGNED__INIT;

    e.round_id = story_id(s, round);
    e.round_code = code;
    it_is_said(s, &e);
}

static void
entry_advances(struct story *s)
{
    Submissions__EntryAdvanced e = SUBMISSIONS__ENTRY_ADVANCED__INIT;

    e.score_centi = 6000;
    e.rank = 3;
    it_is_said(s, &e);
}

static void
entry_falls_out(struct story *s)
{
    Submissions__EntryEliminated e = SUBMISSIONS__ENTRY_ELIMINATED__INIT;

    e.score_centi = 5000;
    e.rank = 9;
    it_is_said(s, &e);
}

static void
entry_reaches_the_final(struct story *s)
{
    Submissions__EntryReachedFinal e = SUBMISSIONS__ENTRY_REACHED_FINAL__INIT;

    e.score_centi = 8000;
    e.rank = 2;
    it_is_said(s, &e);
}

static void
entry_is_placed(struct story *s)
{
    Submissions__EntryPlaced e = SUBMISSIONS__ENTRY_PLACED__INIT;

    e.score_centi = 9000;
    e.rank = 1;
    e.may_have_prize = true;
    it_is_said(s, &e);
}

enum which { FIRST, FURTHER, LAST };

/* false: the annulled round says nothing of the entry. */
static bool
round_is_annulled(struct story *s, enum which which)
{
    struct events out = { .arena = s->arena, .kind = &edition_kind, .subject = ID(100) };
    Appraisal__RoundAnnulled annulled = APPRAISAL__ROUND_ANNULLED__INIT;
    const struct said *said;

    annulled.round_id = story_id(s, 501);
    if (!uuid_is_nil(&the_entry(s)->round_id))
        annulled.round_id = id_text(&out, &the_entry(s)->round_id);
    annulled.is_first = which == FIRST;
    annulled.had_begun = true;
    annulled.stage = which == LAST ? SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_FINAL
                                   : SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_PRELIMINARY;
    list_init(&out.said, s->arena, sizeof(struct said));
    submissions_say_reinstated(&out, the_entry(s), &annulled);
    if (out.said.count == 0)
        return false;
    said = list_at(&out.said, 0);
    assert_int_equal(out.said.count, 1);
    assert_true(uuid_equal(&said->id, &the_entry(s)->self.id));
    it_is_said(s, said->event);
    return true;
}

static void
a_round_is_remembered_with_its_place_and_score(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    entry_is_assigned(s, 501, "SK");
    entry_advances(s);
    assert_int_equal(the_entry(s)->self.state, IS(IN_ROUND));
    assert_int_equal(the_entry(s)->rank, 3);
    assert_string_equal(the_entry(s)->round_code, "SK");
    entry_is_assigned(s, 502, "BK");
    assert_int_equal(the_entry(s)->rank, 0);
    entry_reaches_the_final(s);
    assert_int_equal(the_entry(s)->score_centi, 8000);
    entry_is_assigned(s, 503, "CK");
    entry_is_placed(s);
    assert_int_equal(the_entry(s)->self.state, IS(FINALIST));
    assert_true(the_entry(s)->may_have_prize);
}

static void
an_annulled_first_round_leaves_an_entry_registered(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    entry_is_assigned(s, 501, "SK");
    assert_true(round_is_annulled(s, FIRST));
    assert_int_equal(the_entry(s)->self.state, IS(REGISTERED));
    entry_is_assigned(s, 502, "SK");
    entry_falls_out(s);
    assert_true(round_is_annulled(s, FIRST));
    assert_int_equal(the_entry(s)->self.state, IS(REGISTERED));
    assert_int_equal(the_entry(s)->rank, 0);
    assert_int_equal(the_entry(s)->score_centi, 0);
}

static void
an_annulled_further_round_leaves_an_entry_between_rounds(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    entry_is_assigned(s, 501, "SK");
    entry_advances(s);
    entry_is_assigned(s, 502, "BK");
    entry_falls_out(s);
    assert_true(round_is_annulled(s, FURTHER));
    assert_int_equal(the_entry(s)->self.state, IS(IN_ROUND));
    entry_is_assigned(s, 503, "BK");
    entry_reaches_the_final(s);
    assert_true(round_is_annulled(s, FURTHER));
    assert_int_equal(the_entry(s)->self.state, IS(IN_ROUND));
    assert_false(the_entry(s)->reached_final);
}

static void
an_annulled_final_leaves_a_finalist_a_finalist(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    entry_is_assigned(s, 501, "SK");
    entry_reaches_the_final(s);
    entry_is_assigned(s, 502, "CK");
    entry_is_placed(s);
    assert_true(round_is_annulled(s, LAST));
    assert_int_equal(the_entry(s)->self.state, IS(FINALIST));
    assert_true(the_entry(s)->reached_final);
    assert_false(the_entry(s)->may_have_prize);
}

static void
a_final_that_is_the_only_round_makes_and_unmakes_finalists(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    entry_is_assigned(s, 501, "CK");
    entry_reaches_the_final(s);
    entry_is_placed(s);
    assert_true(round_is_annulled(s, FIRST));
    assert_int_equal(the_entry(s)->self.state, IS(REGISTERED));
    assert_false(the_entry(s)->reached_final);
}

static void
rounds_are_annulled_one_after_the_other_back_to_the_first(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    entry_is_assigned(s, 501, "SK");
    entry_reaches_the_final(s);
    entry_is_assigned(s, 502, "CK");
    entry_is_placed(s);
    assert_true(round_is_annulled(s, LAST));
    assert_true(round_is_annulled(s, FIRST));
    assert_int_equal(the_entry(s)->self.state, IS(REGISTERED));
    assert_false(the_entry(s)->reached_final);
}

static void
a_withdrawal_is_not_undone(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    entry_is_assigned(s, 503, "SK");
    withdraw_as(s, 32);
    assert_false(round_is_annulled(s, FIRST));
}

static void
an_annulled_result_is_not_undone_with_a_round(void **state)
{
    struct story *s = *state;
    Submissions__EntryAwarded awarded = SUBMISSIONS__ENTRY_AWARDED__INIT;
    Submissions__AnnulResult annul = SUBMISSIONS__ANNUL_RESULT__INIT;

    entry_is_registered(s);
    entry_is_assigned(s, 501, "CK");
    entry_reaches_the_final(s);
    awarded.award = SUBMISSIONS__AWARD__AWARD_FIRST;
    it_is_said(s, &awarded);
    annul.document = &report;
    annul.reason = "Sai quy chế";
    say_as(s, 11, 200, &annul);
    assert_happened(s, "ResultAnnulled");
    assert_false(round_is_annulled(s, FIRST));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(a_round_is_remembered_with_its_place_and_score),
        TOLD(an_annulled_first_round_leaves_an_entry_registered),
        TOLD(an_annulled_further_round_leaves_an_entry_between_rounds),
        TOLD(an_annulled_final_leaves_a_finalist_a_finalist),
        TOLD(a_final_that_is_the_only_round_makes_and_unmakes_finalists),
        TOLD(rounds_are_annulled_one_after_the_other_back_to_the_first),
        TOLD(a_withdrawal_is_not_undone),
        TOLD(an_annulled_result_is_not_undone_with_a_round),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
