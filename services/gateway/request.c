/* services/gateway/request.c - what a client sent, taken apart and looked through. */
#include "services/gateway/request.h"

#include <string.h>

#include "common/field.h"

enum { TYPE_SIZE = 129, RECEIPT_FIELD = 5 };

/* Fields of Request that the gateway reads itself. */
enum { FIELD_ID = 1, FIELD_TYPE = 2, FIELD_PROGRAMME = 3, FIELD_SUBJECT = 4, FIELD_BODY = 5 };

int
client_frame_read(struct bytes bytes, struct client_frame *ret_frame)
{
    struct client_frame frame = { 0 };
    enum field_found found;
    struct field f;

    while ((found = field_next(&bytes, &f)) == FIELD_GOT) {
        if (f.type != FIELD_BYTES)
            return WIRE__REASON__REASON_MALFORMED;
        if (f.number == RECEIPT_FIELD && !frame.has_receipt) {
            frame.receipt = f.bytes;
            frame.has_receipt = true;
        } else if (f.number < RECEIPT_FIELD && !frame.what) {
            frame.what = (Wire__ClientFrame__ContentCase) f.number;
            frame.content = f.bytes;
        } else {
            return WIRE__REASON__REASON_MALFORMED;
        }
    }
    if (found == FIELD_BAD || !frame.what)
        return WIRE__REASON__REASON_MALFORMED;
    *ret_frame = frame;
    return 0;
}

static bool
copy_text(struct bytes bytes, char *ret_text, size_t size)
{
    if (bytes.size >= size || memchr(bytes.data, '\0', bytes.size))
        return false;
    memcpy(ret_text, bytes.data, bytes.size);
    ret_text[bytes.size] = '\0';
    return true;
}

static void
peek_uuid(struct bytes bytes, struct uuid *ret_uuid)
{
    char text[UUID_TEXT_SIZE];

    if (copy_text(bytes, text, sizeof(text)))
        uuid_parse(text, ret_uuid);
}

void
request_peek(struct bytes bytes, struct request *ret_request)
{
    struct bytes rest = bytes;
    struct request request = { .bytes = bytes };
    char type[TYPE_SIZE];
    struct field f;

    /* The fields wanted stand at the front of what any library writes. */
    for (int i = 0; i < 16 && field_next(&rest, &f) == FIELD_GOT; i++) {
        if (f.type != FIELD_BYTES)
            continue;
        if (f.number == FIELD_ID)
            peek_uuid(f.bytes, &request.id);
        else if (f.number == FIELD_SUBJECT)
            peek_uuid(f.bytes, &request.subject);
        else if (f.number == FIELD_TYPE && copy_text(f.bytes, type, sizeof(type)))
            request.word = proto_word(type);
    }
    *ret_request = request;
}

bool
request_is_command(const struct request *request)
{
    return request->word && request->word->kind == WORD_COMMAND;
}

bool
request_may_be_sent(const struct request *request)
{
    return request->word &&
           (request->word->kind == WORD_COMMAND || request->word->kind == WORD_QUERY);
}

/* As the database checks it too. */
static bool
is_programme(struct bytes name)
{
    if (name.size == 0 || name.size > 64 || name.data[0] == '-')
        return false;
    for (size_t i = 0; i < name.size; i++) {
        uint8_t c = name.data[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}

static int
judge_envelope(const struct request *request, struct scan_result *ret_scan)
{
    struct field programme;
    int reason = scan_message(proto_word("sangkien.wire.v1.Request"), request->bytes, ret_scan);

    if (reason != 0)
        return reason;
    if (!field_find(request->bytes, FIELD_PROGRAMME, FIELD_BYTES, &programme) ||
        !is_programme(programme.bytes))
        scan_blame(ret_scan, "programme", "is not of lower-case letters, digits and hyphens");
    if (!request_may_be_sent(request))
        return WIRE__REASON__REASON_UNKNOWN_TYPE;
    if (request_is_command(request) && uuid_is_nil(&request->subject))
        scan_blame(ret_scan, "subject", "is required");
    return ret_scan->reason;
}

int
request_judge(struct request *request, struct scan_result *ret_scan)
{
    struct field body = { 0 };
    int reason;

    ret_scan->reason = 0;
    ret_scan->count = 0;
    if (request->bytes.size > REQUEST_MOST_BYTES)
        return WIRE__REASON__REASON_TOO_LARGE;
    reason = judge_envelope(request, ret_scan);
    if (reason != 0)
        return reason;
    field_find(request->bytes, FIELD_BODY, FIELD_BYTES, &body);
    return scan_message(request->word, body.bytes, ret_scan);
}
