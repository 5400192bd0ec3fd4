/* services/notifications/facts.h - what a template may say: the fields of an event as people read
 * them.
 *
 * Shapes     a fact is a name and a text. A text NULL means that the name is known and nothing is
 * there; templates ask {{#has_name}}. A name that begins with "is_" is a flag. Of a field
 * amount_vnd the text is money, of due_at a local time, of a Deadline the wording of the time limit
 * (and, as name_document, the document that sets it), of an OfficialDocument its citation, of
 * score_centi a decimal number, of an enum a phrase; some_agency_id also gives some_agency, the
 * agency's name. Ownership  everything lies in the arena. Threads    pure.
 */
#ifndef SANGKIEN_NOTIFICATIONS_FACTS_H
#define SANGKIEN_NOTIFICATIONS_FACTS_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

#include "common/id.h"
#include "common/list.h"

enum language { VIETNAMESE, ENGLISH, LANGUAGES };

struct fact {
    const char *name;
    const char *text;
};

struct agency_name {
    struct uuid agency;
    const char *name;
};

struct facts {
    struct arena *arena;
    enum language language;
    const struct list *agency_names; /* of struct agency_name */
    struct list items;               /* of struct fact */
};

/* What one mail is about. */
struct notice {
    struct uuid notification;
    const char *programme;
    const char *programme_name; /* NULL when nobody has said it */
    struct uuid agency;         /* the recipient */
    bool must_act;              /* is_action, else is_info */
    int64_t recorded_us;        /* when the event was journaled */
    const ProtobufCMessage *event;
    const ProtobufCMessage
        *first_event; /* of the same aggregate: what the event itself does not repeat */
    const struct list *agency_names;
};

/* Everything that a template may say of a notice: programme, programme_name, recipient, reference,
 * recorded_at, is_action, is_info, the event's fields, then those of the first event. */
struct facts facts_of(struct arena *arena, enum language language, const struct notice *notice);

void facts_init(struct facts *facts, struct arena *arena, enum language language,
                const struct list *agency_names);

/* A name that is there already keeps its text: what happened last is added first. */
void facts_add(struct facts *facts, const char *name, const char *text);

/* The text of a name; "" when there is none. */
const char *fact_text(const struct facts *facts, const char *name);

void facts_add_event(struct facts *facts, const ProtobufCMessage *event);
void facts_add_time(struct facts *facts, const char *name, int64_t time_us);

/* The agencies that an event names, to be looked up before facts_init; a list of struct uuid. */
void facts_agencies(const ProtobufCMessage *event, struct list *agencies);

#endif
