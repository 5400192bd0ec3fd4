/* services/notifications/rules.h - which event is told to whom, and in which words.
 *
 * Shapes     one row per (event, audience); an agency that several rows reach is told once, and
 *            told to act when one of them says so.
 * Threads    pure.
 */
#ifndef SANGKIEN_NOTIFICATIONS_RULES_H
#define SANGKIEN_NOTIFICATIONS_RULES_H

#include "common/decide.h"
#include "common/list.h"

enum audience {
    ROLES,      /* agencies of which somebody holds one of the roles in the programme */
    PARTIES,    /* the agencies that the event's aggregate is about */
    CONSULTEES, /* the agencies that OpinionsRequested asks */
    EVERYBODY,
};

struct rule {
    const ProtobufCMessageDescriptor *event;
    const char *template;
    int recipient_role;
    enum audience audience;
    unsigned roles;
};

extern const struct rule notification_rules[];

/* Who is to be told, as the rules and the directory say now. */
struct recipient {
    struct uuid agency;
    const char *template;
    const char *address; /* "" when the directory has none that can be used */
    int recipient_role;
};

/* The recipients of an event, each (agency, template) once; a list of struct recipient. Its order
 * is the same whenever the directory is. */
struct list recipients_of(const struct given *given, const void *event, struct arena *arena);

/* The first of them without a list: false when there is nobody to be told. */
bool first_recipient_of(const struct given *given, const void *event,
                        struct recipient *ret_recipient);

#endif
