/* tests/model/simulation/money.h - what the checker has noted of funding cases and ceilings.
 */
#ifndef SANGKIEN_TESTS_MODEL_MONEY_H
#define SANGKIEN_TESTS_MODEL_MONEY_H

#include "sangkien/funding/v1/events.pb-c.h"
#include "tests/model/simulation/notes.h"

/* What a party said to one version. */
struct word_given {
    int64_t version;
    int party;
    bool agrees;
    struct uuid person, agency;
    struct digest digest;
};

struct money {
    struct uuid id, dossier, ceiling;
    int purpose, year;
    int64_t appraised_vnd, proposed_vnd, agreed_vnd, approved_vnd, allotted_vnd, disbursed_vnd;
    int64_t version;
    struct digest digest;
    struct list drafters; /* of struct uuid, by version */
    struct list words;    /* of struct word_given */
    bool is_agreed, is_submitted, is_approved, is_over, must_be_revoked;
    int64_t reserved_vnd, committed_vnd; /* what its ceiling keeps for it */
};

struct ceiling {
    int64_t amount_vnd;
    wide reserved_vnd, committed_vnd;
};

#define NAME(m) id_of((m)->id)

struct money *money_of(const struct fact *fact, struct uuid id);
struct money *its_money(const struct fact *fact);

/* check_signoff.c: the text, who signed it, and who may decide on it. */
void check_proposed(const struct fact *fact, const void *event);
void check_signed_off(const struct fact *fact, const void *event);
void check_signoff_refused(const struct fact *fact, const void *event);
void check_agreed(const struct fact *fact, const void *event);
void check_revised(const struct fact *fact, const void *event);
void check_submitted(const struct fact *fact, const void *event);
void check_decider(const struct fact *fact, const struct money *m);

#endif
