/* common/reader.h - the thread that answers questions, and never writes.
 *
 * Threads    reader_run has a thread of its own.
 */
#ifndef SANGKIEN_COMMON_READER_H
#define SANGKIEN_COMMON_READER_H

#include "common/bus.h"
#include "common/process.h"

struct reader;

int reader_open(const struct process *process, struct reader **ret_reader) MUST_CHECK;
void reader_run(struct reader *reader, struct bus *bus);
void reader_close(struct reader **reader_p);

#endif
