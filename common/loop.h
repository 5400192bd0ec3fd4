/* common/loop.h - the writer's loop: commands in batches, what is heard between them, alarms that are due,
 * and what the service's own errand reports.
 *
 * Threads    loop_run has a thread of its own; loop_say may be called from any other.
 */
#ifndef SANGKIEN_COMMON_LOOP_H
#define SANGKIEN_COMMON_LOOP_H

#include "common/bus.h"
#include "common/process.h"

struct loop;

/* Connects, prepares every statement, reads the directory, says the first words of a new installation. */
int loop_open(const struct process *process, struct loop **ret_loop) MUST_CHECK;

/* From here on work comes by this bus. Runs until the bus is leaving and all is answered. */
void loop_run(struct loop *loop, struct bus *bus);
void loop_close(struct loop **loop_p);

/* Who waits for long is called now and then, and may show that he lives. */
struct waiting {
    void (*show_life)(void *context);
    void *context;
};

/* Has the service say a message to itself, and waits until it is decided; see errand_say. */
int loop_say(struct loop *loop, const char *programme, const struct uuid *subject,
             const struct uuid *id, const ProtobufCMessage *message,
             const struct waiting *waiting) MUST_CHECK;

#endif
