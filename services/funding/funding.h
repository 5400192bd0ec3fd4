/* services/funding/funding.h - what funding remembers: recommendations, funding cases, budget
 * ceilings.
 *
 * Shapes     a recommendation has the id of its dossier, which is the id of its entry.
 *            agreed_vnd is 0 unless the current proposal version is, or was last, agreed.
 * Units      money in whole dong.
 * Source     rules R-F1 to R-F16. Those a model can check stand in tests/model/simulation.
 */
#ifndef SANGKIEN_SERVICES_FUNDING_FUNDING_H
#define SANGKIEN_SERVICES_FUNDING_FUNDING_H

#include "common/decide.h"
#include "common/service.h"
#include "common/table.h"
#include "sangkien/directory/v1/types.pb-c.h"
#include "sangkien/funding/v1/commands.pb-c.h"
#include "sangkien/funding/v1/events.pb-c.h"
#include "sangkien/funding/v1/types.pb-c.h"

#define NO(r) FUNDING__REFUSAL__REFUSAL_##r
#define ON(m) &funding__##m##__descriptor
#define IS(s) FUNDING__FUNDING_STATE__FUNDING_STATE_##s

/* A funding case of a dossier; what the case's own immutable columns say, too. */
struct linked_case {
    struct uuid funding_case_id;
    struct uuid ceiling_id;
    int purpose;
    int32_t fiscal_year;
};

/* What appraisal recommended for a dossier. */
struct recommendation {
    struct aggregate self;
    int64_t dossier_version;
    struct uuid appraisal_case_id;
    const char *entry_code;
    const char *title;
    struct uuid entrant_agency_id;
    bool completion;
    bool replication;
    int64_t appraised_vnd;
    struct list cases; /* of struct linked_case */
};

struct proposal_version {
    int64_t number;
    struct digest digest;
    int64_t total_vnd;
    struct uuid drafter_id;
};

struct proposal_line {
    int64_t number;
    int32_t ordinal;
    const char *description;
    int64_t quantity;
    int64_t unit_price_vnd;
    int64_t amount_vnd;
    const char *index_code;
};

struct signoff {
    int64_t number;
    int party;
    struct uuid person_id;
    struct uuid agency_id;
    struct digest digest;
    int verdict;
};

struct allotment {
    int64_t amount_vnd;
    int allotment_method;
    Types__OfficialDocument *document;
};

struct disbursement {
    int32_t ordinal;
    int disbursement_kind;
    int64_t amount_vnd;
    const char *treasury_office;
    int32_t voucher_year;
    const char *voucher_number;
};

/* One request, one purpose, one fiscal year. */
struct funding_case {
    struct aggregate self;
    struct uuid dossier_id;
    const char *entry_code;
    const char *title;
    struct uuid entrant_agency_id;
    int purpose;
    int32_t fiscal_year;
    struct uuid ceiling_id;
    int beneficiary_kind;
    struct uuid beneficiary_id;
    struct uuid budget_unit_agency_id;
    const char *budget_unit_code;
    int64_t appraised_vnd;
    int64_t proposal_version; /* number of the current one; 0 before the first */
    struct digest digest;     /* of the current one */
    int64_t proposed_vnd;
    int64_t agreed_vnd;
    int64_t approved_vnd;
    int64_t allotted_vnd;
    int64_t disbursed_vnd;
    bool revocation_required;
    struct uuid decided_by;
    Types__OfficialDocument *submission;
    Types__OfficialDocument *decision;
    struct list proposals;     /* of struct proposal_version */
    struct list lines;         /* of struct proposal_line, of every version */
    struct list signoffs;      /* of struct signoff, of every version */
    struct list allotments;    /* of struct allotment */
    struct list disbursements; /* of struct disbursement */
};

/* Upper limit per source, year and programme. */
struct budget_ceiling {
    struct aggregate self;
    const char *budget_source;
    int32_t fiscal_year;
    int64_t amount_vnd;
    int64_t reserved_vnd;  /* agreed, not yet decided */
    int64_t committed_vnd; /* decided */
};

extern const struct kind recommendation_kind;
extern const struct kind funding_case_kind;
extern const struct kind budget_ceiling_kind;

extern const struct table recommendation_table;
extern const struct table funding_case_table;
extern const struct table budget_ceiling_table;

extern const struct service funding_service;

#endif
