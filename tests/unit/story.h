/* tests/unit/story.h - tells a service a story in memory: who there is, who says what, what came.
 *
 * Shapes     ids are small numbers: ID(7) is always the same UUID. story_as() says who speaks until
 *            it is called again; story_say() sends a command as that person and keeps the outcome,
 *            which assert_happened() and assert_refused() look at. Who may is judged as in
 *            production. Alarms ring when story_later() passes them. What happens in the directory
 *            is heard at once.
 * Units      times in UTC microseconds; a story begins on 1 November 2019, 00:00 UTC.
 * Ownership  everything lives until story_end(); a message said or heard is copied.
 *
 *     struct story s;
 *     story_begin(&s, &funding_service, "khanh-hoa");
 *     story_agency(&s, 1);
 *     story_person(&s, 1, 11);
 *     story_bind(&s, DIRECTORY__ROLE__ROLE_STANDING, 1, 11, "khanh-hoa");
 *     story_as(&s, 11);
 *     story_say(&s, 100, &open_case);
 *     assert_happened(&s, "FundingOpened");
 *     story_say(&s, 100, &open_case);
 *     assert_refused(&s, "ALREADY_EXISTS");
 *     const struct funding_case *c = story_state(&s, &funding_case_kind, 100);
 *     story_end(&s);
 */
#ifndef SANGKIEN_TESTS_UNIT_STORY_H
#define SANGKIEN_TESTS_UNIT_STORY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/authority.h"
#include "common/proto.h"
#include "common/service.h"
#include "common/world.h"
#include "sangkien/directory/v1/events.pb-c.h"
#include "sangkien/wire/v1/wire.pb-c.h"

#define STORY_BEGINS_US INT64_C(1572566400000000)
#define DAY_US INT64_C(86400000000)
#define HOUR_US INT64_C(3600000000)

struct story {
    struct arena *arena;
    struct world *world;
    struct authority *authority;
    const struct service *service;
    const char *programme;
    struct actor actor;
    int64_t now_us;
    int64_t expected_version; /* of the next thing said; then 0 again */
    int64_t directory_position;
    int64_t heard_position;
    struct list alarms; /* of struct story_alarm: all that was ever set */
    struct outcome last;
};

struct story_alarm {
    const struct kind *kind;
    struct uuid subject;
    struct alarm alarm;
    bool has_rung;
};

/* ------------------------------------------------------------------ ids */

static inline struct uuid
ID(unsigned number) {
    struct uuid id = { { [6] = 0x70, [8] = 0x80 } };

    for (int i = 15; number; number >>= 8)
        id.bytes[i--] = (uint8_t) number;
    return id;
}

/* As messages carry it; 0 is none. */
static inline const char *
story_id(struct story *s, unsigned number)
{
    struct uuid id = ID(number);

    return number ? uuid_text(s->arena, &id) : "";
}

static inline Google__Protobuf__Timestamp *
story_time(struct story *s, int64_t time_us)
{
    Google__Protobuf__Timestamp *time = arena_zero(s->arena, sizeof(*time));

    google__protobuf__timestamp__init(time);
    time->seconds = time_us / 1000000;
    time->nanos = (int32_t) (time_us % 1000000) * 1000;
    return time;
}

/* ------------------------------------------------------------------ begin and end */

static inline void
story_begin(struct story *s, const struct service *service, const char *programme)
{
    *s = (struct story){ .arena = arena_new(), .service = service, .programme = programme };
    s->world = world_new(s->arena);
    s->authority = authority_new();
    s->now_us = STORY_BEGINS_US;
    list_init(&s->alarms, s->arena, sizeof(struct story_alarm));
}

static inline void
story_end(struct story *s)
{
    authority_free(&s->authority);
    arena_free(&s->arena);
}

/* ------------------------------------------------------------------ the directory */

static inline void
story_directory(struct story *s, const void *event)
{
    struct bytes bytes = proto_pack(s->arena, event);
    const ProtobufCMessage *message = event;
    int rc = authority_hear(s->authority, ++s->directory_position, message->descriptor->name,
                            bytes.data, bytes.size);

    if (rc)
        fail_msg("the directory: %s", err_text());
}

static inline void
story_agency(struct story *s, unsigned agency)
{
    Directory__AgencyRegistered e = DIRECTORY__AGENCY_REGISTERED__INIT;

    e.agency_id = story_id(s, agency);
    e.name = arena_format(s->arena, "Agency %u", agency);
    e.agency_code = arena_format(s->arena, "A%u", agency);
    e.agency_class = DIRECTORY__AGENCY_CLASS__AGENCY_CLASS_DEPARTMENT;
    e.level = DIRECTORY__AGENCY_LEVEL__AGENCY_LEVEL_PROVINCE;
    story_directory(s, &e);
}

static inline void
story_person(struct story *s, unsigned agency, unsigned person)
{
    Directory__PersonRegistered e = DIRECTORY__PERSON_REGISTERED__INIT;

    e.person_id = story_id(s, person);
    e.agency_id = story_id(s, agency);
    story_directory(s, &e);
}

/* person 0: everybody of the agency. The binding is open from the beginning; its id is returned. */
static inline struct uuid
story_bind(struct story *s, Directory__Role role, unsigned agency, unsigned person,
           const char *programme)
{
    Directory__RoleBound e = DIRECTORY__ROLE_BOUND__INIT;
    struct uuid id =
        uuid_derive("story binding", &s->directory_position, sizeof(s->directory_position));

    e.binding_id = uuid_text(s->arena, &id);
    e.role = role;
    e.agency_id = story_id(s, agency);
    e.person_id = story_id(s, person);
    e.programme = programme;
    e.valid_from = story_time(s, STORY_BEGINS_US);
    story_directory(s, &e);
    return id;
}

static inline void
story_unbind(struct story *s, struct uuid binding)
{
    Directory__RoleEnded e = DIRECTORY__ROLE_ENDED__INIT;

    e.binding_id = uuid_text(s->arena, &binding);
    e.reason = "over";
    e.ended_at = story_time(s, s->now_us);
    story_directory(s, &e);
}

/* The person who speaks from now on, with a system of the own agency; 0 is the runtime itself. */
static inline void
story_as(struct story *s, unsigned person)
{
    struct uuid id = ID(person);
    const struct uuid *agency = authority_agency_of(s->authority, &id);

    s->actor = (struct actor){ 0 };
    if (!person)
        return;
    if (!agency)
        fail_msg("person %u is in no agency of the story", person);
    s->actor.person = id;
    s->actor.agency = *agency;
    s->actor.system = uuid_derive("story system", agency, sizeof(*agency));
    s->actor.capacity = WIRE__CAPACITY__CAPACITY_HEAD;
}

/* ------------------------------------------------------------------ saying and hearing */

static inline const void *
story_state(struct story *s, const struct kind *kind, unsigned id)
{
    return world_hold(s->world, kind, ID(id))->state;
}

static inline void *
story_copy(struct story *s, const ProtobufCMessage *message)
{
    struct bytes bytes = proto_pack(s->arena, message);
    void *copy = NULL;
    int rc = proto_unpack(s->arena, message->descriptor, bytes.data, bytes.size, &copy);

    if (rc)
        fail_msg("%s: %s", message->descriptor->name, err_text());
    return copy;
}

static inline int
story_judge_actor(const struct story *s, const struct handler *handler)
{
    const struct uuid *agency = authority_agency_of(s->authority, &s->actor.person);
    unsigned roles = handler->who & ~(ANYBODY | HEARD | ONLY_RUNTIME);

    if (uuid_is_nil(&s->actor.person))
        return 0; /* the runtime itself */
    if (handler->who & (HEARD | ONLY_RUNTIME))
        return WIRE__REASON__REASON_UNKNOWN_TYPE;
    if (!agency || !uuid_equal(agency, &s->actor.agency))
        return WIRE__REASON__REASON_WRONG_ACTOR;
    if (!(handler->who & ANYBODY) &&
        !authority_holds(s->authority, &s->actor.person, roles, s->programme, s->now_us))
        return WIRE__REASON__REASON_NOT_ALLOWED;
    return 0;
}

static inline void
story_remember(struct story *s)
{
    LIST_EACH (const struct alarm, alarm, &s->last.alarms)
        *(struct story_alarm *) list_add(&s->alarms) =
            (struct story_alarm){ alarm->kind, alarm->subject, *alarm, false };
    LIST_EACH (const struct happened, h, &s->last.happened)
        if (strncmp(h->event->descriptor->name, "sangkien.directory.v1.", 22) == 0)
            story_directory(s, h->event);
}

static inline struct envelope
story_envelope(const struct story *s, const void *message)
{
    struct bytes bytes = proto_pack(s->arena, message);

    return (struct envelope){ .programme = s->programme,
                              .actor = s->actor,
                              .received_us = s->now_us,
                              .now_us = s->now_us,
                              .expected_version = s->expected_version,
                              .body = bytes,
                              .authority = s->authority };
}

static inline void
story_send(struct story *s, struct uuid subject, const void *message)
{
    const ProtobufCMessage *copy = story_copy(s, message);
    const struct kind *kind = NULL;
    const struct handler *handler = service_handler(s->service, copy->descriptor, &kind);
    struct envelope envelope = story_envelope(s, copy);

    if (!handler)
        fail_msg("nobody handles %s", copy->descriptor->name);
    envelope.subject = subject;
    s->expected_version = 0;
    s->last = (struct outcome){ 0 };
    s->last.reason = story_judge_actor(s, handler);
    if (s->last.reason)
        return;
    s->last = world_say(s->world, handler, kind, &envelope, copy);
    story_remember(s);
}

/* A command of the person who speaks, about the aggregate of that number. */
static inline void
story_say(struct story *s, unsigned subject, const void *message)
{
    story_send(s, ID(subject), message);
}

/* An event of another service, heard by this one; subject is the aggregate over there. */
static inline void
story_hear(struct story *s, unsigned subject, const void *event)
{
    const ProtobufCMessage *copy = story_copy(s, event);
    const struct kind *kind = NULL;
    const struct handler *handler = service_handler(s->service, copy->descriptor, &kind);
    struct envelope envelope = story_envelope(s, copy);
    struct given given = { .programme = s->programme, .actor = &envelope.actor };

    if (!handler || !(handler->who & HEARD))
        fail_msg("nobody hears %s", copy->descriptor->name);
    envelope.actor = (struct actor){ 0 };
    envelope.heard_subject = given.heard_subject = envelope.subject = ID(subject);
    envelope.heard_position = given.heard_position = ++s->heard_position;
    envelope.heard_type = given.heard_type = copy->descriptor->name;
    given.received_us = given.now_us = s->now_us;
    given.subject = envelope.subject;
    given.authority = s->authority;
    if (handler->subject)
        envelope.subject = handler->subject(&given, copy);
    s->last = (struct outcome){ 0 };
    if (uuid_is_nil(&envelope.subject))
        return; /* not for this service */
    s->last = world_say(s->world, handler, kind, &envelope, copy);
    story_remember(s);
}

/* The earliest alarm due by then that has not rung. */
static inline struct story_alarm *
story_due(struct story *s, int64_t time_us)
{
    struct story_alarm *due = NULL;

    LIST_EACH (struct story_alarm, a, &s->alarms)
        if (!a->has_rung && a->alarm.due_us <= time_us &&
            (!due || a->alarm.due_us < due->alarm.due_us))
            due = a;
    return due;
}

/* Moves the clock; alarms ring on the way, and the last one's outcome is kept. */
static inline void
story_later(struct story *s, int64_t time_us)
{
    struct actor speaker = s->actor;

    s->actor = (struct actor){ 0 };
    for (struct story_alarm *due; (due = story_due(s, time_us));) {
        due->has_rung = true;
        if (due->alarm.due_us > s->now_us)
            s->now_us = due->alarm.due_us;
        story_send(s, due->subject, due->alarm.message);
    }
    s->actor = speaker;
    s->now_us = time_us;
}

/* ------------------------------------------------------------------ what came of it */

/* "FundingAgreed, CeilingReserved", or why not: "SAME_PERSON", "NOT_NOW"; "" when nothing happened
 */
static inline const char *
story_result(struct story *s)
{
    const char *text = "";

    if (s->last.reason)
        return proto_enum_word(&wire__reason__descriptor, s->last.reason);
    if (s->last.refusal)
        return proto_enum_word(s->service->refusals, s->last.refusal);
    LIST_EACH (const struct happened, h, &s->last.happened)
        text = arena_format(s->arena, "%s%s%s", text, *text ? ", " : "",
                            h->event->descriptor->short_name);
    return text;
}

/* The nth event that happened, to be cast to its type. */
static inline const void *
story_event(struct story *s, size_t nth)
{
    if (nth >= s->last.happened.count)
        fail_msg("only this happened: %s", story_result(s));
    return ((const struct happened *) list_at(&s->last.happened, nth))->event;
}

/* Is the agency a party of the nth event? */
static inline bool
story_is_party(struct story *s, size_t nth, unsigned agency)
{
    const struct happened *h = list_at(&s->last.happened, nth);
    struct uuid id = ID(agency);

    for (size_t i = 0; i < h->party_count; i++)
        if (uuid_equal(&h->parties[i], &id))
            return true;
    return false;
}

/* Exactly these events, in this order: "FundingAgreed, CeilingReserved". */
#define assert_happened(s, events) _assert_string_equal(story_result(s), events, __FILE__, __LINE__)

/* Refused by the service or by the runtime, for this reason, and nothing happened. */
#define assert_refused(s, name)                                                                    \
    do {                                                                                           \
        _assert_string_equal(story_result(s), name, __FILE__, __LINE__);                           \
        assert_true((s)->last.reason || (s)->last.refusal);                                        \
        assert_int_equal((s)->last.happened.count, 0);                                             \
    } while (0)

/* ------------------------------------------------------------------ legal moves */

struct legal_move {
    int from;
    const ProtobufCMessageDescriptor *event;
    int to;
};

static inline bool
story_is_legal(const struct legal_move *moves, int from, const ProtobufCMessageDescriptor *event,
               int to)
{
    for (; moves->event; moves++)
        if (moves->from == from && moves->event == event && (to < 0 || moves->to == to))
            return true;
    return false;
}

/* Walks every state of the kind with every event of the service: what is listed (closed by a zero
 * row) is a move, with a reason; nothing else is. */
static inline void
assert_only_these_moves(const struct service *service, const struct kind *kind,
                        const struct legal_move *legal)
{
    size_t prefix = strlen(service->package), moves = 0, listed = 0;

    for (const struct legal_move *m = legal; m->event; m++)
        listed++;
    for (unsigned i = 0; i < kind->states->n_values; i++) {
        int from = kind->states->values[i].value;

        for (const struct word *w = proto_words; w < proto_words + proto_word_count; w++) {
            const struct transition *t;

            if (w->kind != WORD_EVENT || strncmp(w->name, service->package, prefix) != 0)
                continue;
            t = transition_find(kind, from, w->message);
            moves += t != NULL;
            if (t ? !story_is_legal(legal, from, w->message, t->to)
                  : story_is_legal(legal, from, w->message, -1))
                fail_msg("%s in state %d: %s %s", kind->name, from, w->name,
                         t ? "happens, and must not, or not so" : "must be able to happen");
            if (t && (!t->because || !*t->because))
                fail_msg("%s in state %d: %s has no reason", kind->name, from, w->name);
        }
    }
    assert_int_equal(moves, listed);
}

#endif
