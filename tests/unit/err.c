/* tests/unit/err.c - the recorded reason. */
#include "common/err.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void
a_reason_is_kept_and_the_code_comes_back(void **state)
{
    (void) state;
    assert_int_equal(err_set(ERR_RETRY, "no answer from %s", "the server"), ERR_RETRY);
    assert_string_equal(err_text(), "no answer from the server");
}

static void
words_are_put_in_front(void **state)
{
    (void) state;
    err_set(ERR_FATAL, "no such file");
    assert_int_equal(err_add(ERR_FATAL, "cannot open %s", "key"), ERR_FATAL);
    assert_string_equal(err_text(), "cannot open key: no such file");
}

static void
a_reason_is_one_line(void **state)
{
    (void) state;
    err_set(ERR_RETRY, "cannot connect: %s", "no such file\n\tIs it there?\n");
    assert_string_equal(err_text(), "cannot connect: no such file  Is it there?");
    err_add(ERR_RETRY, "twice\n");
    assert_null(strchr(err_text(), '\n'));
}

static void
a_reason_may_quote_the_one_before(void **state)
{
    (void) state;
    err_set(ERR_RETRY, "first");
    err_set(ERR_POISON, "second after <%s>", err_text());
    assert_string_equal(err_text(), "second after <first>");
}

static void
a_long_reason_is_cut_but_stays_a_text(void **state)
{
    char words[700];

    (void) state;
    memset(words, 'x', sizeof(words) - 1);
    words[sizeof(words) - 1] = '\0';
    err_set(ERR_FATAL, "%s", words);
    err_add(ERR_FATAL, "%s", words);
    err_add(ERR_FATAL, "in front");
    assert_int_equal(strlen(err_text()), 1023);
    assert_memory_equal(err_text(), "in front: xxx", 13);
}

static void *
fail_elsewhere(void *ret_was_empty)
{
    *(int *) ret_was_empty = err_text()[0] == '\0';
    err_set(ERR_FATAL, "elsewhere");
    return NULL;
}

static void
a_reason_belongs_to_its_thread(void **state)
{
    pthread_t thread;
    int was_empty = 0;

    (void) state;
    err_set(ERR_RETRY, "here");
    assert_int_equal(pthread_create(&thread, NULL, fail_elsewhere, &was_empty), 0);
    pthread_join(thread, NULL);
    assert_true(was_empty);
    assert_string_equal(err_text(), "here");
}

static void
every_code_has_a_name(void **state)
{
    (void) state;
    assert_string_equal(err_name(0), "ok");
    assert_string_equal(err_name(ERR_NOT_FOUND), "not_found");
    assert_string_equal(err_name(ERR_RETRY), "retry");
    assert_string_equal(err_name(ERR_POISON), "poison");
    assert_string_equal(err_name(ERR_FATAL), "fatal");
    assert_string_equal(err_name(-77), "unknown");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reason_is_kept_and_the_code_comes_back),
        cmocka_unit_test(words_are_put_in_front),
        cmocka_unit_test(a_reason_is_one_line),
        cmocka_unit_test(a_reason_may_quote_the_one_before),
        cmocka_unit_test(a_long_reason_is_cut_but_stays_a_text),
        cmocka_unit_test(a_reason_belongs_to_its_thread),
        cmocka_unit_test(every_code_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
