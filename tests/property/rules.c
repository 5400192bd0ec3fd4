/* tests/property/rules.c - what is said of the rules on standard input, for a reader in another language.
 *
 * Shapes     in, a line each, words parted by spaces, messages in hexadecimal: "agency EVENT" is registered; "rules RULES"
 *            are those of an edition of the programme, and "local RULES" those of a contest below one. Both are answered
 *            by "0 OPENS_US CLOSES_US", or by the number of the refusal and every field that is named.
 */
#include "common/authority.h"
#include "common/list.h"
#include "common/world.h"
#include "sangkien/directory/v1/events.pb-c.h"
#include "services/submissions/core_edition.h"
#include "tests/property/lines.h"

struct desk {
    struct arena *arena;
    struct authority *authority;
    int64_t position;
};

static void
register_agency(struct desk *desk, const char *hex)
{
    struct bytes bytes = bytes_of(desk->arena, hex);

    if (authority_hear(desk->authority, ++desk->position,
                       directory__agency_registered__descriptor.name, bytes.data, bytes.size))
        give_up(err_text(), hex);
}

/* What the programme says, whatever it is asked for: local time is that of Viet Nam, and a document is in force for ever. */
static struct held *
of_the_programme(const struct desk *desk)
{
    static Types__Date first = TYPES__DATE__INIT;
    static Types__OfficialDocument document = TYPES__OFFICIAL_DOCUMENT__INIT;
    static Submissions__LegalBasis basis = SUBMISSIONS__LEGAL_BASIS__INIT, *all[] = { &basis };
    static Submissions__ProgrammeRules rules = SUBMISSIONS__PROGRAMME_RULES__INIT;
    Submissions__ProgrammeRulesSet set = SUBMISSIONS__PROGRAMME_RULES_SET__INIT;
    struct held *held = world_hold(world_new(desk->arena), &programme_rules_kind,
                                   uuid_derive("programme_rules", "", 0));

    first.year = 1970;
    first.month = first.day = 1;
    document.issued_on = &first;
    basis.document = &document;
    rules.n_legal_basis = 1;
    rules.legal_basis = all;
    rules.utc_offset_minutes = 420;
    set.rules_version = 1;
    set.rules = &rules;
    transition_find(&programme_rules_kind, NOTHING, set.base.descriptor)
        ->remember(held->state, &set);
    return held;
}

static void
judge(const struct desk *desk, const char *hex, bool is_local)
{
    const struct given given = {
        .authority = desk->authority,
        .also = of_the_programme(desk),
        .also_count = 1,
    };
    struct events out = { .arena = desk->arena };
    struct edition edition = { .judged_elsewhere = false };
    int64_t opens_us = 0, closes_us = 0;
    int refusal;

    list_init(&out.violations, desk->arena, sizeof(struct violation));
    unpack(desk->arena, &submissions__edition_rules__descriptor, hex, &edition.rules);
    if (is_local)
        edition.organiser_agency_id = uuid_derive("organiser", "", 0);
    refusal = submissions_judge_rules(&given, &edition, &out, &opens_us, &closes_us);
    printf("%d", refusal);
    if (refusal == ACCEPTED)
        printf(" %lld %lld", (long long) opens_us, (long long) closes_us);
    LIST_EACH (const struct violation, v, &out.violations)
        printf(" %s", v->field);
    putchar('\n');
}

static void
obey(struct desk *desk, char **words)
{
    if (strcmp(words[0], "agency") == 0)
        register_agency(desk, words[1]);
    else if (strcmp(words[0], "rules") == 0 || strcmp(words[0], "local") == 0)
        judge(desk, words[1], words[0][0] == 'l');
    else
        give_up("is not known", words[0]);
}

int
main(void)
{
    struct desk desk = { .arena = arena_new(), .authority = authority_new() };
    char *line = NULL;
    size_t room = 0;

    while (getline(&line, &room, stdin) > 0) {
        char *words[MOST_WORDS];

        arena_reset(desk.arena, 1 << 20);
        split(line, words);
        obey(&desk, words);
    }
    free(line);
    authority_free(&desk.authority);
    arena_free(&desk.arena);
    return 0;
}
