/* services/notifications/rules.c - which event is told to whom, and in which words. Pure. */
#include "services/notifications/rules.h"

#include <string.h>

#include "sangkien/appraisal/v1/events.pb-c.h"
#include "sangkien/directory/v1/types.pb-c.h"
#include "sangkien/funding/v1/events.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"
#include "services/notifications/address.h"
#include "services/notifications/notifications.h"

/* A search under way: every agency that a rule reaches comes to found(). */
struct search {
    const struct rule *rule;
    struct list *recipients; /* NULL: only the first one is wanted */
    struct recipient first;
    bool is_found;
};

static struct recipient *
known(const struct list *recipients, const struct uuid *agency, const char *template)
{
    LIST_EACH (struct recipient, r, recipients)
        if (uuid_equal(&r->agency, agency) && strcmp(r->template, template) == 0)
            return r;
    return NULL;
}

static void
found(void *context, const struct agency *agency)
{
    struct search *search = context;
    struct recipient recipient = { agency->id, search->rule->template, "",
                                   search->rule->recipient_role };
    struct recipient *before;

    if (uuid_is_nil(&agency->id))
        return;
    if (address_is_usable(agency->email))
        recipient.address = agency->email;
    if (!search->is_found) {
        search->first = recipient;
        search->is_found = true;
    }
    if (!search->recipients)
        return;
    before = known(search->recipients, &agency->id, search->rule->template);
    if (!before)
        *(struct recipient *) list_add(search->recipients) = recipient;
    else if (recipient.recipient_role == FOR(ACTION))
        before->recipient_role = FOR(ACTION);
}

/* An agency that the directory's copy does not know yet is one without an address: nobody is left
 * out in silence. */
static void
found_id(struct search *search, const struct authority *authority, const struct uuid *id)
{
    const struct agency nameless = { .id = *id };
    const struct agency *agency = authority_agency(authority, id);

    found(search, agency ? agency : &nameless);
}

static void
consultees(struct search *search, const struct given *given, const void *event)
{
    const Appraisal__OpinionsRequested *request = event;

    for (size_t i = 0; i < request->n_agency_ids; i++) {
        const struct uuid id = uuid_of(request->agency_ids[i]);

        found_id(search, given->authority, &id);
    }
}

static void
ask(struct search *search, const struct given *given, const void *event)
{
    switch (search->rule->audience) {
    case ROLES:
        authority_each_agency(given->authority, search->rule->roles, given->programme,
                              given->now_us, found, search);
        break;
    case EVERYBODY:
        authority_each_agency(given->authority, 0, given->programme, given->now_us, found, search);
        break;
    case PARTIES:
        for (size_t i = 0; i < given->heard_party_count; i++)
            found_id(search, given->authority, &given->heard_parties[i]);
        break;
    case CONSULTEES:
        consultees(search, given, event);
        break;
    }
}

static void
search_all(struct search *search, const struct given *given, const void *event)
{
    const ProtobufCMessage *message = event;

    for (const struct rule *rule = notification_rules; rule->event; rule++) {
        if (rule->event != message->descriptor)
            continue;
        search->rule = rule;
        ask(search, given, event);
    }
}

struct list
recipients_of(const struct given *given, const void *event, struct arena *arena)
{
    struct list recipients;
    struct search search = { .recipients = &recipients };

    list_init(&recipients, arena, sizeof(struct recipient));
    search_all(&search, given, event);
    return recipients;
}

bool
first_recipient_of(const struct given *given, const void *event, struct recipient *ret_recipient)
{
    struct search search = { .recipients = NULL };

    search_all(&search, given, event);
    if (search.is_found)
        *ret_recipient = search.first;
    return search.is_found;
}

#define BOTH_PARTIES (MAY(HOME_AFFAIRS_SIGNOFF) | MAY(FINANCE_SIGNOFF))

/* clang-format off */
const struct rule notification_rules[] = {
    /* event                                   template               and they          who */
    { OF(submissions, registration_opened),    "registration_opened", FOR(INFO),        EVERYBODY },
    { OF(submissions, entry_submitted),        "entry_submitted",     FOR(ACTION),      ROLES, MAY(ORGANISER) | MAY(STANDING) },
    { OF(submissions, entry_registered),       "entry_registered",    FOR(INFO),        PARTIES },
    { OF(submissions, entry_reached_final),    "entry_reached_final", FOR(INFO),        PARTIES },
    { OF(submissions, entry_eliminated),       "entry_eliminated",    FOR(INFO),        PARTIES },
    { OF(submissions, entry_awarded),          "entry_awarded",       FOR(INFO),        PARTIES },
    { OF(submissions, entry_not_awarded),      "entry_not_awarded",   FOR(INFO),        PARTIES },
    { OF(submissions, entry_withdrawn),        "entry_withdrawn",     FOR(INFO),        PARTIES },
    { OF(submissions, entry_withdrawn),        "entry_withdrawn",     FOR(INFO),        ROLES, MAY(STANDING) | BOTH_PARTIES },

    { OF(submissions, dossier_required),       "dossier_required",    FOR(ACTION),      PARTIES },
    { OF(submissions, dossier_submitted),      "dossier_submitted",   FOR(ACTION),      ROLES, MAY(STANDING) },
    { OF(submissions, dossier_submitted),      "dossier_submitted",   FOR(INFO),        PARTIES },
    { OF(submissions, dossier_returned),       "dossier_returned",    FOR(ACTION),      PARTIES },
    { OF(submissions, dossier_accepted),       "dossier_accepted",    FOR(INFO),        PARTIES },
    { OF(submissions, dossier_overdue),        "dossier_overdue",     FOR(ACTION),      PARTIES },
    { OF(submissions, dossier_overdue),        "dossier_overdue",     FOR(INFO),        ROLES, MAY(STANDING) },

    { OF(appraisal, appraisal_opened),         "appraisal_opened",    FOR(INFO),        PARTIES },
    { OF(appraisal, opinions_requested),       "opinions_requested",  FOR(ACTION),      CONSULTEES },
    { OF(appraisal, opinion_given),            "opinion_given",       FOR(INFO),        ROLES, MAY(STANDING) },
    { OF(appraisal, appraisal_concluded),      "appraisal_concluded", FOR(ACTION),      ROLES, MAY(STANDING) },
    { OF(appraisal, appraisal_reported),       "appraisal_reported",  FOR(ACTION),      ROLES, BOTH_PARTIES },
    { OF(appraisal, appraisal_reported),       "appraisal_reported",  FOR(INFO),        PARTIES },
    { OF(appraisal, appraisal_voided),         "appraisal_voided",    FOR(INFO),        PARTIES },
    { OF(appraisal, appraisal_voided),         "appraisal_voided",    FOR(INFO),        ROLES, MAY(STANDING) },

    { OF(funding, signoff_opened),             "signoff_opened",      FOR(ACTION),      ROLES, BOTH_PARTIES },
    { OF(funding, signoff_refused),            "signoff_refused",     FOR(ACTION),      ROLES, MAY(STANDING) },
    { OF(funding, signoff_refused),            "signoff_refused",     FOR(INFO),        ROLES, BOTH_PARTIES },
    { OF(funding, funding_agreed),             "funding_agreed",      FOR(ACTION),      ROLES, MAY(STANDING) },
    { OF(funding, funding_agreed),             "funding_agreed",      FOR(INFO),        PARTIES },
    { OF(funding, funding_submitted),          "funding_submitted",   FOR(ACTION),      ROLES, MAY(AUTHORITY) },
    { OF(funding, funding_submitted),          "funding_submitted",   FOR(INFO),        PARTIES },
    { OF(funding, funding_approved),           "funding_approved",    FOR(ACTION),      ROLES, MAY(ACCOUNTANT) },
    { OF(funding, funding_approved),           "funding_approved",    FOR(INFO),        ROLES, MAY(STANDING) | MAY(FINANCE_SIGNOFF) },
    { OF(funding, funding_approved),           "funding_approved",    FOR(INFO),        PARTIES },
    { OF(funding, funding_rejected),           "funding_rejected",    FOR(INFO),        ROLES, MAY(STANDING) | BOTH_PARTIES },
    { OF(funding, funding_rejected),           "funding_rejected",    FOR(INFO),        PARTIES },
    { OF(funding, funds_allotted),             "funds_allotted",      FOR(ACTION),      ROLES, MAY(TREASURY) },
    { OF(funding, funds_allotted),             "funds_allotted",      FOR(INFO),        PARTIES },
    { OF(funding, funds_disbursed),            "funds_disbursed",     FOR(INFO),        PARTIES },
    { OF(funding, funds_disbursed),            "funds_disbursed",     FOR(INFO),        ROLES, MAY(STANDING) | MAY(ACCOUNTANT) },
    { OF(funding, funding_withdrawn),          "funding_withdrawn",   FOR(INFO),        ROLES, MAY(STANDING) | BOTH_PARTIES },
    { OF(funding, funding_withdrawn),          "funding_withdrawn",   FOR(INFO),        PARTIES },
    { OF(funding, revocation_required),        "revocation_required", FOR(ACTION),      ROLES, MAY(AUTHORITY) },
    { OF(funding, revocation_required),        "revocation_required", FOR(INFO),        ROLES, MAY(STANDING) | MAY(ACCOUNTANT) | MAY(TREASURY) },
    { OF(funding, revocation_required),        "revocation_required", FOR(INFO),        PARTIES },
    { 0 },
};
/* clang-format on */
