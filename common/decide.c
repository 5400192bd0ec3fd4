/* common/decide.c - the words in which a core speaks. Pure: memory only. */
#include "common/decide.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/service.h"

void
need(struct keys *keys, const struct kind *kind, struct uuid id)
{
    struct held *key = list_add(&keys->items);

    key->kind = kind;
    key->id = id;
}

void
need_state(struct keys *keys)
{
    keys->wants_state = true;
}

const void *
also(const struct given *given, size_t nth)
{
    assert(nth < given->also_count);
    return given->also[nth].state;
}

void *
new_event_on(struct events *out, const struct kind *kind, struct uuid id,
             const ProtobufCMessageDescriptor *event)
{
    struct said *said = list_add(&out->said);
    ProtobufCMessage *message = arena_zero(out->arena, event->sizeof_message);

    event->message_init(message);
    *said = (struct said){ kind, id, message };
    return message;
}

void *
new_event(struct events *out, const ProtobufCMessageDescriptor *event)
{
    return new_event_on(out, out->kind, out->subject, event);
}

int
wrong(struct events *out, int refusal, const char *field, const char *format, ...)
{
    struct violation *violation = list_add(&out->violations);
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    violation->field = arena_text(out->arena, field);
    violation->description = arena_text(out->arena, text);
    return refusal;
}

void
set_alarm(struct events *out, int64_t due_us, const void *message)
{
    set_alarm_on(out, out->kind, out->subject, due_us, message);
}

void
set_alarm_on(struct events *out, const struct kind *kind, struct uuid id, int64_t due_us,
             const void *message)
{
    struct alarm *alarm = list_add(&out->alarms);

    *alarm = (struct alarm){ due_us, message, kind, id };
}

void
put_aside(struct events *out, const struct table *table, const void *row)
{
    struct aside *aside = list_add(&out->asides);

    *aside = (struct aside){ table, row };
}

const char *
id_text(struct events *out, const struct uuid *id)
{
    return uuid_text(out->arena, id);
}

const struct transition *
transition_find(const struct kind *kind, int from, const ProtobufCMessageDescriptor *event)
{
    for (const struct transition *t = kind->transitions; t->event; t++)
        if (t->from == from && t->event == event)
            return t;
    return NULL;
}

const struct handler *
service_handler(const struct service *service, const ProtobufCMessageDescriptor *message,
                const struct kind **ret_kind)
{
    for (const struct kind *const *kind = service->kinds; *kind; kind++)
        for (const struct handler *h = (*kind)->handlers; h->message; h++)
            if (h->message == message) {
                *ret_kind = *kind;
                return h;
            }
    return NULL;
}
