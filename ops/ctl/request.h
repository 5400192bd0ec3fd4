/* ops/ctl/request.h - from what somebody wants said to the exact bytes of a Request.
 *
 * Shapes     the same intent gives the same bytes, always: they are what the gateway compares.
 * Errors     ERR_POISON, with the member's name, for what cannot be in a Request.
 * Ownership  what is returned lies in the arena.
 */
#ifndef SANGKIEN_CTL_REQUEST_H
#define SANGKIEN_CTL_REQUEST_H

#include "common/id.h"
#include "ops/ctl/calls.h"
#include "ops/ctl/json.h"

/* What a Request has beside the intent. */
struct request_more {
    int64_t time_us; /* 0: none */
    int64_t min_position;
    bool validate_only;
};

/* The full name of a type: "submissions.CreateEntry" is sangkien.submissions.v1.CreateEntry.
 * ERR_NOT_FOUND: there is none. */
int request_type(struct arena *arena, const char *name, const char **ret_type) MUST_CHECK;

/* Of "HEAD" or "CAPACITY_HEAD"; "" is unspecified. */
int request_capacity(const char *name, int *ret_capacity) MUST_CHECK;

int request_pack(struct arena *arena, const struct intent *intent, const struct request_more *more,
                 struct bytes *ret_request) MUST_CHECK;

/* The id of an imported line: follows from everything that is said, and from nothing else. what
 * tells apart the ids that one line gives: "request", "subject". */
const char *request_derive_id(struct arena *arena, const char *what, const char *batch,
                              const struct intent *intent, const char *header, struct bytes line);

/* A call that is ready to be started. Its time begins now. */
void request_call(struct call *call, struct arena *arena, const char *id, struct bytes request,
                  int64_t timeout_ms);

#endif
