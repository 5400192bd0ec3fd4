/* services/gateway/scan_value.c - the scanner's judgement of single values. */
#include "services/gateway/scan_value.h"

#include <string.h>

#include "common/id.h"
#include "services/gateway/text.h"

#define FIRST_SECOND INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define LAST_SECOND INT64_C(253402300799)  /* 9999-12-31T23:59:59Z */

enum field_type
scan_type_of(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        return FIELD_BYTES;
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return FIELD_FIXED64;
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return FIELD_FIXED32;
    default:
        return FIELD_NUMBER;
    }
}

/* The number that the bits mean; false when the type cannot hold it. Unsigned 64-bit numbers above
 * the signed range keep their sign: positive. */
static bool
read_number(const ProtobufCFieldDescriptor *field, uint64_t bits, int64_t *ret_number)
{
    int64_t number = (int64_t) bits;

    switch (field->type) {
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SINT64:
        number = (int64_t) (bits >> 1) ^ -(int64_t) (bits & 1);
        break;
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        number = bits > INT64_MAX ? INT64_MAX : number;
        break;
    case PROTOBUF_C_TYPE_SFIXED32:
        number = (int32_t) bits;
        break;
    default:
        break;
    }
    *ret_number = number;
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_ENUM:
        return number >= INT32_MIN && number <= INT32_MAX;
    case PROTOBUF_C_TYPE_UINT32:
        return bits <= UINT32_MAX;
    case PROTOBUF_C_TYPE_BOOL:
        return bits <= 1;
    default:
        return true;
    }
}

static bool
is_known(const ProtobufCFieldDescriptor *field, int64_t number, bool allows_zero)
{
    if (number == 0 && !allows_zero)
        return false;
    return protobuf_c_enum_descriptor_get_value(field->descriptor, (int) number);
}

void
scan_number(struct scan *scan, const ProtobufCFieldDescriptor *field,
            const struct field_limit *limit, const struct scan_step *step, uint64_t value)
{
    int64_t number;

    if (!read_number(field, value, &number))
        scan_refuse(scan, step, "is out of the range of its type");
    else if (field->type == PROTOBUF_C_TYPE_ENUM && !is_known(field, number, scan->allows_zero))
        scan_refuse(scan, step, "has no value %d", (int) number);
    else if (limit->required && number == 0)
        scan_refuse(scan, step, "is required");
    else if (limit->positive && number <= 0)
        scan_refuse(scan, step, "must be greater than zero");
    else if (limit->not_negative && number < 0)
        scan_refuse(scan, step, "must not be negative");
}

static bool
is_uuid(struct bytes text)
{
    char copy[UUID_TEXT_SIZE];
    char printed[UUID_TEXT_SIZE];
    struct uuid uuid;

    if (text.size != UUID_TEXT_SIZE - 1)
        return false;
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    if (!uuid_parse(copy, &uuid) || uuid_is_nil(&uuid))
        return false;
    uuid_print(&uuid, printed); /* one spelling only: lower case */
    return strcmp(copy, printed) == 0;
}

void
scan_bytes(struct scan *scan, const ProtobufCFieldDescriptor *field,
           const struct field_limit *limit, const struct scan_step *step, struct bytes bytes)
{
    const char *fault;

    if (limit->max_bytes && bytes.size > limit->max_bytes)
        scan_refuse(scan, step, "is longer than %u bytes", limit->max_bytes);
    else if (limit->required && bytes.size == 0)
        scan_refuse(scan, step, "is required");
    else if (limit->exact_bytes && bytes.size && bytes.size != limit->exact_bytes)
        scan_refuse(scan, step, "must have %u bytes", limit->exact_bytes);
    else if (limit->uuid && bytes.size && !is_uuid(bytes))
        scan_refuse(scan, step, "is no UUID of 36 lower-case characters");
    else if (field->type == PROTOBUF_C_TYPE_STRING && (fault = text_fault(bytes)))
        scan_refuse(scan, step, "%s", fault);
}

void
scan_timestamp(struct scan *scan, const struct scan_step *step, struct bytes bytes)
{
    struct field seconds = { 0 };
    struct field nanos = { 0 };

    field_find(bytes, 1, FIELD_NUMBER, &seconds);
    field_find(bytes, 2, FIELD_NUMBER, &nanos);
    if ((int64_t) seconds.value < FIRST_SECOND || (int64_t) seconds.value > LAST_SECOND ||
        nanos.value > 999999999)
        scan_refuse(scan, step, "is no time between the years 1 and 9999");
}
