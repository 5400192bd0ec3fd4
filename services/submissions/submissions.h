/* services/submissions/submissions.h - programmes, editions, entries, and the dossiers that
 * finalists owe.
 *
 * Shapes     a dossier has the id of its entry: the same UUID under another kind.
 * Units      times in UTC microseconds; money in whole dong; scores in hundredths of a point;
 *            shares in hundredths of a per cent.
 * Source     rules R-E1, R-E2, R-D1 to R-D6. Those a model can check stand in tests/model/simulation.
 */
#ifndef SANGKIEN_SERVICES_SUBMISSIONS_H
#define SANGKIEN_SERVICES_SUBMISSIONS_H

#include "common/proto_value.h"
#include "common/service.h"
#include "sangkien/appraisal/v1/events.pb-c.h"
#include "sangkien/directory/v1/types.pb-c.h"
#include "sangkien/submissions/v1/commands.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"
#include "sangkien/submissions/v1/inner.pb-c.h"
#include "sangkien/submissions/v1/programme.pb-c.h"
#include "sangkien/submissions/v1/rules.pb-c.h"
#include "sangkien/submissions/v1/types.pb-c.h"

#define NO(refusal) SUBMISSIONS__REFUSAL__REFUSAL_##refusal
#define ON(message) &submissions__##message##__descriptor

enum { FARTHEST_OFFSET_MINUTES = 840 };

struct programme {
    struct aggregate self;
    const char *name;
    struct uuid owner_agency_id;
    int32_t utc_offset_minutes;
};

struct rules_version {
    int64_t number; /* 1, 2, 3 ... */
    struct digest digest;
    Submissions__ProgrammeRules *rules;
};

/* What holds for all of the programme's editions. */
struct programme_rules {
    struct aggregate self;
    int64_t rules_version; /* number of the latest one */
    struct list versions;
};

struct edition {
    struct aggregate self;
    int32_t ordinal;
    int32_t year;
    const char *name;
    int32_t threshold_centi;
    int32_t maximum_centi;
    Types__OfficialDocument *document;
    bool judged_elsewhere;
    struct uuid organiser_agency_id; /* of a local contest, as all down to max_promotions */
    struct uuid parent_edition_id;
    int64_t planned_cost_vnd;
    int64_t cost_cap_vnd;
    int32_t max_promotions;
    Submissions__EditionRules *rules; /* NULL where it is judged elsewhere */
    int64_t rules_version;
    struct digest rules_digest;
    int64_t opens_at_us;
    int64_t closes_at_us; /* the present one, after extensions */
    int32_t finalists;
    Submissions__FinalPlaces *places; /* NULL unless the last round is confirmed */
    Types__OfficialDocument *results_document;
    int64_t cost_vnd;
    Types__OfficialDocument *local_report;
    bool entrants_confirmed;         /* no entry is registered any more */
    bool judging_ended;              /* nor is anything judged */
    struct digest ranking_digest;    /* of the last round; none where there was no final */
    int64_t programme_rules_version; /* those that held when it was published */
    struct digest programme_rules_digest;
    int64_t results_published_at_us; /* 0: they are not for everybody */
    const char *results_url;
    Types__OfficialDocument *results_notice;
    int64_t follow_up_due_at_us;
    struct uuid final_round_id;  /* with which judging ended; nil where there was none */
    struct uuid places_round_id; /* of which the places are; nil while the final is not confirmed */
};

/* Of which draft: those of the latest one hold. */
struct author {
    struct uuid person_id;
    int32_t share_bp;
    int staff_kind;
    int32_t draft;
};

struct evidence {
    int kind;
    const char *name;
    const char *uri;
    struct digest sha256;
    int64_t size_bytes;
    const char *media_type;
    int32_t draft;
};

/* A row when it is named, of draft 0, one for each draft to which it agrees, and one when it leaves: of which draft,
 * and who said so. */
struct co_entrant {
    struct uuid agency_id;
    int32_t draft;
    bool has_left;
    struct uuid said_by;
};

struct entry {
    struct aggregate self;
    struct uuid edition_id;
    struct uuid entrant_agency_id;
    const char *team;
    int entry_kind;
    const char *title;
    const char *summary;
    struct uuid submitted_by;
    struct uuid registered_by;
    const char *entry_code;
    int32_t score_centi;
    int award;
    bool reached_final; /* a fact of its own: it binds every finalist, prize or not */
    bool money_paid;
    const char *track;
    int32_t draft;                /* 1, 2, 3 ... */
    struct digest content_digest; /* of the latest draft */
    int64_t entry_version; /* number of the latest one that was handed in; 0 before the first */
    int64_t submitted_at_us;
    struct uuid examined_by; /* who returned or refused what was handed in last */
    int64_t cure_at_us;
    struct uuid round_id;
    const char *round_code;
    int32_t rank;
    bool may_have_prize;
    struct uuid promoted_from_id;
    struct uuid promoted_to_id;
    struct uuid accused_by; /* nil: nobody accuses it */
    const char *accusation;
    int64_t answer_due_at_us;
    bool answered;
    struct uuid disqualified_by;
    struct uuid organiser_agency_id; /* of a local contest */
    /* Of what was handed in last: its title without case, accents and punctuation. */
    const char *title_key;
    /* On which it is counted once it is registered; nil where it is judged elsewhere. */
    struct uuid roll_id;
    /* When co-entrants were asked to agree to the latest draft; 0: all have. */
    int64_t silent_since_us;
    struct list authors;
    struct list co_entrants;
    struct list evidence;
};

/* One entry more, or less. */
struct entrant_entry {
    const char *team;
    int32_t change;
};

/* What is counted of one agency in one edition: its entries, where the edition limits them, its own contests below, and
 * what these sent up. */
struct entrant {
    struct aggregate self;
    struct uuid edition_id;
    struct uuid agency_id;
    int32_t entries;
    int32_t contests;
    int32_t promotions;
    struct list changes;
};

/* How many entries are registered that one round may have to hold: of an edition, or of a cluster of it. */
struct roll {
    struct aggregate self;
    struct uuid edition_id;
    const char *cluster_code;
    int32_t entries;
};

/* A person judges blind; or, by the next row of that person, does no more. */
struct jury_judge {
    struct uuid person_id;
    bool is_over;
};

/* Has the id of its edition. */
struct jury {
    struct aggregate self;
    struct list judges; /* of struct jury_judge */
};

struct dossier_version {
    int64_t number;
    struct digest digest;
    int dossier_form;
    const char *solution;
    const char *implementation_method;
    int64_t total_vnd;
    Types__OfficialDocument *document;
};

struct dossier_line {
    int64_t number;  /* of the dossier version */
    int32_t ordinal; /* 1, 2, 3 ... in it */
    const char *description;
    int64_t quantity;
    int64_t unit_price_vnd;
    int64_t amount_vnd;
    const char *index_code;
};

struct dossier {
    struct aggregate self;
    struct uuid entrant_agency_id;
    const char *entry_code;
    const char *title;
    int64_t due_at_us;
    Types__Deadline *due;
    int64_t cure_at_us;
    Types__Deadline *cure;
    bool overdue; /* a flag, not a state: it does not hide where the work stood */
    int64_t dossier_version;
    struct uuid submitted_by;
    struct uuid accepted_by;
    int32_t open_cases;      /* of funding, as heard: neither rejected nor withdrawn */
    int32_t committed_cases; /* those of them that were approved */
    struct list co_entrants;
    struct list versions;
    struct list lines;
};

extern const struct kind programme_kind;
extern const struct kind programme_rules_kind;
extern const struct kind edition_kind;
extern const struct kind entry_kind;
extern const struct kind dossier_kind;
extern const struct kind entrant_kind;
extern const struct kind roll_kind;
extern const struct kind jury_kind;

extern const struct query submissions_queries[];

extern const struct table programme_table;
extern const struct table programme_rules_table;
extern const struct table edition_table;
extern const struct table entry_table;
extern const struct table dossier_table;
extern const struct table entrant_table;
extern const struct table roll_table;
extern const struct table jury_table;

/* ------------------------------------------------------------------ what the cores share, in
 * core.c */

/* Of a message that carries rules: the events that carry them on have more to say. */
enum { MOST_RULES_BYTES = 48 * 1024 };

/* Is there such a day? Its first moment, by UTC. */
bool submissions_day(const Types__Date *date, int64_t *ret_us);

/* The moment at which a deadline ends; refuses BAD_DATE, naming the field inside `field`. */
int submissions_deadline_end(const Types__Deadline *deadline, const char *field, struct events *out,
                             int64_t *ret_us) MUST_CHECK;

/* Is a cited document of a day that there is? Refuses BAD_DATE otherwise. */
int submissions_judge_document(const Types__OfficialDocument *document,
                               struct events *out) MUST_CHECK;

/* ------------------------------------------------------------------ what holds for all, in core_programme_rules.c */

struct uuid submissions_programme_rules_id(const char *programme);

/* Needed as the first further aggregate. */
void submissions_needs_programme_rules(const struct given *given, const void *command,
                                       struct keys *keys);

/* NULL: none were set. */
const struct rules_version *submissions_latest_rules(const struct programme_rules *rules);
/* Is this the version that holds? Refuses OTHER_RULES otherwise, naming the field. */
int submissions_judge_present(const struct programme_rules *rules, int64_t version,
                              const char *field, struct events *out) MUST_CHECK;
int submissions_set_programme_rules(const struct given *given, const void *command,
                                    struct events *out) MUST_CHECK;

/* ------------------------------------------------------------------ editions, in core_edition.c */

bool submissions_is_local(const struct edition *edition);
size_t submissions_count_places(const struct edition *edition);

/* May the actor do this with the edition? An edition of the programme needs one of the provincial roles; a local one its
 * organiser's own person with one of the local ones. Refuses NOT_YOUR_EDITION. */
int submissions_judge_organiser(const struct given *given, const struct edition *edition,
                                unsigned provincial, unsigned local) MUST_CHECK;

/* ------------------------------------------------------------------ money, in core_estimate.c */

/* Every line is quantity x unit price, and their sum is the total. */
int submissions_judge_estimate(const Submissions__SubmitDossier *ask,
                               struct events *out) MUST_CHECK;

/* ------------------------------------------------------------------ who enters, in core_entrants.c
 */

#define WHOLE_BP 10000 /* all shares of an entry together */

/* Whoever is not in the directory could have a conflict of interest that nobody finds. */
int submissions_judge_authors(const struct given *given, Submissions__Author *const *authors,
                              size_t count, struct events *out) MUST_CHECK;
int submissions_judge_co_entrants(const struct given *given, const Submissions__CreateEntry *ask,
                                  struct events *out) MUST_CHECK;

/* Of a later draft: those that it names are co-entrants, and the others are not any more. */
int submissions_judge_who_stays(const struct entry *entry, const Submissions__ReviseEntry *ask,
                                struct events *out) MUST_CHECK;
void submissions_remember_who_stays(struct list *co_entrants, const Submissions__EntryRevised *said,
                                    int32_t draft);

/* Is the agency named as a co-entrant, and has not left? */
bool submissions_is_co_entrant(const struct list *co_entrants, const struct uuid *agency);
/* The latest draft to which it has agreed; 0: to none. */
int32_t submissions_draft_agreed(const struct list *co_entrants, const struct uuid *agency);
/* Has the person agreed for a co-entrant, to any draft? */
bool submissions_has_agreed(const struct list *co_entrants, const struct uuid *person);
/* Has every co-entrant agreed to this very draft? */
bool submissions_all_agree(const struct list *co_entrants, int32_t draft);

/* Authors of the latest draft, and co-entrants, as events carry them; their number goes to *ret_count. */
const char **submissions_author_ids_of(struct events *out, const struct entry *entry,
                                       size_t *ret_count);
Submissions__CoEntrant **
submissions_co_entrants_of(struct events *out, const struct list *co_entrants, size_t *ret_count);
void submissions_remember_co_entrants(struct list *co_entrants, Submissions__CoEntrant *const *said,
                                      size_t count);

/* ------------------------------------------------------------------ what is counted, in core_entrant.c */

struct uuid submissions_entrant_id(const struct uuid *edition, const struct uuid *agency);

/* May the agency set up one more contest of its own below? Refuses TOO_MANY_CONTESTS. */
int submissions_judge_another_contest(const Submissions__LocalTerms *terms,
                                      const struct entrant *entrant) MUST_CHECK;
void submissions_count_contest(struct events *out, const struct uuid *above,
                               const struct uuid *agency, const struct uuid *local);

/* ------------------------------------------------------------------ who is registered, in core_roll.c */

struct uuid submissions_roll_id(const struct uuid *edition, const char *cluster_code);

/* ------------------------------------------------------------------ rounds, in core_entry_result.c */

/* A round that had begun was annulled, and no later one stands: says of an entry that it is as it was before, unless it
 * is out of the contest for another reason. */
void submissions_say_reinstated(struct events *out, const struct entry *entry,
                                const Appraisal__RoundAnnulled *annulled);

/* ------------------------------------------------------------------ who judges blind, in core_jury.c */

/* Is a blind round under way in which the person judges? */
bool submissions_judges_blind(const struct jury *jury, const struct uuid *person);

#endif
