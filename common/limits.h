/* common/limits.h - bounds that more than one service keeps.
 *
 * Whatever names all entries of a round at once, with the longest codes there can be, is to reach everybody who listens:
 * who changes one of these looks at the others.
 */
#ifndef SANGKIEN_COMMON_LIMITS_H
#define SANGKIEN_COMMON_LIMITS_H

enum {
    ROUND_MOST_ENTRIES = 300,
    FRAME_MOST_BYTES = 65536 - 128, /* of events; with what stands before them at most 64 KiB */
};

#endif
