/* services/gateway/scan_value.h - the scanner's judgement of single values; see scan.h.
 *
 * Threads    pure.
 */
#ifndef SANGKIEN_GATEWAY_SCAN_VALUE_H
#define SANGKIEN_GATEWAY_SCAN_VALUE_H

#include "common/field.h"
#include "services/gateway/scan.h"

#define SCAN_NO_INDEX SIZE_MAX

/* The way from the message down to a field. */
struct scan_step {
    const struct scan_step *up;
    const char *name;
    size_t index;
};

struct scan {
    struct scan_result *result;
    size_t fields;
    bool allows_zero; /* enum value 0 */
    bool stops;
};

void scan_refuse(struct scan *scan, const struct scan_step *step, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* How the field's values, one by one, stand on the wire. */
enum field_type scan_type_of(const ProtobufCFieldDescriptor *field);

void scan_number(struct scan *scan, const ProtobufCFieldDescriptor *field,
                 const struct field_limit *limit, const struct scan_step *step, uint64_t value);
void scan_bytes(struct scan *scan, const ProtobufCFieldDescriptor *field,
                const struct field_limit *limit, const struct scan_step *step, struct bytes bytes);

/* A Timestamp that was scanned: from year 1 to year 9999. */
void scan_timestamp(struct scan *scan, const struct scan_step *step, struct bytes bytes);

#endif
