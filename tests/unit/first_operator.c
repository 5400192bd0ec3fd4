/* tests/unit/first_operator.c - the first one who may enter anything, from a file. */
#include <unistd.h>

#include "common/config.h"
#include "tests/unit/directory_story.h"

#define FIRST_LINES                                                                                \
    "# the office that runs it\n\nagency_name = Trung tâm CNTT\nagency_code=H32.9\n"              \
    "  agency_email =  it@khanhhoa.gov.vn  \nperson_name = Lê An\nsystem_name = Console = 1\r\n"  \
    "public_key = " KEY_A "\n"

static int
read_words(struct story *s, const char *lines, size_t size, struct list *words)
{
    char path[] = "/tmp/sangkien-first-XXXXXX";
    int fd = mkstemp(path), rc;
    struct config config = { .first_operator = path };

    assert_true(fd >= 0);
    assert_int_equal(write(fd, lines, size), (ssize_t) size);
    close(fd);
    list_init(words, s->arena, sizeof(struct first_word));
    rc = directory_service.first_words(&config, s->arena, words);
    unlink(path);
    return rc;
}

static void
the_runtime_makes_the_first_operator_from_a_file(void **state)
{
    struct story fresh, *s = &fresh;
    struct list words;
    const struct peer_system *system;
    const struct agency *agency;
    const struct first_word *person;

    (void) state;
    story_begin(s, &directory_service, DIRECTORY_PROGRAMME);
    assert_int_equal(read_words(s, FIRST_LINES, strlen(FIRST_LINES), &words), 0);
    assert_int_equal(words.count, 4);
    LIST_EACH (const struct first_word, word, &words) {
        story_send(s, word->subject, word->message);
        assert_int_equal(s->last.happened.count, 1);
    }
    system = authority_system_by_key(s->authority, KEY_A);
    assert_non_null(system);
    assert_string_equal(system->name, "Console = 1");
    agency = authority_agency(s->authority, &system->agency);
    assert_string_equal(agency->name, "Trung tâm CNTT");
    assert_string_equal(agency->email, "it@khanhhoa.gov.vn");
    assert_string_equal(agency->code, "H32.9");
    person = list_at(&words, 1);
    assert_true(uuid_equal(authority_agency_of(s->authority, &person->subject), &agency->id));
    assert_true(authority_holds(s->authority, &person->subject, MAY(OPERATOR), DIRECTORY_PROGRAMME,
                                s->now_us));
    story_end(s);
}

static void
the_first_operators_ids_never_change(void **state)
{
    struct story *s = *state;
    struct list words, again;

    assert_int_equal(read_words(s, FIRST_LINES, strlen(FIRST_LINES), &words), 0);
    assert_int_equal(read_words(s, FIRST_LINES, strlen(FIRST_LINES), &again), 0);
    for (size_t i = 0; i < 4; i++) {
        const struct first_word *one = list_at(&words, i), *other = list_at(&again, i);

        assert_true(uuid_equal(&one->subject, &other->subject));
        for (size_t j = 0; j < i; j++)
            assert_false(
                uuid_equal(&one->subject, &((struct first_word *) list_at(&words, j))->subject));
    }
}

static void
a_file_that_is_not_quite_right_stops_the_start_and_says_why(void **state)
{
    static const struct {
        const char *lines;
        const char *why;
    } wrong_files[] = {
        { "", "agency_name is missing" },
        { "agency_name\n", "line 1: is not `key = value`" },
        { "agency_name = A\nagency_name = B\n", "line 2: agency_name is there twice" },
        { "agency_nam = A\n", "line 1: there is no such key" },
        { "agency_name = A\nagency_code =\nperson_name = P\n", "agency_code is missing" },
        { "agency_name = \xff\n", "agency_name is not UTF-8" },
        { "agency_name = Ho\xcc\x80"
          "a\n",
          "agency_name is not UTF-8 in NFC" },
        { "agency_name = A\x01\n", "agency_name is not UTF-8 in NFC without control" },
        { "agency_name = A\xc2\x85\n", "agency_name is not UTF-8 in NFC without control" },
        { "agency_name=A\nagency_code=C\nperson_name=P\nsystem_name=S\npublic_key=short\n",
          "public_key is not a CURVE key" },
        { "agency_name=A\nagency_code=C\nagency_email=x\nperson_name=P\nsystem_name=S\npublic_"
          "key=" KEY_A "\n",
          "agency_email is no ASCII address" },
        { "agency_name=A\nagency_code="
          "0123456789012345678901234567890123456789012345678901234567890123456789\n"
          "person_name=P\nsystem_name=S\npublic_key=" KEY_A "\n",
          "agency_code of RegisterAgency has more than 64 bytes" },
    };
    struct story *s = *state;
    struct list words;

    for (size_t i = 0; i < sizeof(wrong_files) / sizeof(*wrong_files); i++) {
        const char *lines = wrong_files[i].lines;

        assert_int_equal(read_words(s, lines, strlen(lines), &words), ERR_FATAL);
        if (!strstr(err_text(), wrong_files[i].why))
            fail_msg("\"%s\" does not say: %s", err_text(), wrong_files[i].why);
        assert_int_equal(words.count, 0);
    }
    assert_int_equal(read_words(s, "agency_name = A\0B\n", 18, &words), ERR_FATAL);
    assert_non_null(strstr(err_text(), "line 1: has a NUL"));
}

static void
without_a_file_there_is_no_first_operator_and_that_is_said(void **state)
{
    struct story *s = *state;
    struct config none = { .first_operator = "" },
                  missing = { .first_operator = "/nowhere/at/all" };
    struct list words;

    list_init(&words, s->arena, sizeof(struct first_word));
    assert_int_equal(directory_service.first_words(&none, s->arena, &words), ERR_FATAL);
    assert_non_null(strstr(err_text(), "SANGKIEN_FIRST_OPERATOR"));
    assert_int_equal(directory_service.first_words(&missing, s->arena, &words), ERR_FATAL);
    assert_non_null(strstr(err_text(), "/nowhere/at/all"));
}

/* clang-format off */
static const struct CMUnitTest tests[] = {
    TEST(the_runtime_makes_the_first_operator_from_a_file),
    TEST(the_first_operators_ids_never_change),
    TEST(a_file_that_is_not_quite_right_stops_the_start_and_says_why),
    TEST(without_a_file_there_is_no_first_operator_and_that_is_said),
};
/* clang-format on */

int
main(void)
{
    return cmocka_run_group_tests_name("unit.first_operator", tests, NULL, NULL);
}
