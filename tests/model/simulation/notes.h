/* tests/model/simulation/notes.h - what the checker has noted of entries, dossiers, appraisals and money.
 */
#ifndef SANGKIEN_TESTS_MODEL_NOTES_H
#define SANGKIEN_TESTS_MODEL_NOTES_H

#include "google/protobuf/timestamp.pb-c.h"
#include "tests/model/simulation/check.h"

/* Sums and products that cannot overflow. */
__extension__ typedef __int128 wide;

/* All that hangs on one entry; its dossier, intake and recommendation have the same id. */
struct entry_note {
    bool is_drafted, is_withdrawn, reached_final, is_paid;
    struct uuid edition;
    /* dossier */
    bool is_required, is_cured, dossier_withdrawn;
    int64_t due_us, cure_us;
    int64_t version, total_vnd;
    struct digest digest;
    struct uuid submitter;
    int64_t accepted_version, accepted_vnd;
    struct digest accepted_digest;
    bool appraisal_started, is_appraised;
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

static inline struct digest
digest_from(ProtobufCBinaryData data)
{
    struct digest digest = { { 0 } };

    if (data.len == sizeof(digest.bytes))
        memcpy(digest.bytes, data.data, sizeof(digest.bytes));
    return digest;
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
