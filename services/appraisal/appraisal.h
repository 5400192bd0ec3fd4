/* services/appraisal/appraisal.h - the examination of an accepted dossier, led by the standing
 * agency.
 *
 * Shapes     a dossier intake has the dossier's id, which is its entry's. A case is of one dossier
 *            version; it brings its own copy of what the panel must be held against, so that
 *            nothing but OpenAppraisal and a withdrawal ever needs both aggregates.
 * Units      money in whole dong.
 * Source     rules R-A1 to R-A5, R-D3, R-D6, R-E4. Those a model can check stand in tests/model/simulation.
 */
#ifndef SANGKIEN_APPRAISAL_H
#define SANGKIEN_APPRAISAL_H

#include "common/decide.h"
#include "common/proto_value.h"
#include "common/service.h"
#include "common/table.h"
#include "sangkien/appraisal/v1/commands.pb-c.h"
#include "sangkien/appraisal/v1/events.pb-c.h"
#include "sangkien/appraisal/v1/queries.pb-c.h"
#include "sangkien/appraisal/v1/types.pb-c.h"
#include "sangkien/directory/v1/types.pb-c.h"

#define NO(refusal) APPRAISAL__REFUSAL__REFUSAL_##refusal
#define ON(message) &appraisal__##message##__descriptor
#define OF(package, message) &package##__##message##__descriptor
#define IS(state) APPRAISAL__APPRAISAL_STATE__APPRAISAL_STATE_##state
#define INTAKE(state) APPRAISAL__INTAKE_STATE__INTAKE_STATE_##state
#define SEAT(seat) APPRAISAL__PANEL_SEAT__PANEL_SEAT_##seat

/* An author of one version of the dossier. */
struct dossier_author {
    int64_t dossier_version;
    struct uuid person_id;
};

struct dossier_intake {
    struct aggregate self;
    int64_t
        dossier_version; /* the latest one accepted; 0 when the entry was withdrawn before any */
    struct digest digest;
    const char *entry_code;
    const char *title;
    struct uuid entrant_agency_id;
    int64_t estimate_vnd;
    struct uuid appraisal_case_id; /* the case that took it up */
    struct list authors;           /* of struct dossier_author, of every version */
    struct list co_entrants;       /* of struct co_entrant; an entry's are fixed */
};

/* An agency that entered together with the entrant agency. */
struct co_entrant {
    struct uuid agency_id;
};

struct case_author {
    struct uuid person_id;
};

struct panel_member {
    struct uuid person_id;
    int seat;
};

struct consultee {
    struct uuid agency_id;
};

struct opinion {
    struct uuid agency_id;
    struct uuid person_id;
    int verdict;
    const char *opinion;
    const Types__OfficialDocument *document;
};

struct appraisal_case {
    struct aggregate self;
    struct uuid dossier_id;
    int64_t dossier_version;
    struct digest digest;
    const char *entry_code;
    const char *title;
    struct uuid entrant_agency_id;
    int64_t estimate_vnd;
    int64_t opinions_due_at_us;
    int outcome;
    int scope;
    int64_t recommended_ceiling_vnd;
    const Types__OfficialDocument *minutes;
    const Types__OfficialDocument *report;
    struct list authors;     /* of struct case_author */
    struct list co_entrants; /* of struct co_entrant */
    struct list panel;       /* of struct panel_member */
    struct list consultees;  /* of struct consultee */
    struct list opinions;    /* of struct opinion */
};

extern const struct table dossier_intake_table;
extern const struct table appraisal_case_table;
extern const struct kind dossier_intake_kind;
extern const struct kind appraisal_case_kind;
extern const struct service appraisal_service;

#endif
