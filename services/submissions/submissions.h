/* services/submissions/submissions.h - programmes, editions, entries, and the dossiers that
 * finalists owe.
 *
 * Shapes     a dossier has the id of its entry: the same UUID under another kind.
 * Units      times in UTC microseconds; money in whole dong; scores in hundredths of a point;
 *            shares in hundredths of a per cent.
 * Source     domain.md 10.1-10.3; R-E1, R-E2, R-D1 ... R-D6.
 */
#ifndef SANGKIEN_SERVICES_SUBMISSIONS_H
#define SANGKIEN_SERVICES_SUBMISSIONS_H

#include "common/service.h"
#include "sangkien/directory/v1/types.pb-c.h"
#include "sangkien/submissions/v1/commands.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"
#include "sangkien/submissions/v1/inner.pb-c.h"
#include "sangkien/submissions/v1/types.pb-c.h"

#define NO(refusal) SUBMISSIONS__REFUSAL__REFUSAL_##refusal
#define ON(message) &submissions__##message##__descriptor

struct programme {
    struct aggregate self;
    const char *name;
    struct uuid owner_agency_id;
    int32_t utc_offset_minutes;
};

struct edition {
    struct aggregate self;
    int32_t ordinal;
    int32_t year;
    const char *name;
    int32_t threshold_centi;
    int32_t maximum_centi;
    Types__OfficialDocument *document;
};

struct author {
    struct uuid person_id;
    int32_t share_bp;
};

struct co_entrant {
    struct uuid agency_id;
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
    struct list authors;
    struct list co_entrants;
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
    struct list co_entrants;
    struct list versions;
    struct list lines;
};

extern const struct kind programme_kind;
extern const struct kind edition_kind;
extern const struct kind entry_kind;
extern const struct kind dossier_kind;

extern const struct table programme_table;
extern const struct table edition_table;
extern const struct table entry_table;
extern const struct table dossier_table;

/* ------------------------------------------------------------------ what the cores share, in
 * core.c */

/* The moment at which a deadline ends; refuses BAD_DATE, naming the field inside `field`. */
int submissions_deadline_end(const Types__Deadline *deadline, const char *field, struct events *out,
                             int64_t *ret_us) MUST_CHECK;

/* Is a cited document of a day that there is? Refuses BAD_DATE otherwise. */
int submissions_judge_document(const Types__OfficialDocument *document,
                               struct events *out) MUST_CHECK;

Google__Protobuf__Timestamp *submissions_timestamp_of(struct events *out, int64_t time_us);
int64_t submissions_microseconds_of(const Google__Protobuf__Timestamp *timestamp);

/* ------------------------------------------------------------------ money, in core_estimate.c */

/* Every line is quantity x unit price, and their sum is the total. */
int submissions_judge_estimate(const Submissions__SubmitDossier *ask,
                               struct events *out) MUST_CHECK;

/* ------------------------------------------------------------------ who enters, in core_entrants.c
 */

#define WHOLE_BP 10000 /* all shares of an entry together */

int submissions_judge_authors(const Submissions__CreateEntry *ask, struct events *out) MUST_CHECK;
int submissions_judge_co_entrants(const struct given *given, const Submissions__CreateEntry *ask,
                                  struct events *out) MUST_CHECK;

/* Authors and co-entrants as events carry them; their number goes to *ret_count. */
const char **submissions_author_ids_of(struct events *out, const struct list *authors,
                                       size_t *ret_count);
Submissions__CoEntrant **
submissions_co_entrants_of(struct events *out, const struct list *co_entrants, size_t *ret_count);
void submissions_remember_co_entrants(struct list *co_entrants, Submissions__CoEntrant *const *said,
                                      size_t count);

#endif
