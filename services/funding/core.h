/* services/funding/core.h - what the parts of the core share: decisions and memories that core.c
 * tabulates.
 *
 * Shapes     a decision is named funding_<verb phrase>, what is remembered funding_<participle>.
 * Threads    pure.
 */
#ifndef SANGKIEN_SERVICES_FUNDING_CORE_H
#define SANGKIEN_SERVICES_FUNDING_CORE_H

#include "services/funding/funding.h"

/* core_recommendation.c */
struct uuid funding_dossier_reported(const struct given *given, const void *event);
int funding_take_note(const struct given *given, const void *event, struct events *out);
int funding_withdraw(const struct given *given, const void *event, struct events *out);
int funding_close(const struct given *given, const void *event, struct events *out);
void funding_linked_cases(const struct given *given, const void *event, struct keys *keys);
void funding_noted(void *state, const void *event);
void funding_linked(void *state, const void *event);

/* core_ceiling.c */
int funding_set_ceiling(const struct given *given, const void *command, struct events *out);
void funding_ceiling_of(const struct given *given, const void *command, struct keys *keys);
bool funding_has_room(const struct budget_ceiling *ceiling, int64_t amount_vnd);
void funding_reserve(struct events *out, const struct funding_case *c, int64_t amount_vnd);
void funding_release(struct events *out, const struct funding_case *c);
void funding_commit(struct events *out, const struct funding_case *c, int64_t approved_vnd);
void funding_ceiling_set(void *state, const void *event);
void funding_ceiling_changed(void *state, const void *event);
void funding_ceiling_reserved(void *state, const void *event);
void funding_ceiling_released(void *state, const void *event);
void funding_ceiling_committed(void *state, const void *event);

/* core_case.c */
int funding_open_case(const struct given *given, const void *command, struct events *out);
void funding_grounds(const struct given *given, const void *command, struct keys *keys);
bool funding_is_over(const struct funding_case *c);
void funding_case_opened(void *state, const void *event);
void funding_revocation_required(void *state, const void *event);

/* core_proposal.c */
int funding_propose(const struct given *given, const void *command, struct events *out);
int funding_revise(const struct given *given, const void *command, struct events *out);
int funding_submit(const struct given *given, const void *command, struct events *out);
bool funding_is_current(const struct funding_case *c, int64_t version, ProtobufCBinaryData digest);
ProtobufCBinaryData funding_digest(struct events *out, const struct funding_case *c);
void funding_proposed(void *state, const void *event);
void funding_revised(void *state, const void *event);
void funding_submitted(void *state, const void *event);

/* core_signoff.c */
int funding_sign_off(const struct given *given, const void *command, struct events *out);
bool funding_has_signed(const struct funding_case *c, const struct uuid *person);
bool funding_has_drafted(const struct funding_case *c, const struct uuid *person);
void funding_signed_off(void *state, const void *event);
void funding_signoff_refused(void *state, const void *event);
void funding_agreed(void *state, const void *event);

/* core_decision.c */
int funding_decide(const struct given *given, const void *command, struct events *out);
void funding_approved(void *state, const void *event);
void funding_rejected(void *state, const void *event);

/* core_payment.c */
int funding_allot(const struct given *given, const void *command, struct events *out);
int funding_record_disbursement(const struct given *given, const void *command, struct events *out);
void funding_allotted(void *state, const void *event);
void funding_disbursed(void *state, const void *event);

/* A new event of the case: every event of a case names it, its entry's code and its title. */
#define CASE_EVENT(name, type, out_, c_, descriptor)                                               \
    type *name = new_event_on((out_), &funding_case_kind, (c_)->self.id, (descriptor));            \
    name->funding_case_id = id_text((out_), &(c_)->self.id);                                       \
    name->entry_code = (c_)->entry_code;                                                           \
    name->title = (c_)->title

#endif
