/* tests/unit/config.c - settings from the environment, and how they are shown. */
#include "common/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/sangkien-unit-config.XXXXXX";
static char *shown;

static void
write_file(const char *bytes, size_t size, mode_t mode)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void
write_text(const char *text)
{
    write_file(text, strlen(text), 0600);
}

static void
refused(const char *reason)
{
    struct config config;

    assert_int_equal(config_load(&config), ERR_FATAL);
    if (!strstr(err_text(), reason))
        fail_msg("\"%s\" does not say \"%s\"", err_text(), reason);
}

static struct config
loaded(void)
{
    struct config config;

    if (config_load(&config) != 0)
        fail_msg("%s", err_text());
    return config;
}

static const char *
show(const struct config *config)
{
    size_t size;
    FILE *out;

    free(shown);
    shown = NULL;
    out = open_memstream(&shown, &size);
    assert_non_null(out);
    if (config)
        config_print(config, out);
    else
        config_describe(out);
    assert_int_equal(fclose(out), 0);
    return shown;
}

static void
shows(const struct config *config, const char *text)
{
    if (!strstr(show(config), text))
        fail_msg("\"%s\" is not in:\n%s", text, shown);
}

static void
nothing_set_gives_the_defaults(void **state)
{
    struct config config = loaded();

    (void) state;
    assert_string_equal(config.db_dsn, "");
    assert_string_equal(config.health, "");
    assert_string_equal(config.clock_file, "");
    assert_string_equal(config.listen, "tcp://127.0.0.1:7301");
    assert_string_equal(config.listen_inner, "tcp://127.0.0.1:7302");
    assert_string_equal(config.gateway, "tcp://127.0.0.1:7302");
    assert_string_equal(config.log_level, "info");
    assert_string_equal(config.mail_languages, "vi,en");
    assert_string_equal(config.mail_domain, "localhost");
    assert_int_equal(config.batch_max, 256);
    assert_int_equal(config.credit, 2048);
    assert_int_equal(config.poll_ms, 250);
    assert_int_equal(config.heartbeat_ms, 1000);
    assert_int_equal(config.system_inflight, 2048);
    assert_int_equal(config.system_inflight_bytes, 16 * 1024 * 1024);
    assert_int_equal(config.global_inflight_bytes, 128 * 1024 * 1024);
    assert_int_equal(config.mail_retry_seconds, 60);
    assert_int_equal(config.mail_attempts, 100);
}

static void
the_environment_is_heard(void **state)
{
    struct config config;

    (void) state;
    setenv("SANGKIEN_DB_DSN", "dbname=sangkien", 1);
    setenv("SANGKIEN_BATCH_MAX", "12", 1);
    setenv("SANGKIEN_MAIL_LANGUAGES", "", 1);
    config = loaded();
    setenv("SANGKIEN_DB_DSN", "changed later", 1);
    assert_string_equal(config.db_dsn, "dbname=sangkien");
    assert_int_equal(config.batch_max, 12);
    assert_string_equal(config.mail_languages, "");
}

static void
a_value_may_come_from_a_file_without_its_last_newline(void **state)
{
    struct config config;

    (void) state;
    write_text("dbname=from file\n\n");
    setenv("SANGKIEN_DB_DSN_FILE", path, 1);
    config = loaded();
    assert_string_equal(config.db_dsn, "dbname=from file\n");
    write_text("77\n");
    setenv("SANGKIEN_CREDIT_FILE", path, 1);
    config = loaded();
    assert_int_equal(config.credit, 77);
}

static void
a_value_given_twice_is_refused(void **state)
{
    (void) state;
    write_text("77");
    setenv("SANGKIEN_CREDIT", "77", 1);
    setenv("SANGKIEN_CREDIT_FILE", path, 1);
    refused("SANGKIEN_CREDIT_FILE");
}

static void
a_misspelt_setting_is_refused(void **state)
{
    (void) state;
    setenv("SANGKIEN_DB_DNS", "dbname=sangkien", 1);
    refused("SANGKIEN_DB_DNS");
}

static void
a_name_that_is_too_short_or_goes_on_is_refused(void **state)
{
    static const char *const names[] = { "SANGKIEN_",        "SANGKIEN_CREDI",
                                         "SANGKIEN_CREDITS", "SANGKIEN_CLOCK",
                                         "SANGKIEN_SMTP_CA", "SANGKIEN_CREDIT_FILE_FILE",
                                         "SANGKIEN_credit" };

    (void) state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        setenv(names[i], "1", 1);
        refused(names[i]);
        unsetenv(names[i]);
    }
}

static void
names_of_files_stay_names(void **state)
{
    struct config config;

    (void) state;
    setenv("SANGKIEN_CLOCK_FILE", "/nowhere/clock", 1);
    setenv("SANGKIEN_SMTP_CA_FILE", "/nowhere/ca", 1);
    setenv("SANGKIEN_SECRET_KEY", "/nowhere/key", 1);
    config = loaded();
    assert_string_equal(config.clock_file, "/nowhere/clock");
    assert_string_equal(config.smtp_ca_file, "/nowhere/ca");
    assert_string_equal(config.secret_key, "/nowhere/key");
}

static void
a_name_of_a_file_has_no_file_of_its_own(void **state)
{
    static const char *const names[] = {
        "SANGKIEN_CLOCK_FILE_FILE",  "SANGKIEN_SMTP_CA_FILE_FILE", "SANGKIEN_SECRET_KEY_FILE",
        "SANGKIEN_WORKER_KEYS_FILE", "SANGKIEN_RECEIPT_KEY_FILE",  "SANGKIEN_FIRST_OPERATOR_FILE"
    };

    (void) state;
    write_text("x");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        setenv(names[i], path, 1);
        refused(names[i]);
        unsetenv(names[i]);
    }
}

static void
a_number_is_digits_within_its_range(void **state)
{
    static const char *const wrong[] = {
        "", " 5", "5 ", "+5", "-5", "0", "401", "5k", "0x10", "1e3", "99999999999999999999", "5\n"
    };

    (void) state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        setenv("SANGKIEN_BATCH_MAX", wrong[i], 1);
        refused("SANGKIEN_BATCH_MAX");
    }
    setenv("SANGKIEN_BATCH_MAX", "400", 1);
    assert_int_equal(loaded().batch_max, 400);
}

static void
a_file_that_cannot_be_a_value_is_refused(void **state)
{
    static char large[70000];

    (void) state;
    setenv("SANGKIEN_DB_DSN_FILE", "/nowhere/at/all", 1);
    refused("/nowhere/at/all");
    setenv("SANGKIEN_DB_DSN_FILE", "/tmp", 1);
    refused("SANGKIEN_DB_DSN_FILE");
    setenv("SANGKIEN_DB_DSN_FILE", path, 1);
    write_file("a\0b", 3, 0600);
    refused("NUL");
    memset(large, 'x', sizeof(large));
    write_file(large, sizeof(large), 0600);
    refused("too long");
}

static void
a_secret_in_a_file_that_others_may_read_is_refused(void **state)
{
    (void) state;
    write_file("secret\n", 7, 0644);
    setenv("SANGKIEN_SMTP_PASSWORD_FILE", path, 1);
    refused("others may read");
    write_file("secret\n", 7, 0600);
    assert_string_equal(loaded().smtp_password, "secret");
}

static void
a_secret_file_is_a_regular_file_of_ours_alone(void **state)
{
    (void) state;
    write_file("secret\n", 7, 0600);
    assert_int_equal(config_secret_file("SANGKIEN_SECRET_KEY", path), 0);
    write_file("secret\n", 7, 0400);
    assert_int_equal(config_secret_file("SANGKIEN_SECRET_KEY", path), 0);
    write_file("secret\n", 7, 0640);
    assert_int_equal(config_secret_file("SANGKIEN_SECRET_KEY", path), ERR_FATAL);
    assert_non_null(strstr(err_text(), "SANGKIEN_SECRET_KEY"));
    write_file("secret\n", 7, 0601);
    assert_int_equal(config_secret_file("SANGKIEN_SECRET_KEY", path), ERR_FATAL);
    assert_int_equal(config_secret_file("SANGKIEN_SECRET_KEY", "/tmp"), ERR_FATAL);
    assert_int_equal(config_secret_file("SANGKIEN_SECRET_KEY", "/nowhere"), ERR_FATAL);
}

static void
a_secret_file_of_somebody_else_is_refused(void **state)
{
    (void) state;
    if (geteuid() != 0)
        skip(); /* only root can give a file away */
    write_file("secret\n", 7, 0600);
    assert_int_equal(chown(path, 12345, 12345), 0);
    assert_int_equal(config_secret_file("SANGKIEN_SECRET_KEY", path), ERR_FATAL);
    assert_non_null(strstr(err_text(), "somebody else"));
    assert_int_equal(chown(path, 0, 0), 0);
}

static void
every_setting_is_shown_with_where_it_came_from(void **state)
{
    struct config config;

    (void) state;
    write_text("debug");
    setenv("SANGKIEN_LOG_LEVEL_FILE", path, 1);
    setenv("SANGKIEN_POLL_MS", "500", 1);
    config = loaded();
    shows(&config, "SANGKIEN_CREDIT=2048 (default)\n");
    shows(&config, "SANGKIEN_POLL_MS=500 (environment)\n");
    shows(&config, "SANGKIEN_LOG_LEVEL=debug (/tmp/sangkien-unit-config.");
    shows(&config, "SANGKIEN_HEALTH= (default)\n");
    shows(NULL, "SANGKIEN_CREDIT ");
    shows(NULL, "SANGKIEN_CLOCK_FILE ");
}

static void
no_password_is_shown(void **state)
{
    static const struct {
        const char *dsn;
        const char *shown;
    } rows[] = {
        { "dbname=s password=hunter2 user=u", "dbname=s password=*** user=u" },
        { "password = 'hun\\'ter 2' user=u", "password=*** user=u" },
        { "password=hunter\\ 2&x user=u", "password=*** user=u" },
        { "password=a\\ password = 'hunter2' user=u", "password=*** user=u" },
        { "sslpassword=hunter2", "sslpassword=***" },
        { "PASSWORD=hunter2", "password=***" },
        { "password='hunter2", "password=***" },
        { "password=hunter2", "password=***" },
        { "password=", "password=***" },
        { "host=/run password=a://hunter2&b user=u", "host=/run password=*** user=u" },
        { "postgresql://u:hunter2@h/s", "postgresql://u:***@h/s" },
        { "postgresql://u:hunt@er/2@h/s", "postgresql://u:***@h/s" },
        { "postgresql://u:@h/s", "postgresql://u:***@h/s" },
        { "postgresql://u@h:5432/s", "postgresql://u@h:5432/s" },
        { "postgres:///s?user=u&password=hunter2&sslmode=require",
          "postgres:///s?user=u&password=***&sslmode=require" },
        { "postgresql://u:hunter2@h/s?password=hunter2", "postgresql://u:***@h/s?password=***" },
        { "postgresql://password=a:b&hunter2@h/s", "postgresql://password=***@h/s" },
        { "dbname=s\nuser=u", "dbname=s?user=u" },
    };

    (void) state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct config config;
        char line[256];

        setenv("SANGKIEN_DB_DSN", rows[i].dsn, 1);
        config = loaded();
        snprintf(line, sizeof(line), "SANGKIEN_DB_DSN=%s (environment)\n", rows[i].shown);
        shows(&config, line);
        assert_null(strstr(shown, "hun"));
    }
}

static void
a_secret_is_shown_only_as_being_there(void **state)
{
    struct config config;

    (void) state;
    config = loaded();
    shows(&config, "SANGKIEN_SMTP_PASSWORD= (default)\n");
    setenv("SANGKIEN_SMTP_PASSWORD", "hunter2", 1);
    setenv("SANGKIEN_SMTP_URL", "smtp://u:hunter2@relay:587", 1);
    config = loaded();
    assert_string_equal(config.smtp_password, "hunter2");
    shows(&config, "SANGKIEN_SMTP_PASSWORD=*** (environment)\n");
    shows(&config, "SANGKIEN_SMTP_URL=smtp://u:***@relay:587 (environment)\n");
    assert_null(strstr(shown, "hunter2"));
}

static int
start_with_nothing(void **state)
{
    (void) state;
    return clearenv();
}

static int
make_file(void **state)
{
    int fd = mkstemp(path);

    (void) state;
    return fd < 0 ? -1 : close(fd);
}

static int
remove_file(void **state)
{
    (void) state;
    free(shown);
    return unlink(path);
}

#define TEST(name) cmocka_unit_test_setup(name, start_with_nothing)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_set_gives_the_defaults),
        TEST(the_environment_is_heard),
        TEST(a_value_may_come_from_a_file_without_its_last_newline),
        TEST(a_value_given_twice_is_refused),
        TEST(a_misspelt_setting_is_refused),
        TEST(a_name_that_is_too_short_or_goes_on_is_refused),
        TEST(names_of_files_stay_names),
        TEST(a_name_of_a_file_has_no_file_of_its_own),
        TEST(a_number_is_digits_within_its_range),
        TEST(a_file_that_cannot_be_a_value_is_refused),
        TEST(a_secret_in_a_file_that_others_may_read_is_refused),
        TEST(a_secret_file_is_a_regular_file_of_ours_alone),
        TEST(a_secret_file_of_somebody_else_is_refused),
        TEST(every_setting_is_shown_with_where_it_came_from),
        TEST(no_password_is_shown),
        TEST(a_secret_is_shown_only_as_being_there),
    };

    return cmocka_run_group_tests(tests, make_file, remove_file);
}
