/* ops/ctl/pages.h - asks a List for all of its pages, one after the other.
 *
 * Errors     an exit code, after saying on standard error what went wrong.
 * Ownership  an answer lies in the arena.
 */
#ifndef SANGKIEN_CTL_PAGES_H
#define SANGKIEN_CTL_PAGES_H

#include "ops/ctl/client.h"

struct listing {
    const struct settings *settings;
    const ProtobufCMessageDescriptor *ask;
    const ProtobufCMessageDescriptor *response;
    const char *subject; /* "" for none */
};

/* The listing of a query's name, "submissions.ListEntries"; ERR_NOT_FOUND: that is no List. */
int listing_of(struct arena *arena, const char *name, struct listing *ret_listing) MUST_CHECK;

/* The rows of an answer: its repeated field of messages. */
const ProtobufCFieldDescriptor *listing_rows(const struct listing *listing);

int pages_each(struct client *client, struct arena *arena, const struct listing *listing,
               void (*take)(void *context, ProtobufCMessage *const *rows, size_t count),
               void *context);

#endif
