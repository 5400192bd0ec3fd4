/* common/err.h - what went wrong, said once, where it is known.
 *
 * Errors     0 is success. A code is named by what the caller does about it.
 * Threads    the text belongs to the thread that set it.
 */
#ifndef SANGKIEN_COMMON_ERR_H
#define SANGKIEN_COMMON_ERR_H

enum err {
    ERR_NOT_FOUND = -1, /* nothing there: often an answer, not a fault */
    ERR_RETRY = -2,     /* roll back, do the whole thing again */
    ERR_POISON = -3,    /* this input will always fail: take it out of the way */
    ERR_FATAL = -4,     /* stop, and say why */
};

#define MUST_CHECK __attribute__((warn_unused_result))
#define CLEANUP(release) __attribute__((cleanup(release)))

/* Records the reason and returns the code. */
int err_set(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts words in front of the recorded reason: err_add(code, "cannot open %s", name). Returns the code. */
int err_add(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The last reason of this thread; "" when there was none. */
const char *err_text(void);

/* "retry", "fatal" ... */
const char *err_name(int code);

#endif
