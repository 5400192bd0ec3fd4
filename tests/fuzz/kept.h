/* tests/fuzz/kept.h - what must be true of bytes that the scanner let pass, found by other means than the scanner's.
 *
 * Errors     what is not so ends the process, with a word on what it was.
 */
#ifndef SANGKIEN_TESTS_FUZZ_KEPT_H
#define SANGKIEN_TESTS_FUZZ_KEPT_H

#include "common/arena.h"
#include "common/proto.h"

/* Of the bytes: known fields only, none twice, neither too deep nor too many. */
void kept_in_bytes(const struct word *word, struct bytes bytes);

/* Of the message: what limits.proto says of each field. */
void kept_in_message(const struct word *word, const ProtobufCMessage *message);

#endif
