/* common/crash.h - named places where a process dies when it was told to: only in builds made for that.
 *
 * Shapes     CRASH_AT=point or CRASH_AT=point:n in the environment: SIGKILL when the process comes to that place for
 *            the nth time. In any other build a place is nothing, and nothing of this is linked.
 * Threads    any.
 * Source     the windows between the steps of ARCHITECTURE.md, "The path of a command".
 */
#ifndef SANGKIEN_COMMON_CRASH_H
#define SANGKIEN_COMMON_CRASH_H

void crash_here(const char *point);

#ifdef SANGKIEN_CRASHES
#define CRASH_POINT(point) crash_here(#point)
#else
#define CRASH_POINT(point) ((void) 0)
#endif

#endif
