/* tests/model/simulation/notes.h - what the checker has noted of entries, dossiers, appraisals and money.
 */
#ifndef SANGKIEN_TESTS_MODEL_NOTES_H
#define SANGKIEN_TESTS_MODEL_NOTES_H

#include "common/proto.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "sangkien/appraisal/v1/judging.pb-c.h"
#include "sangkien/submissions/v1/rules.pb-c.h"
#include "tests/model/simulation/check.h"

/* Sums and products that cannot overflow. */
__extension__ typedef __int128 wide;

/* What a round made of an entry. */
enum { IN_IT, GOES_ON, IS_OUT, HAS_PLACE };

enum { MOST_NOTED = 3 }; /* co-entrants, and authors, of one entry */

/* All that hangs on one entry; its dossier, intake and recommendation have the same id. */
struct entry_note {
    bool is_drafted, is_withdrawn, reached_final, is_annulled, is_paid;
    bool is_handed_in, is_registered, waits;
    struct uuid edition;
    struct digest content_digest;
    int64_t entry_version, mend_us, answer_us;
    struct uuid entry_submitter, accuser;
    bool is_returned, is_accused, is_heard;
    /* rounds: the one that it is in, or was in last, and what came of it */
    struct uuid round;
    int fate;
    int32_t rank;
    bool may_have_prize, is_promoted, is_set_back;
    struct uuid organiser; /* of a local contest */
    struct uuid promoted_from, promoted_to;
    struct uuid asked
        [MOST_NOTED]; /* co-entrants, and the draft to which each has agreed; left ones are nil */
    int32_t agreed[MOST_NOTED];
    struct uuid left[MOST_NOTED]; /* in the place that they had */
    struct uuid authors[MOST_NOTED];
    size_t author_count;
    int32_t draft;
    struct uuid roll; /* on which it was counted; nil: on none */
    /* dossier */
    bool is_required, is_cured, dossier_withdrawn;
    int64_t due_us, cure_us;
    int64_t version, total_vnd;
    struct digest digest;
    struct uuid submitter;
    int64_t accepted_version, accepted_vnd;
    struct digest accepted_digest;
    bool appraisal_started, is_appraised, is_closed; /* closed: or not filed */
    /* what submissions has heard of funding cases, and up to which event */
    int32_t cases, committed;
    int64_t cases_upto;
    /* appraisal */
    int64_t noted_version;
    bool intake_withdrawn;
    bool has_case, is_reported;
    struct uuid appraisal_case;
    int outcome;
    int64_t ceiling_vnd;
    /* funding */
    bool is_recommended, recommendation_withdrawn;
    struct list open_cases; /* of struct open_case */
};

struct open_case {
    struct uuid id;
    int purpose;
    int year;
    bool is_over;
};

static inline struct entry_note *
entry_note_of(const struct fact *fact, struct uuid id)
{
    return note_of(NULL, fact->programme, id, sizeof(struct entry_note));
}

/* What is noted of an edition. */
struct edition_note {
    bool is_published, is_open, was_open, judged_elsewhere, is_complete, is_over, has_results;
    int32_t threshold_centi, maximum_centi;
    int64_t rules_version;
    struct digest rules;
    const Submissions__EditionRules *rules_said; /* when it was published */
    int64_t opens_us, closes_us;
    bool is_public, is_archived;
    int open_dossiers, open_cases;
    int waiting;           /* entries that were handed in, and are not examined */
    size_t winners;        /* those who are named in its results */
    struct digest ranking; /* from which they follow */
};

/* What is noted of a programme's rules. */
struct programme_note {
    int64_t rules_version;
    struct digest rules;
    int32_t utc_offset_minutes;
};

extern const char edition_what[]; /* known by its place */

static inline struct edition_note *
edition_note_of(const struct fact *fact, struct uuid id)
{
    return note_of(edition_what, fact->programme, id, sizeof(struct edition_note));
}

/* In check_editions.c. */
void learn_edition_created(const struct fact *fact, const void *event);
void learn_rules_set(const struct fact *fact, const void *event);
void learn_edition_published(const struct fact *fact, const void *event);
void learn_registration_opened(const struct fact *fact, const void *event);
void learn_registration_extended(const struct fact *fact, const void *event);
void learn_registration_closed(const struct fact *fact, const void *event);
void learn_entrants_confirmed(const struct fact *fact, const void *event);
void learn_edition_cancelled(const struct fact *fact, const void *event);

/* In check_follow_up.c. */
struct programme_note *programme_note_of(const struct tenant *programme);
void learn_programme_rules(const struct fact *fact, const void *event);
void learn_results_published(const struct fact *fact, const void *event);
void learn_follow_up_started(const struct fact *fact, const void *event);
void learn_edition_archived(const struct fact *fact, const void *event);
void learn_dossier_closed(const struct fact *fact, const void *event);
void learn_dossier_not_filed(const struct fact *fact, const void *event);
void learn_funding_noted(const struct fact *fact, const void *event);
void count_dossier(const struct fact *fact, const struct entry_note *entry, int change);
void check_case_heard(const struct tenant *programme, const struct journal_row *row,
                      const char *dossier_id);

/* In check_results.c. */
void learn_entry_assigned(const struct fact *fact, const void *event);
void learn_entry_advanced(const struct fact *fact, const void *event);
void learn_entry_eliminated(const struct fact *fact, const void *event);
void learn_entry_placed(const struct fact *fact, const void *event);
void learn_entry_reached_final(const struct fact *fact, const void *event);
void learn_entry_reinstated(const struct fact *fact, const void *event);
void learn_entry_back_in_round(const struct fact *fact, const void *event);
void learn_entry_back_in_final(const struct fact *fact, const void *event);
void learn_results_confirmed(const struct fact *fact, const void *event);
void learn_local_report(const struct fact *fact, const void *event);
void learn_entry_promoted(const struct fact *fact, const void *event);
void check_line_heard(const struct tenant *programme, const char *round_id,
                      const Appraisal__RankingLine *line);

static inline struct digest
digest_from(ProtobufCBinaryData data)
{
    struct digest digest = { { 0 } };

    if (data.len == sizeof(digest.bytes))
        memcpy(digest.bytes, data.data, sizeof(digest.bytes));
    return digest;
}

/* Is it the digest of the very event, without itself? */
static inline bool
is_of_event(ProtobufCMessage *event, ProtobufCBinaryData *its_digest)
{
    ProtobufCBinaryData said = *its_digest;
    struct digest claimed = digest_from(said), digest;
    struct bytes packed;

    *its_digest = (ProtobufCBinaryData){ 0, NULL };
    packed = proto_pack(sim.step, event);
    digest = sha256(packed.data, packed.size);
    *its_digest = said;
    return digest_equal(&digest, &claimed);
}

/* Is it the digest of the very command that caused the event? */
static inline bool
is_of_body(const struct fact *fact, ProtobufCBinaryData said)
{
    struct digest digest = sha256(fact->body.data, fact->body.size), claimed = digest_from(said);

    return fact->request && digest_equal(&digest, &claimed);
}

static inline int64_t
time_from(const Google__Protobuf__Timestamp *time)
{
    return time ? time->seconds * 1000000 + time->nanos / 1000 : 0;
}

#endif
