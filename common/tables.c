/* common/tables.c - checks the tables of a service at start, and draws them. */
#include "common/tables.h"

#include <string.h>

#include "common/proto.h"

static int
check_handlers(const struct service *service, const struct kind *kind)
{
    for (const struct handler *h = kind->handlers; h->message; h++) {
        const struct kind *owner;

        if (service_handler(service, h->message, &owner) != h)
            return err_set(ERR_FATAL, "%s: %s is handled twice", kind->name, h->message->name);
        if (!h->decide || !h->who)
            return err_set(ERR_FATAL, "%s: %s says not who may, or not what follows", kind->name,
                           h->message->name);
        if (!proto_word(h->message->name))
            return err_set(ERR_FATAL, "%s: %s is not in the vocabulary", kind->name,
                           h->message->name);
    }
    return 0;
}

static int
check_transitions(const struct kind *kind)
{
    for (const struct transition *t = kind->transitions; t->event; t++) {
        const struct word *word = proto_word_of(t->event);

        if (transition_find(kind, t->from, t->event) != t)
            return err_set(ERR_FATAL, "%s: two rows for state %d and %s", kind->name, t->from,
                           t->event->name);
        if (!t->because || !t->because[0])
            return err_set(ERR_FATAL, "%s: no reason for %s", kind->name, t->event->name);
        if (!word || word->kind != WORD_EVENT)
            return err_set(ERR_FATAL, "%s: %s is no event", kind->name, t->event->name);
        if (t->to == NOTHING || !protobuf_c_enum_descriptor_get_value(kind->states, t->to))
            return err_set(ERR_FATAL, "%s: %s leads to no state", kind->name, t->event->name);
    }
    return 0;
}

/* Walks from nothing along the rows; a row that starts where nobody can get is a mistake. */
static int
check_reachable(const struct kind *kind)
{
    enum { MOST_STATES = 64 };
    bool reached[MOST_STATES] = { [NOTHING] = true };
    bool more = true;

    while (more) {
        more = false;
        for (const struct transition *t = kind->transitions; t->event; t++)
            if (t->from >= 0 && t->from < MOST_STATES && t->to < MOST_STATES && reached[t->from] &&
                !reached[t->to])
                more = reached[t->to] = true;
    }
    for (const struct transition *t = kind->transitions; t->event; t++)
        if (t->from < 0 || t->from >= MOST_STATES || !reached[t->from])
            return err_set(ERR_FATAL, "%s: nobody gets to the state in which %s may happen",
                           kind->name, t->event->name);
    return 0;
}

static int
check_refusals(const struct service *service)
{
    for (unsigned i = 0; service->refusals && i < service->refusals->n_values; i++) {
        int refusal = service->refusals->values[i].value;
        const struct refusal_text *t = service->refusal_texts;

        while (t && t->sentence && t->refusal != refusal)
            t++;
        if (refusal && !(t && t->sentence && t->sentence[0]))
            return err_set(ERR_FATAL, "no sentence for %s", service->refusals->values[i].name);
    }
    return 0;
}

static int
check_queries(const struct service *service)
{
    for (const struct query *q = service->queries; q && q->ask; q++)
        if (!q->response || !q->kind == !q->select)
            return err_set(ERR_FATAL, "%s: a query has a response, and either a kind or a select",
                           q->ask->name);
    return 0;
}

int
tables_check(const struct service *service)
{
    int rc = check_refusals(service);

    if (rc == 0)
        rc = check_queries(service);
    for (const struct kind *const *kind = service->kinds; *kind && rc == 0; kind++) {
        rc = check_handlers(service, *kind);
        if (rc == 0)
            rc = check_transitions(*kind);
        if (rc == 0)
            rc = check_reachable(*kind);
    }
    return rc;
}

static const char *
state_word(const struct kind *kind, int state)
{
    return state == NOTHING ? "[*]" : proto_enum_word(kind->states, state);
}

/* In a line of a diagram a colon or a semicolon would begin something else. */
static void
draw_reason(const char *reason, FILE *out)
{
    for (const char *c = reason; *c; c++)
        fputc(*c == ':' || *c == ';' ? ',' : *c, out);
}

void
tables_describe(const struct service *service, FILE *out)
{
    for (const struct kind *const *kind = service->kinds; *kind; kind++) {
        fprintf(out, "---\ntitle: %s.%s\n---\nstateDiagram-v2\n", service->name, (*kind)->name);
        for (const struct transition *t = (*kind)->transitions; t->event; t++) {
            fprintf(out, "    %s --> %s: %s (", state_word(*kind, t->from),
                    state_word(*kind, t->to), t->event->short_name);
            draw_reason(t->because, out);
            fprintf(out, ")\n");
        }
        fprintf(out, "\n");
    }
}
