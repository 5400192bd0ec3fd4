/* services/notifications/mail.c - GMime builds the message; nothing of MIME is written by hand. */
#include "services/notifications/mail.h"

#include <gmime/gmime.h>
#include <string.h>

#include "services/notifications/address.h"

enum { MOST_PIECE = 45 }; /* in base64 60 characters, in all 72 of the 75 that a word may have */

void
mail_start(void)
{
    g_mime_init();
}

void
mail_stop(void)
{
    g_mime_shutdown();
}

static void
unref(void *object_p)
{
    GObject **object = object_p;

    g_clear_object(object);
}

/* A header's words: what would end the line becomes a space, before any library sees it (R-N5). */
static const char *
one_line(struct arena *arena, const char *text)
{
    char *line = arena_text(arena, text);

    for (char *c = line; *c; c++)
        if ((unsigned char) *c < ' ' || *c == 0x7f)
            *c = ' ';
    return line;
}

/* A good place to part a header's text after so many bytes: between characters always; between
 * words rather than inside one, because some readers show a space there; and where base64 needs no
 * padding, because readers built on GMime 3.2 lose what follows a padded word. */
static int
merit_of(const char *text, size_t size)
{
    if (((unsigned char) text[size] & 0xC0) == 0x80)
        return 0;
    return 1 + (size % 3 == 0 ? 2 : 0) + (text[size] == ' ' || text[size - 1] == ' ' ? 1 : 0);
}

static size_t
piece_of(const char *text)
{
    size_t best = strlen(text);
    int merit = 0;

    if (best <= MOST_PIECE)
        return best;
    best = MOST_PIECE;
    for (size_t size = MOST_PIECE; size > 0; size--)
        if (merit_of(text, size) > merit) {
            merit = merit_of(text, size);
            best = size;
        }
    return best;
}

/* A header's words in RFC 2047's encoding, which GMime passes on as they are; its own encoder pads.
 */
static const char *
header_words(struct arena *arena, const char *text)
{
    const char *line = one_line(arena, text);
    const char *words = "";

    if (g_str_is_ascii(line))
        return line;
    while (*line) {
        const size_t size = piece_of(line);
        char *piece = g_base64_encode((const guchar *) line, size);

        words = arena_format(arena, "%s%s=?UTF-8?B?%s?=", words, *words ? " " : "", piece);
        g_free(piece);
        line += size;
    }
    return words;
}

/* Line ends inside an encoded body are the body's own: CRLF, as text has it on the wire. */
static const char *
with_crlf(struct arena *arena, const char *text)
{
    char *wire = arena_zero(arena, 2 * strlen(text) + 1);
    char *at = wire;

    for (; *text; text++) {
        if (*text == '\r')
            continue;
        if (*text == '\n')
            *at++ = '\r';
        *at++ = *text;
    }
    return wire;
}

static void
add_body(GMimeMultipart *multipart, struct arena *arena, const char *subtype, const char *text)
{
    CLEANUP(unref) GMimePart *part = g_mime_part_new_with_type("text", subtype);
    const char *wire = with_crlf(arena, text);
    CLEANUP(unref) GMimeStream *stream = g_mime_stream_mem_new_with_buffer(wire, strlen(wire));
    CLEANUP(unref)
    GMimeDataWrapper *content =
        g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

    g_mime_part_set_content(part, content);
    g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
    g_mime_multipart_add(multipart, GMIME_OBJECT(part));
}

static void
add_headers(GMimeMessage *message, struct arena *arena, const struct mail *mail)
{
    char id[UUID_TEXT_SIZE];
    GMimeObject *object = GMIME_OBJECT(message);
    GDateTime *date = g_date_time_new_from_unix_utc(mail->written_us / 1000000);

    uuid_print(&mail->notification, id);
    g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM,
                               header_words(arena, mail->from_name), mail->from);
    g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_TO, header_words(arena, mail->to_name),
                               mail->to);
    g_mime_message_set_subject(message, header_words(arena, mail->said.subject), "utf-8");
    g_mime_message_set_date(message, date);
    g_date_time_unref(date);
    /* GMime writes a Message-ID as it is given: ours holds a UUID and a checked domain only. */
    g_mime_message_set_message_id(message, arena_format(arena, "%s@%s", id, mail->domain));
    g_mime_object_set_header(object, "Auto-Submitted", "auto-generated", NULL);
    g_mime_object_set_header(object, "List-Id",
                             arena_format(arena, "<notifications.%s>", mail->domain), NULL);
    g_mime_object_set_header(object, "X-Notification-Id", id, NULL);
}

/* Bare line feeds have been used to smuggle messages: they never leave this file. */
static bool
is_crlf_only(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r')) ||
            (bytes[i] == '\r' && (i + 1 == size || bytes[i + 1] != '\n')))
            return false;
    return true;
}

int
mail_write(struct arena *arena, const struct mail *mail, struct bytes *ret_bytes)
{
    CLEANUP(unref) GMimeMessage *message = g_mime_message_new(TRUE);
    CLEANUP(unref) GMimeMultipart *multipart = g_mime_multipart_new_with_subtype("alternative");
    CLEANUP(unref) GMimeStream *stream = g_mime_stream_mem_new();
    GMimeFormatOptions *options;
    GByteArray *written;

    if (!address_is_usable(mail->from) || !address_is_usable(mail->to) ||
        !domain_is_usable(mail->domain))
        return err_set(ERR_POISON, "an address or the domain of the mail is not usable");
    add_headers(message, arena, mail);
    add_body(multipart, arena, "plain", mail->said.text);
    add_body(multipart, arena, "html", mail->said.html);
    g_mime_message_set_mime_part(message, GMIME_OBJECT(multipart));

    options = g_mime_format_options_new();
    g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
    g_mime_object_write_to_stream(GMIME_OBJECT(message), options, stream);
    g_mime_format_options_free(options);
    written = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    if (!is_crlf_only((const char *) written->data, written->len))
        return err_set(ERR_POISON, "the mail has a line that does not end in CRLF");
    *ret_bytes = arena_bytes(arena, written->data, written->len);
    return 0;
}
