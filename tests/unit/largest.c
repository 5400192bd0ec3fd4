/* tests/unit/largest.c - what names all entries of a round at once fits into a frame, and an answer into a reply.
 *
 * Everything is as long as the .proto files let it be: 300 entries, 25 members, the longest codes, numbers of which each
 * takes all of its bytes. */
#include "common/limits.h"
#include "sangkien/submissions/v1/commands.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"
#include "services/appraisal/judging.h"
#include "tests/unit/story.h"

#define SAID(message) &submissions__##message##__descriptor
#define ID_TEXT "01900000-0000-7000-8000-000000000001"

enum {
    MEMBERS = 25,
    SHEETS_TOLD = 300, /* as in core_round_start.c */
    ENVELOPE = 1024,   /* a CloudEvent, without its data, and what stands before it in the frame */
    REPLY_MOST_BYTES = 98304, /* as in proto/README.md, section 13 */
};

static struct arena *arena;
static uint8_t digest_bytes[32] = { 1 };
static const ProtobufCBinaryData digest = { sizeof(digest_bytes), digest_bytes };

static int
begin(void **state)
{
    (void) state;
    arena = arena_new();
    return 0;
}

static int
end(void **state)
{
    (void) state;
    arena_free(&arena);
    return 0;
}

/* ------------------------------------------------------------------ as long as can be */

static const struct field_limit *
limit_of(const ProtobufCMessageDescriptor *message, const char *field)
{
    const ProtobufCFieldDescriptor *found =
        protobuf_c_message_descriptor_get_field_by_name(message, field);

    assert_non_null(found);
    return &proto_word_of(message)->limits[found - message->fields];
}

static char *
longest(const ProtobufCMessageDescriptor *message, const char *field)
{
    size_t size = limit_of(message, field)->max_bytes;
    char *text = arena_zero(arena, size + 1);

    assert_true(size > 0);
    memset(text, 'x', size);
    return text;
}

/* So many times the same. */
static void *
list_of(void *item, size_t count)
{
    void **list = arena_zero(arena, count * sizeof(*list));

    for (size_t i = 0; i < count; i++)
        list[i] = item;
    return list;
}

static const char **
ids(size_t count)
{
    return list_of((void *) (uintptr_t) ID_TEXT, count);
}

static Types__Date *
day(void)
{
    Types__Date *date = proto_new(arena, &types__date__descriptor);

    date->year = 9999;
    date->month = 12;
    date->day = 31;
    return date;
}

static Types__OfficialDocument *
document(void)
{
    const ProtobufCMessageDescriptor *type = &types__official_document__descriptor;
    Types__OfficialDocument *d = proto_new(arena, type);

    d->kind = TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DISPATCH;
    d->document_symbol = longest(type, "document_symbol");
    d->issued_on = day();
    d->issuer_agency_id = ID_TEXT;
    d->abstract = longest(type, "abstract");
    d->sha256 = digest;
    return d;
}

static Types__Deadline *
deadline(void)
{
    Types__Deadline *d = proto_new(arena, &types__deadline__descriptor);

    d->date = day();
    d->inclusive = true;
    d->utc_offset_minutes = INT32_MIN;
    d->document = document();
    return d;
}

static Google__Protobuf__Timestamp *
some_time(void)
{
    Google__Protobuf__Timestamp *time = proto_new(arena, &google__protobuf__timestamp__descriptor);

    time->seconds = INT64_C(253402300799);
    time->nanos = 999999999;
    return time;
}

static char *
entry_code(void)
{
    return longest(SAID(register_entry), "entry_code");
}

static char *
round_code(void)
{
    return longest(SAID(round_rules), "code");
}

static char *
cluster_code(void)
{
    return longest(SAID(cluster), "code");
}

/* Each entry missed a minimum, and shares its score with another. */
static Appraisal__RankingLine *
line(void)
{
    Appraisal__RankingLine *l = proto_new(arena, ON(ranking_line));

    l->entry_id = ID_TEXT;
    l->entry_code = entry_code();
    l->rank = ROUND_MOST_ENTRIES;
    l->score_centi = INT32_MIN;
    l->sheets = MEMBERS;
    l->missed_minimum = arena_format(arena, "%s/%s", longest(SAID(contest_part), "code"),
                                     longest(SAID(criterion), "code"));
    l->tie_rule = arena_format(arena, "criterion %s", longest(SAID(tie_key), "code"));
    l->spread_centi = 20000;
    l->is_dispersed = true;
    l->outliers = MEMBERS;
    return l;
}

static Appraisal__Ranking *
ranking(void)
{
    Appraisal__Ranking *r = proto_new(arena, ON(ranking));
    Appraisal__JudgeLine *judge = proto_new(arena, ON(judge_line));

    judge->person_id = ID_TEXT;
    judge->sheets = ROUND_MOST_ENTRIES;
    judge->outliers = ROUND_MOST_ENTRIES;
    judge->leaning_centi = INT32_MIN;
    r->n_lines = ROUND_MOST_ENTRIES;
    r->lines = list_of(line(), r->n_lines);
    r->n_judges = MEMBERS - 1;
    r->judges = list_of(judge, r->n_judges);
    r->inputs_digest = digest;
    return r;
}

static Appraisal__Deliberation *
session(void)
{
    Appraisal__Deliberation *d = proto_new(arena, ON(deliberation));

    d->n_present_person_ids = MEMBERS;
    d->present_person_ids = ids(MEMBERS);
    d->minutes = document();
    return d;
}

static Appraisal__RoundEntry *
round_entry(void)
{
    Appraisal__RoundEntry *e = proto_new(arena, ON(round_entry));

    e->entry_id = ID_TEXT;
    e->entry_code = entry_code();
    return e;
}

static Appraisal__Conflict *
conflict(void)
{
    Appraisal__Conflict *c = proto_new(arena, ON(conflict));

    c->person_id = c->entry_id = ID_TEXT;
    c->kind = CONFLICT(COALITION);
    return c;
}

static void
assert_fits(const void *event)
{
    size_t size = proto_pack(arena, event).size;

    if (size + ENVELOPE > FRAME_MOST_BYTES)
        fail_msg("%s has %zu bytes", ((const ProtobufCMessage *) event)->descriptor->name, size);
}

/* ------------------------------------------------------------------ what is told */

static void
all_entries_of_a_round_can_be_named_at_once(void **state)
{
    (void) state;
    assert_int_equal(limit_of(ON(assign_to_round), "entry_ids")->max_items, ROUND_MOST_ENTRIES);
    assert_int_equal(limit_of(ON(declare_conflicts), "entry_ids")->max_items, ROUND_MOST_ENTRIES);
    assert_int_equal(limit_of(ON(decide_tie), "entry_ids")->max_items, ROUND_MOST_ENTRIES);
    assert_int_equal(limit_of(SAID(confirm_results), "prizewinners")->max_items,
                     ROUND_MOST_ENTRIES);
}

/* By its part and by itself. */
static void
a_key_has_room_for_the_longest_name_of_a_criterion(void **state)
{
    (void) state;
    assert_int_equal(limit_of(SAID(tie_key), "code")->max_bytes,
                     limit_of(SAID(contest_part), "code")->max_bytes + 1 +
                         limit_of(SAID(criterion), "code")->max_bytes);
    assert_int_equal(limit_of(ON(criterion_score), "part")->max_bytes,
                     limit_of(SAID(contest_part), "code")->max_bytes);
    assert_int_equal(limit_of(ON(criterion_score), "criterion")->max_bytes,
                     limit_of(SAID(criterion), "code")->max_bytes);
}

static void
the_largest_round_is_assigned_and_started(void **state)
{
    Appraisal__EntriesAssigned assigned = APPRAISAL__ENTRIES_ASSIGNED__INIT;
    Appraisal__ConflictsNoted noted = APPRAISAL__CONFLICTS_NOTED__INIT;
    Appraisal__RoundStarted started = APPRAISAL__ROUND_STARTED__INIT;
    Appraisal__RoundSheet *sheet = proto_new(arena, ON(round_sheet));

    (void) state;
    assigned.round_id = noted.round_id = ID_TEXT;
    assigned.n_entries = ROUND_MOST_ENTRIES;
    assigned.entries = list_of(round_entry(), assigned.n_entries);
    assigned.n_conflicts = MOST_CONFLICTS + MEMBERS - 1;
    assigned.conflicts = list_of(conflict(), assigned.n_conflicts);
    assert_fits(&assigned);
    noted.n_conflicts = MOST_CONFLICTS;
    noted.conflicts = assigned.conflicts;
    assert_fits(&noted);

    started.round_id = started.edition_id = ID_TEXT;
    started.round_code = round_code();
    started.cluster_code = cluster_code();
    started.stage = STAGE(FINAL);
    started.n_entry_ids = ROUND_MOST_ENTRIES;
    started.entry_ids = ids(ROUND_MOST_ENTRIES);
    started.due_at = some_time();
    started.due = deadline();
    sheet->sheet_id = sheet->entry_id = sheet->person_id = ID_TEXT;
    started.n_sheets = SHEETS_TOLD;
    started.sheets = list_of(sheet, SHEETS_TOLD);
    started.is_blind = true;
    started.n_judge_ids = MEMBERS - 1;
    started.judge_ids = ids(MEMBERS - 1);
    assert_fits(&started);
}

static void
the_largest_ranking_is_proposed_and_confirmed(void **state)
{
    Appraisal__RankingProposed proposed = APPRAISAL__RANKING_PROPOSED__INIT;
    Appraisal__RoundConfirmed confirmed = APPRAISAL__ROUND_CONFIRMED__INIT;
    Appraisal__TieDecided decided = APPRAISAL__TIE_DECIDED__INIT;

    (void) state;
    proposed.round_id = proposed.proposed_by = decided.round_id = ID_TEXT;
    proposed.ranking_digest = digest;
    proposed.n_undecided_entry_ids = ROUND_MOST_ENTRIES;
    proposed.undecided_entry_ids = ids(ROUND_MOST_ENTRIES);
    proposed.deliberation = session();
    assert_fits(&proposed);

    decided.decision = proto_new(arena, ON(tie_decision));
    decided.decision->n_entry_ids = ROUND_MOST_ENTRIES;
    decided.decision->entry_ids = ids(ROUND_MOST_ENTRIES);
    decided.decision->minutes = document();
    assert_fits(&decided);

    confirmed.round_id = confirmed.edition_id = ID_TEXT;
    confirmed.round_code = round_code();
    confirmed.cluster_code = cluster_code();
    confirmed.stage = STAGE(FINAL);
    confirmed.is_last = confirmed.leads_to_final = true;
    confirmed.ranking = ranking(); /* nothing in it is undecided any more */
    confirmed.ranking_digest = digest;
    confirmed.proposed_by = confirmed.confirmed_by = ID_TEXT;
    confirmed.deliberation = session();
    assert_fits(&confirmed);
}

static void
the_largest_round_is_annulled(void **state)
{
    Appraisal__RoundAnnulled annulled = APPRAISAL__ROUND_ANNULLED__INIT;

    (void) state;
    annulled.round_id = annulled.edition_id = ID_TEXT;
    annulled.round_code = round_code();
    annulled.n_entry_ids = ROUND_MOST_ENTRIES;
    annulled.entry_ids = ids(ROUND_MOST_ENTRIES);
    annulled.reason = longest(ON(annul_round), "reason");
    annulled.document = document();
    annulled.is_first = annulled.had_begun = true;
    annulled.stage = STAGE(FINAL);
    assert_fits(&annulled);
}

static void
as_many_finalists_as_there_can_be_have_places_and_prizes(void **state)
{
    Submissions__RoundOutcomeNoted outcome = SUBMISSIONS__ROUND_OUTCOME_NOTED__INIT;
    Submissions__ResultsConfirmed confirmed = SUBMISSIONS__RESULTS_CONFIRMED__INIT;
    Submissions__FollowUpStarted follow_up = SUBMISSIONS__FOLLOW_UP_STARTED__INIT;
    Submissions__FinalPlace *place = proto_new(arena, SAID(final_place));
    Submissions__Prizewinner *winner = proto_new(arena, SAID(prizewinner));

    (void) state;
    place->entry_id = winner->entry_id = ID_TEXT;
    place->rank = ROUND_MOST_ENTRIES;
    place->may_have_prize = true;
    outcome.edition_id = outcome.round_id = ID_TEXT;
    outcome.round_code = round_code();
    outcome.stage = STAGE(FINAL);
    outcome.finalists = ROUND_MOST_ENTRIES;
    outcome.places = proto_new(arena, SAID(final_places));
    outcome.places->n_places = ROUND_MOST_ENTRIES;
    outcome.places->places = list_of(place, ROUND_MOST_ENTRIES);
    assert_fits(&outcome);

    winner->award = SUBMISSIONS__AWARD__AWARD_CONSOLATION;
    confirmed.edition_id = ID_TEXT;
    confirmed.n_prizewinners = ROUND_MOST_ENTRIES;
    confirmed.prizewinners = list_of(winner, ROUND_MOST_ENTRIES);
    confirmed.document = document();
    confirmed.ranking_digest = digest;
    assert_fits(&confirmed);

    follow_up.edition_id = ID_TEXT;
    follow_up.due_at = some_time();
    follow_up.due = deadline();
    follow_up.n_dossier_ids = ROUND_MOST_ENTRIES;
    follow_up.dossier_ids = ids(ROUND_MOST_ENTRIES);
    assert_fits(&follow_up);
}

/* ------------------------------------------------------------------ what is answered */

static void
the_largest_round_is_an_answer(void **state)
{
    Appraisal__GetRoundResponse response = APPRAISAL__GET_ROUND_RESPONSE__INIT;
    Appraisal__Round *r = proto_new(arena, ON(round));

    (void) state;
    r->id = r->edition_id = r->council_id = r->proposed_by = r->confirmed_by = ID_TEXT;
    r->version = INT64_MAX;
    r->state = ROUND(CONFIRMED);
    r->round_code = round_code();
    r->cluster_code = cluster_code();
    r->instance = INT32_MAX;
    r->stage = STAGE(FINAL);
    r->ranking = ranking();
    r->ranking_digest = digest;
    r->n_entries = ROUND_MOST_ENTRIES;
    r->entries = list_of(round_entry(), r->n_entries);
    r->due_at = some_time();
    r->deliberation = session();
    response.round = r;
    assert_true(proto_pack(arena, &response).size + ENVELOPE <= REPLY_MOST_BYTES);
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(all_entries_of_a_round_can_be_named_at_once),
        WITH_ARENA(a_key_has_room_for_the_longest_name_of_a_criterion),
        WITH_ARENA(the_largest_round_is_assigned_and_started),
        WITH_ARENA(the_largest_ranking_is_proposed_and_confirmed),
        WITH_ARENA(the_largest_round_is_annulled),
        WITH_ARENA(as_many_finalists_as_there_can_be_have_places_and_prizes),
        WITH_ARENA(the_largest_round_is_an_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
