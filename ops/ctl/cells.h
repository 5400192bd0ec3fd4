/* ops/ctl/cells.h - the fields of a message as cells of a row.
 *
 * Shapes     a cell each for texts, numbers, truths, enums (their word), bytes (hex), times (RFC 3339), dates, and
 *            documents (number and symbol); lists of texts are joined by "; ". What is none of these has no cell.
 * Ownership  texts lie in the arena.
 */
#ifndef SANGKIEN_CTL_CELLS_H
#define SANGKIEN_CTL_CELLS_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

#include "common/arena.h"

bool cell_is_for(const ProtobufCFieldDescriptor *field);
const char *cell_of(struct arena *arena, const ProtobufCMessage *message,
                    const ProtobufCFieldDescriptor *field);

#endif
