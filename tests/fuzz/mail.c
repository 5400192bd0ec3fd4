/* tests/fuzz/mail.c - mails of made-up names, addresses and texts: read by another reader they have our headers, each
 * once, one recipient, and the text that was meant. */
#include <gmime/gmime.h>

#include "services/notifications/mail.h"
#include "tests/fuzz/input.h"

enum { MOST_LINE = 998 };

static const char *const header_names[] = {
    "From",    "To",           "Subject",        "Date",         "Message-Id",
    "List-Id", "MIME-Version", "Auto-Submitted", "Content-Type", "X-Notification-Id",
};
#define HEADERS (sizeof(header_names) / sizeof(*header_names))

/* ------------------------------------------------------------------ bytes */

/* Lines end in CRLF and nothing else does; none is too long; all is ASCII (RFC 5322 section 2). */
static void
look_at_lines(struct bytes mail)
{
    size_t line = 0;

    for (size_t i = 0; i < mail.size; i++) {
        uint8_t c = mail.data[i];

        PROMISE(c > 0 && c < 0x80, "byte %02x at %zu", c, i);
        PROMISE(c != '\n' || (i > 0 && mail.data[i - 1] == '\r'), "a bare line feed at %zu", i);
        PROMISE(c != '\r' || (i + 1 < mail.size && mail.data[i + 1] == '\n'),
                "a bare carriage return at %zu", i);
        line = c == '\n' ? 0 : line + 1;
        PROMISE(line <= MOST_LINE + 1, "a line of %zu characters at %zu", line, i);
    }
}

static size_t
header_at(const char *line, size_t size)
{
    for (size_t i = 0; i < HEADERS; i++) {
        size_t length = strlen(header_names[i]);

        if (size > length && line[length] == ':' &&
            g_ascii_strncasecmp(line, header_names[i], length) == 0)
            return i;
    }
    return HEADERS;
}

/* Up to the first empty line: these headers, each once; what begins with a space goes on with the one before. */
static void
look_at_headers(struct bytes mail)
{
    unsigned seen[HEADERS + 1] = { 0 };
    const char *at = (const char *) mail.data, *end = at + mail.size;

    while (at < end && *at != '\r') {
        const char *next = memchr(at, '\n', (size_t) (end - at));
        size_t size = next ? (size_t) (next - at) : 0;

        PROMISE(next, "the headers have no end");
        if (*at != ' ' && *at != '\t') {
            size_t header = header_at(at, size);

            PROMISE(header < HEADERS, "a header that is not ours: %.*s", (int) size, at);
            seen[header]++;
        }
        at = next + 1;
    }
    for (size_t i = 0; i < HEADERS; i++)
        PROMISE(seen[i] == 1, "%s: %u times", header_names[i], seen[i]);
}

/* ------------------------------------------------------------------ as its reader sees it */

static GMimeMessage *
parsed(struct bytes bytes)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer((const char *) bytes.data, bytes.size);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

    g_object_unref(parser);
    g_object_unref(stream);
    PROMISE(message, "this is no mail");
    return message;
}

/* The letters of a domain may come in either case: a label of other scripts (xn--) is read, and written anew. */
static bool
is_same_address(const char *one, const char *other)
{
    size_t local = strcspn(one, "@");

    return strncmp(one, other, local) == 0 && g_ascii_strcasecmp(one + local, other + local) == 0;
}

static void
look_at_addresses(InternetAddressList *list, const char *address, const char *what)
{
    InternetAddress *only;

    PROMISE(internet_address_list_length(list) == 1, "%s: %d addresses", what,
            internet_address_list_length(list));
    only = internet_address_list_get_address(list, 0);
    PROMISE(INTERNET_ADDRESS_IS_MAILBOX(only) &&
                is_same_address(
                    internet_address_mailbox_get_idn_addr(INTERNET_ADDRESS_MAILBOX(only)), address),
            "%s: not %s", what, address);
}

/* Text as it stands on the wire: each line feed with its carriage return, and no other one. */
static void
look_at_body(GMimeMultipart *multipart, int nth, const char *subtype, const char *text)
{
    GMimeObject *part = g_mime_multipart_get_part(multipart, nth);
    GMimeStream *stream = g_mime_stream_mem_new();
    GByteArray *bytes;
    size_t at = 0;

    PROMISE(GMIME_IS_PART(part) &&
                g_mime_content_type_is_type(g_mime_object_get_content_type(part), "text", subtype),
            "part %d is not text/%s", nth, subtype);
    g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)), stream);
    bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    for (; *text; text++) {
        if (*text == '\r')
            continue;
        if (*text == '\n')
            PROMISE(at < bytes->len && bytes->data[at++] == '\r', "text/%s: at %zu", subtype, at);
        PROMISE(at < bytes->len && bytes->data[at] == (uint8_t) *text, "text/%s: at %zu", subtype,
                at);
        at++;
    }
    PROMISE(at == bytes->len, "text/%s: %u bytes, not %zu", subtype, bytes->len, at);
    g_object_unref(stream);
}

static void
look_at_message(const struct mail *mail, struct bytes bytes)
{
    GMimeMessage *message = parsed(bytes);
    GMimeObject *object = g_mime_message_get_mime_part(message);
    InternetAddressList *all = g_mime_message_get_all_recipients(message);

    look_at_addresses(g_mime_message_get_from(message), mail->from, "From");
    look_at_addresses(g_mime_message_get_to(message), mail->to, "To");
    look_at_addresses(all, mail->to, "all recipients");
    PROMISE(GMIME_IS_MULTIPART(object) && g_mime_multipart_get_count(GMIME_MULTIPART(object)) == 2,
            "not two parts");
    look_at_body(GMIME_MULTIPART(object), 0, "plain", mail->said.text);
    look_at_body(GMIME_MULTIPART(object), 1, "html", mail->said.html);
    g_object_unref(all);
    g_object_unref(message);
}

/* ------------------------------------------------------------------ one input */

static const char *
or_else(const char *text, const char *otherwise)
{
    return *text ? text : otherwise;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void) argc;
    (void) argv;
    mail_start();
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = { data, size }, bytes;
    struct arena *arena = arena_new();
    struct mail mail = {
        .notification = { { 1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 16 } },
        .written_us = (int64_t) take_number(&in, 4) * 1000000,
    };

    mail.said.subject = take_text(&in, arena);
    mail.to_name = take_text(&in, arena);
    mail.from_name = take_text(&in, arena);
    mail.to = or_else(take_text(&in, arena), "ubnd@khanhhoa.gov.vn");
    mail.from = or_else(take_text(&in, arena), "sangkien@khanhhoa.gov.vn");
    mail.domain = or_else(take_text(&in, arena), "khanhhoa.gov.vn");
    mail.said.text = take_text(&in, arena);
    mail.said.html = take_text(&in, arena);
    if (mail_write(arena, &mail, &bytes) == 0) {
        look_at_lines(bytes);
        look_at_headers(bytes);
        look_at_message(&mail, bytes);
    }
    arena_free(&arena);
    return 0;
}
