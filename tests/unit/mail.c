/* tests/unit/mail.c - a mail's bytes, read back by GMime's parser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gmime/gmime.h>
#include <string.h>

#include "services/notifications/mail.h"

static struct arena *arena;

static int
set_up(void **state)
{
    (void) state;
    arena = arena_new();
    return 0;
}

static int
tear_down(void **state)
{
    (void) state;
    arena_free(&arena);
    return 0;
}

#define SUBJECT "[CCHC] Đề nghị hoàn thiện hồ sơ mô hình, sáng kiến trước ngày 31/01/2020"
#define TEXT "Kính gửi: Sở Y tế\n.\nThời hạn: trước ngày 31/01/2020.\nFrom here\n"

static struct mail
sample(void)
{
    return (struct mail){
        .notification = { { 1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 16 } },
        .from_name = "Cuộc thi \"Mô hình, sáng kiến cải cách hành chính\" lần thứ 4",
        .from = "sangkien@khanhhoa.gov.vn",
        .to_name = "Ủy ban nhân dân tỉnh Khánh Hòa",
        .to = "ubnd@khanhhoa.gov.vn",
        .domain = "khanhhoa.gov.vn",
        .written_us = INT64_C(1572566400000000),
        .said = { SUBJECT, TEXT, "<p>Kính gửi</p>\n" },
    };
}

static struct bytes
written(const struct mail *mail)
{
    struct bytes bytes = { 0 };

    if (mail_write(arena, mail, &bytes))
        fail_msg("%s", err_text());
    return bytes;
}

static GMimeMessage *
parsed(struct bytes bytes)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer((const char *) bytes.data, bytes.size);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

    g_object_unref(parser);
    g_object_unref(stream);
    assert_non_null(message);
    return message;
}

static const char *
as_text(struct bytes bytes)
{
    return arena_format(arena, "%.*s", (int) bytes.size, (const char *) bytes.data);
}

static size_t
count(const char *text, const char *what)
{
    size_t found = 0;

    for (const char *at = text; (at = strstr(at, what)); at++)
        found++;
    return found;
}

static void
the_subject_and_the_names_come_back_as_they_were(void **state)
{
    const struct mail mail = sample();
    GMimeMessage *message = parsed(written(&mail));
    InternetAddress *to = internet_address_list_get_address(g_mime_message_get_to(message), 0);
    InternetAddress *from = internet_address_list_get_address(g_mime_message_get_from(message), 0);

    (void) state;
    assert_string_equal(g_mime_message_get_subject(message), SUBJECT);
    assert_string_equal(internet_address_get_name(to), mail.to_name);
    assert_string_equal(internet_address_get_name(from), mail.from_name);
    assert_string_equal(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(to)), mail.to);
    assert_string_equal(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(from)),
                        mail.from);
    g_object_unref(message);
}

static void
the_headers_say_what_machine_mail_must_say(void **state)
{
    const struct mail mail = sample();
    GMimeMessage *message = parsed(written(&mail));
    GMimeObject *object = GMIME_OBJECT(message);

    (void) state;
    assert_string_equal(g_mime_message_get_message_id(message),
                        "01020304-0506-7008-800a-0b0c0d0e0f10@khanhhoa.gov.vn");
    assert_string_equal(g_mime_object_get_header(object, "Auto-Submitted"), "auto-generated");
    assert_string_equal(g_mime_object_get_header(object, "List-Id"),
                        "<notifications.khanhhoa.gov.vn>");
    assert_string_equal(g_mime_object_get_header(object, "X-Notification-Id"),
                        "01020304-0506-7008-800a-0b0c0d0e0f10");
    assert_int_equal(g_date_time_to_unix(g_mime_message_get_date(message)), 1572566400);
    g_object_unref(message);
}

static const char *
body(GMimeMultipart *multipart, int nth, const char *subtype)
{
    GMimeObject *part = g_mime_multipart_get_part(multipart, nth);
    char *text;
    const char *kept;

    assert_true(g_mime_content_type_is_type(g_mime_object_get_content_type(part), "text", subtype));
    assert_int_equal(g_mime_part_get_content_encoding(GMIME_PART(part)),
                     GMIME_CONTENT_ENCODING_BASE64);
    text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
    kept = arena_text(arena, text);
    g_free(text);
    return kept;
}

static void
the_text_comes_first_and_then_the_html(void **state)
{
    const struct mail mail = sample();
    GMimeMessage *message = parsed(written(&mail));
    GMimeMultipart *multipart = GMIME_MULTIPART(g_mime_message_get_mime_part(message));

    (void) state;
    assert_int_equal(g_mime_multipart_get_count(multipart), 2);
    assert_string_equal(
        body(multipart, 0, "plain"),
        "Kính gửi: Sở Y tế\r\n.\r\nThời hạn: trước ngày 31/01/2020.\r\nFrom here\r\n");
    assert_string_equal(body(multipart, 1, "html"), "<p>Kính gửi</p>\r\n");
    g_object_unref(message);
}

static void
every_byte_is_plain_ascii_and_every_line_short_and_ended_by_crlf(void **state)
{
    const struct mail mail = sample();
    const struct bytes bytes = written(&mail);
    size_t line = 0;

    (void) state;
    for (size_t i = 0; i < bytes.size; i++) {
        assert_true(bytes.data[i] < 0x80);
        if (bytes.data[i] == '\n') {
            assert_true(i > 0 && bytes.data[i - 1] == '\r');
            line = 0;
        } else {
            assert_true(++line <= 78 + 1);
        }
        if (bytes.data[i] == '\r')
            assert_true(i + 1 < bytes.size && bytes.data[i + 1] == '\n');
    }
}

static void
no_encoded_word_is_longer_than_75_characters(void **state)
{
    const struct mail mail = sample();
    const char *at = as_text(written(&mail));
    size_t words = 0;

    (void) state;
    for (; (at = strstr(at, "=?")); words++) {
        const char *charset_end = strchr(at + 2, '?');
        const char *end = strstr(charset_end + 3, "?=");

        assert_non_null(end);
        assert_true(end + 2 - at <= 75);
        at = end + 2;
    }
    assert_true(words >= 3);
}

/* The bytes that an encoded word stands for. */
static const char *
decoded(const char *word, const char *end)
{
    char *base64 = g_strndup(word, (gsize) (end - word));
    gsize size;
    guchar *bytes = g_base64_decode(base64, &size);
    const char *text = arena_format(arena, "%.*s", (int) size, (const char *) bytes);

    g_free(bytes);
    g_free(base64);
    return text;
}

static void
an_encoded_word_splits_no_character_and_only_the_last_one_is_padded(void **state)
{
    struct mail mail = sample();
    const char *at;
    const char *joined = "";

    (void) state;
    mail.said.subject =
        "Ủy ban nhân dân tỉnh Khánh Hòa đề nghị hoàn thiện hồ sơ mô hình, sáng kiến cải cách "
        "hành chính của công chức, viên chức trẻ";
    at = strstr(as_text(written(&mail)), "\nSubject:");
    for (; (at = strstr(at, "=?UTF-8?B?")) && strlen(joined) < strlen(mail.said.subject);) {
        const char *end = strstr(at += strlen("=?UTF-8?B?"), "?=");
        const char *text = decoded(at, end);

        assert_true(g_utf8_validate(text, -1, NULL));
        joined = arena_format(arena, "%s%s", joined, text);
        if (strlen(joined) < strlen(mail.said.subject))
            assert_true(end[-1] != '=');
    }
    assert_string_equal(joined, mail.said.subject);
}

static void
a_line_break_in_what_people_wrote_makes_no_header(void **state)
{
    struct mail mail = sample();
    const char *text;

    (void) state;
    mail.said.subject = "Hồ sơ\r\nBcc: evil@example.com\r\n\r\nbody";
    mail.to_name = "Sở\r\nBcc: evil@example.com";
    mail.from_name = "Cuoc thi\nBcc: evil@example.com";
    text = as_text(written(&mail));
    assert_null(strstr(text, "\nBcc:"));
    assert_int_equal(count(text, "\nSubject:"), 1);
    assert_int_equal(count(text, "\nTo:") + (strncmp(text, "To:", 3) == 0), 1);
}

static void
a_mail_with_an_address_that_is_none_is_not_written(void **state)
{
    struct bytes bytes = { 0 };
    struct mail mail = sample();

    (void) state;
    mail.to = "ubnd@khanhhoa.gov.vn\r\nRCPT TO:<evil@example.com>";
    assert_int_equal(mail_write(arena, &mail, &bytes), ERR_POISON);
    mail = sample();
    mail.domain = "khanhhoa.gov.vn>\r\nBcc: evil@example.com";
    assert_int_equal(mail_write(arena, &mail, &bytes), ERR_POISON);
    assert_null(bytes.data);
}

static void
the_same_notification_always_has_the_same_message_id(void **state)
{
    struct mail mail = sample();
    GMimeMessage *first = parsed(written(&mail));
    GMimeMessage *second;

    (void) state;
    mail.written_us += 3600 * INT64_C(1000000);
    second = parsed(written(&mail));
    assert_string_equal(g_mime_message_get_message_id(first),
                        g_mime_message_get_message_id(second));
    g_object_unref(first);
    g_object_unref(second);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_subject_and_the_names_come_back_as_they_were),
        TEST(the_headers_say_what_machine_mail_must_say),
        TEST(the_text_comes_first_and_then_the_html),
        TEST(every_byte_is_plain_ascii_and_every_line_short_and_ended_by_crlf),
        TEST(no_encoded_word_is_longer_than_75_characters),
        TEST(an_encoded_word_splits_no_character_and_only_the_last_one_is_padded),
        TEST(a_line_break_in_what_people_wrote_makes_no_header),
        TEST(a_mail_with_an_address_that_is_none_is_not_written),
        TEST(the_same_notification_always_has_the_same_message_id),
    };
    int failed;

    mail_start();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    mail_stop();
    return failed;
}
