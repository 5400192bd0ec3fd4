/* services/submissions/core_programme_rules.c - what holds for all editions of a programme: set as one message, looked
 * through as a whole, and frozen with each edition that is published. Pure.
 *
 * All versions are kept. There is one such aggregate in a programme, and its id follows from the programme's, so that an
 * edition finds it without being told. */
#include <string.h>

#include "common/clock.h"
#include "common/proto.h"
#include "services/submissions/core_rules.h"

#define IS(state) SUBMISSIONS__PROGRAMME_RULES_STATE__PROGRAMME_RULES_STATE_##state
#define MINUTE_US INT64_C(60000000)

enum {
    LONGEST_LANGUAGE = 3,
    SHORTEST_LANGUAGE = 2,
    MOST_VERSIONS = 100, /* all of them are loaded with the aggregate */
};

struct uuid
submissions_programme_rules_id(const char *programme)
{
    return uuid_derive("programme_rules", programme, strlen(programme));
}

void
submissions_needs_programme_rules(const struct given *given, const void *command, struct keys *keys)
{
    (void) command;
    need(keys, &programme_rules_kind, submissions_programme_rules_id(given->programme));
}

const struct rules_version *
submissions_latest_rules(const struct programme_rules *rules)
{
    return rules->versions.count ? list_at(&rules->versions, rules->versions.count - 1) : NULL;
}

/* ------------------------------------------------------------------ are they whole? */

/* "vi": how the world names languages, and nothing of regions and scripts. */
static bool
is_language(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz");

    return text[length] == '\0' && length >= SHORTEST_LANGUAGE && length <= LONGEST_LANGUAGE;
}

/* "Asia/Ho_Chi_Minh", "Etc/GMT-7": an area, and places in it. */
static bool
is_time_zone(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const char *c = text + strspn(text, letters);

    if (c == text || *c != '/')
        return false;
    for (; *c; c++)
        if (*c == '/' ? !strchr(letters, c[1]) || !c[1]
                      : !strchr(letters, *c) && !strchr("0123456789_+-", *c))
            return false;
    return true;
}

static void
review_words(struct review *review, const Submissions__ProgrammeRules *rules)
{
    if (!*rules->jurisdiction)
        submissions_lacks(review, "rules", "jurisdiction", "says where it holds, and for whom");
    if (!*rules->language)
        submissions_lacks(review, "rules", "language", "is that of entries and documents");
    else if (!is_language(rules->language))
        submissions_clashes(review, "rules", "language", "is no code of a language, such as vi");
    if (!*rules->time_zone)
        submissions_lacks(review, "rules", "time_zone", "is that of all deadlines");
    else if (!is_time_zone(rules->time_zone))
        submissions_clashes(review, "rules", "time_zone",
                            "is no name of a time zone, such as Asia/Ho_Chi_Minh");
    if (!*rules->currency)
        submissions_lacks(review, "rules", "currency", "is that of all money");
    else if (strcmp(rules->currency, "VND") != 0)
        submissions_clashes(review, "rules", "currency", "must be VND, in which money is counted");
    if (rules->utc_offset_minutes < -FARTHEST_OFFSET_MINUTES ||
        rules->utc_offset_minutes > FARTHEST_OFFSET_MINUTES)
        submissions_clashes(review, "rules", "utc_offset_minutes", "is not between -840 and 840");
}

/* In force from the first moment of its first day to the last moment of its last one. */
static const Types__Date *
first_day(const Submissions__LegalBasis *basis)
{
    return basis->valid_from ? basis->valid_from : basis->document->issued_on;
}

static void
review_basis(struct review *review, const Submissions__LegalBasis *basis, const char *field)
{
    int64_t issued_us = 0, from_us = 0, to_us = 0;
    bool is_issued = basis->document && submissions_day(basis->document->issued_on, &issued_us);
    bool begins = !basis->valid_from || submissions_day(basis->valid_from, &from_us);
    bool ends = !basis->valid_to || submissions_day(basis->valid_to, &to_us);

    if (!is_issued)
        submissions_clashes(review, field, "document.issued_on", "there is no such day");
    if (!begins)
        submissions_clashes(review, field, "valid_from", "there is no such day");
    if (!ends)
        submissions_clashes(review, field, "valid_to", "there is no such day");
    if (is_issued && begins && ends && basis->valid_to &&
        submissions_day(first_day(basis), &from_us) && to_us < from_us)
        submissions_clashes(review, field, "valid_to", "is before it is in force");
}

static int
judge_rules(const struct given *given, const Submissions__ProgrammeRules *rules, struct events *out)
{
    struct review review = { .given = given, .out = out };

    review_words(&review, rules);
    if (rules->n_legal_basis == 0)
        submissions_lacks(&review, "rules", "legal_basis", "cites at least one document");
    for (size_t i = 0; i < rules->n_legal_basis; i++)
        review_basis(&review, rules->legal_basis[i],
                     submissions_item(&review, "rules.legal_basis", i));
    if (given->body.size > MOST_RULES_BYTES)
        submissions_clashes(&review, "rules", "", "are longer than 49152 bytes");
    if (review.is_incomplete)
        return NO(RULES_INCOMPLETE);
    return review.is_inconsistent ? NO(RULES_INCONSISTENT) : ACCEPTED;
}

/* ------------------------------------------------------------------ setting them */

/* Whoever names another has not seen what somebody else has set meanwhile. */
int
submissions_judge_present(const struct programme_rules *rules, int64_t version, const char *field,
                          struct events *out)
{
    if (version != rules->rules_version)
        return wrong(out, NO(OTHER_RULES), field, "is not %lld, the present one",
                     (long long) rules->rules_version);
    return ACCEPTED;
}

int
submissions_set_programme_rules(const struct given *given, const void *command, struct events *out)
{
    const Submissions__SetProgrammeRules *ask = command;
    const struct programme_rules *before = also(given, 0);
    struct digest digest = sha256(given->body.data, given->body.size);
    int refusal = submissions_judge_present(before, ask->rules_version, "rules_version", out);

    if (!refusal && before->rules_version >= MOST_VERSIONS)
        refusal = NO(TOO_MANY_VERSIONS);
    if (!refusal)
        refusal = judge_rules(given, ask->rules, out);
    if (refusal)
        return refusal;

    Submissions__ProgrammeRulesSet *said =
        new_event_on(out, &programme_rules_kind, before->self.id, ON(programme_rules_set));
    said->programme_id = id_text(out, &given->subject);
    said->rules_version = before->rules_version + 1;
    said->rules_digest = proto_digest(out->arena, &digest);
    said->rules = ask->rules;
    return ACCEPTED;
}

static void
programme_rules_set(void *state, const void *event)
{
    struct programme_rules *rules = state;
    const Submissions__ProgrammeRulesSet *e = event;
    struct rules_version *version = list_add(&rules->versions);

    version->number = e->rules_version;
    version->digest = proto_digest_of(e->rules_digest);
    version->rules = e->rules;
    rules->rules_version = e->rules_version;
}

/* ------------------------------------------------------------------ an edition under them */

/* At least one document is in force on the day on which the edition is published. */
static bool
is_in_force(const Submissions__ProgrammeRules *rules, int64_t now_us)
{
    int64_t local_us = now_us + rules->utc_offset_minutes * MINUTE_US, from_us, to_us;

    for (size_t i = 0; i < rules->n_legal_basis; i++) {
        const Submissions__LegalBasis *basis = rules->legal_basis[i];

        if (submissions_day(first_day(basis), &from_us) && from_us <= local_us &&
            (!basis->valid_to ||
             (submissions_day(basis->valid_to, &to_us) && local_us < to_us + DAY_US)))
            return true;
    }
    return false;
}

static void
review_offset(struct review *review, const Submissions__ProgrammeRules *rules,
              const Types__Deadline *deadline, const char *field)
{
    if (deadline && deadline->utc_offset_minutes != rules->utc_offset_minutes)
        submissions_clashes(review, field, "utc_offset_minutes",
                            arena_format(review->out->arena,
                                         "is not %d, as the programme's rules have it",
                                         rules->utc_offset_minutes));
}

void
submissions_review_programme(struct review *review, const struct programme_rules *programme)
{
    const struct rules_version *latest = submissions_latest_rules(programme);

    if (!latest) {
        submissions_lacks(review, "programme_rules", "", "are those of the programme");
        return;
    }
    review_offset(review, latest->rules, review->rules->opens, "rules.opens");
    review_offset(review, latest->rules, review->rules->closes, "rules.closes");
    if (!is_in_force(latest->rules, review->given->now_us))
        submissions_clashes(review, "programme_rules", "legal_basis",
                            "cites no document that is in force");
}

/* clang-format off */
static const struct handler handlers[] = {
    { 0 },
};

static const struct transition transitions[] = {
    /* from     when                      to       remember             because */
    { NOTHING,  ON(programme_rules_set),  IS(SET), programme_rules_set, "the owner or the standing agency said what holds for all editions" },
    { IS(SET),  ON(programme_rules_set),  IS(SET), programme_rules_set, "they were written anew; editions that are published keep theirs" },
    { 0 },
};

const struct kind programme_rules_kind = {
    "programme_rules", ON(programme_rules_state), &programme_rules_table, handlers, transitions, false,
};
/* clang-format on */
