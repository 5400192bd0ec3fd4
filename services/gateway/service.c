/* services/gateway/service.c - the gateway as the one main() sees it. */
#include "common/service.h"

#include "services/gateway/door.h"
#include "services/gateway/feed.h"

extern const struct service gateway_service;

static int
gateway_serve(struct process *process)
{
    struct door *door = NULL;
    int rc = door_open(process, &door);

    if (rc == 0 && process->only_check)
        rc = feed_check(process->config);
    else if (rc == 0)
        rc = door_run(door);
    door_close(&door);
    return rc == 0 ? 0 : ERR_FATAL;
}

static const struct kind *const no_kinds[] = { NULL };

const struct service gateway_service = {
    .name = "gateway",
    .package = "sangkien.gateway.v1",
    .kinds = no_kinds,
    .serve = gateway_serve,
};
