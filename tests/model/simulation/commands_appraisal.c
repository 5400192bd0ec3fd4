/* tests/model/simulation/commands_appraisal.c - what the standing agency, panels and consulted agencies do. */
#include "tests/model/simulation/commands_judging.h"

#define CASE_IS(s) STATE(IS(s))

static const struct appraisal_case *
about(struct draft *d, unsigned states)
{
    const struct stored *row = any_stored(d->programme, &appraisal_case_kind, states);

    if (!row)
        return NULL;
    d->subject = row->key.id;
    return (const void *) row->state;
}

static int64_t
version_of(const struct appraisal_case *c)
{
    return c->dossier_version + (often(25) ? 1 : 0);
}

static bool
open_appraisal(struct draft *d)
{
    Appraisal__OpenAppraisal *m = (void *) (uintptr_t) d->message;
    const struct stored *row =
        any_stored(d->programme, &dossier_intake_kind, STATE(INTAKE(WAITING)));
    const struct dossier_intake *intake;

    if (!row)
        return false;
    intake = (const void *) row->state;
    m->dossier_id = text_of(row->key.id);
    m->dossier_version = intake->dossier_version ? intake->dossier_version : 1;
    if (often(30))
        m->dossier_version++;
    spoken_by(d, MAY(STANDING));
    return true;
}

static bool
set_panel(struct draft *d)
{
    Appraisal__SetPanel *m = (void *) (uintptr_t) d->message;
    size_t members = often(40) ? 2 : 3 + any_of(3);

    m->panel = arena_zero(sim.step, members * sizeof(*m->panel));
    for (size_t i = 0; i < members; i++) {
        m->panel[i] = proto_new(sim.step, ON(panel_member));
        m->panel[i]->person_id = text_of(any_person());
        m->panel[i]->seat = (Appraisal__PanelSeat) (i < 2 ? i + 1 : 3);
    }
    m->n_panel = members;
    if (often(20))
        m->panel[0]->seat = SEAT(MEMBER);
    spoken_by(d, MAY(STANDING));
    return about(d, CASE_IS(OPENED));
}

static bool
request_opinions(struct draft *d)
{
    Appraisal__RequestOpinions *m = (void *) (uintptr_t) d->message;
    size_t count = 1 + any_of(2), first = any_of(AGENCIES);
    const char **ids = arena_zero(sim.step, 2 * sizeof(*ids));

    for (size_t i = 0; i < count; i++)
        ids[i] = text_of(often(20) ? dice_uuid(&sim.dice) : agency_id((first + i) % AGENCIES));
    m->n_agency_ids = count;
    m->agency_ids = ids;
    m->due = any_deadline(often(50) ? -1 : 1, 6);
    spoken_by(d, MAY(STANDING));
    return about(d, CASE_IS(PANEL_SET));
}

static bool
give_opinion(struct draft *d)
{
    Appraisal__GiveOpinion *m = (void *) (uintptr_t) d->message;
    const struct appraisal_case *c = about(d, CASE_IS(CONSULTING));
    const struct consultee *asked;

    if (!c || c->consultees.count == 0)
        return false;
    asked = list_at(&c->consultees, any_of(c->consultees.count));
    m->dossier_version = version_of(c);
    m->verdict = APPRAISAL__VERDICT__VERDICT_SUPPORT;
    m->opinion = "Đồng ý.";
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DISPATCH);
    for (int i = 0; i < 40; i++) { /* somebody of that agency */
        spoken_by_person(d, any_person());
        if (uuid_equal(&d->agency, &asked->agency_id) || often(10))
            break;
    }
    return true;
}

static struct uuid
seated(const struct appraisal_case *c, int seat)
{
    LIST_EACH (const struct panel_member, member, &c->panel)
        if (member->seat == seat && !often(15))
            return member->person_id;
    return any_person();
}

static bool
conclude(struct draft *d)
{
    Appraisal__Conclude *m = (void *) (uintptr_t) d->message;
    const struct appraisal_case *c = about(d, CASE_IS(CONSULTING));

    if (!c)
        return false;
    m->dossier_version = version_of(c);
    m->outcome = (Appraisal__Outcome) between(1, often(300) ? 4 : 3);
    m->scope = TYPES__SCOPE__SCOPE_PROVINCE;
    if (m->outcome != APPRAISAL__OUTCOME__OUTCOME_NOT_RECOMMENDED)
        m->recommended_ceiling_vnd = c->estimate_vnd - (often(300) ? c->estimate_vnd / 4 : 0);
    if (often(30))
        m->recommended_ceiling_vnd = between(0, INT64_C(1) << 62);
    m->votes_for = (int32_t) c->panel.count - (int32_t) (often(250) ? between(-1, 3) : 0);
    if (m->votes_for < 0)
        m->votes_for = 0;
    m->secretary_id = text_of(seated(c, SEAT(SECRETARY)));
    m->minutes = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_MINUTES);
    spoken_by_person(d, seated(c, SEAT(CHAIR)));
    return true;
}

static bool
issue_report(struct draft *d)
{
    Appraisal__IssueReport *m = (void *) (uintptr_t) d->message;

    m->report = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_REPORT);
    spoken_by(d, MAY(STANDING));
    return about(d, CASE_IS(CONCLUDED));
}

/* clang-format off */
const struct maker appraisal_makers[] = {
    /* command              weight */
    { ON(open_appraisal),   24, open_appraisal },
    { ON(set_panel),        40, set_panel },
    { ON(request_opinions), 24, request_opinions },
    { ON(give_opinion),     30, give_opinion },
    { ON(conclude),         24, conclude },
    { ON(issue_report),     24, issue_report },

    { ON(constitute_council), 20, constitute_council },
    { ON(declare_conflicts),  60, declare_conflicts },
    { ON(dissolve_council),    1, dissolve_council },
    { ON(plan_round),         30, plan_round },
    { ON(assign_to_round),    45, assign_to_round },
    { ON(start_round),        40, start_round },
    { ON(save_sheet),          8, save_sheet },
    { ON(lock_sheet),         90, lock_sheet },
    { ON(reopen_sheet),        6, reopen_sheet },
    { ON(excuse_sheet),        5, excuse_sheet },
    { ON(propose_ranking),    30, propose_ranking },
    { ON(decide_tie),         24, decide_tie },
    { ON(confirm_round),      26, confirm_round },
    { ON(annul_round),         5, annul_round },
    { ON(close_judging),      40, close_judging },
    { 0 },
};
/* clang-format on */
