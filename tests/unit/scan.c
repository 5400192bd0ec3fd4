/* tests/unit/scan.c - what the gateway's scanner refuses, one row for each reason, and what it lets pass. */
#include "services/gateway/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/field.h"
#include "sangkien/submissions/v1/commands.pb-c.h"
#include "sangkien/wire/v1/wire.pb-c.h"

#define SIGN_OFF "sangkien.funding.v1.SignOff"
#define CREATE_ENTRY "sangkien.submissions.v1.CreateEntry"
#define SUBMIT_DOSSIER "sangkien.submissions.v1.SubmitDossier"
#define PROPOSE "sangkien.funding.v1.ProposeFunding"
#define REQUEST "sangkien.wire.v1.Request"
#define REPLY "sangkien.wire.v1.Reply"
#define FRAME "sangkien.wire.v1.ClientFrame"
#define EDITION                                                                                    \
    "\012\044"                                                                                     \
    "0190a0e4-7c1b-7def-8123-0123456789ab" /* edition_id */
#define NAMED EDITION "\020\001"           /* and entry_kind */
#define ENTRY NAMED "\032\001T"            /* and title */
#define DIGEST                                                                                     \
    "\042\040"                                                                                     \
    "01234567890123456789012345678901"
#define SIGNED "\010\001\020\001\030\001" DIGEST
#define LINE "\012\011\012\001d\020\002\030\003\040\006" /* lines: d, 2 x 3 = 6 */

#define BYTES(text)                                                                                \
    {                                                                                              \
        (const uint8_t *) (text), sizeof(text) - 1                                                 \
    }

struct refusal {
    const char *name;
    const char *word;
    struct bytes bytes;
    int reason;
    const char *field;
    const char *description;
};

#define BAD(name, word, text)                                                                      \
    {                                                                                              \
        name, word, BYTES(text), WIRE__REASON__REASON_MALFORMED, NULL, NULL                        \
    }
#define FIELD(name, word, text, field, description)                                                \
    {                                                                                              \
        name, word, BYTES(text), WIRE__REASON__REASON_INVALID_FIELD, field, description            \
    }

/* clang-format off */
static const struct refusal refusals[] = {
    BAD("a tag without a value",            SIGN_OFF, SIGNED "\010"),
    BAD("a number that does not end",       SIGN_OFF, "\010\377\377"),
    BAD("a number of eleven bytes",         SIGN_OFF, "\010\200\200\200\200\200\200\200\200\200\200\001"),
    BAD("a number above 64 bits",           SIGN_OFF, "\010\377\377\377\377\377\377\377\377\377\002"),
    BAD("a tag of six bytes",               SIGN_OFF, "\210\200\200\200\200\000\001"),
    BAD("a length of six bytes",            SIGN_OFF, "\042\240\200\200\200\200\000"),
    BAD("field number 0",                   SIGN_OFF, "\000\001"),
    BAD("a group",                          SIGN_OFF, "\013\014"),
    BAD("wire type 7",                      SIGN_OFF, "\017\001"),
    BAD("bytes that end early",             SIGN_OFF, "\042\040x"),
    BAD("eight bytes that end early",       SIGN_OFF, "\011\001\002"),
    BAD("four bytes that end early",        SIGN_OFF, "\015\001\002"),
    BAD("a number where bytes belong",      SIGN_OFF, "\010\001\020\001\030\001\040\001"),
    BAD("bytes where a number belongs",     SIGN_OFF, "\012\001\001"),
    BAD("a bool sent as bytes",             REQUEST,  "\122\001x"),
    BAD("a nested message cut short",       PROPOSE,  "\012\003\012\005d"),
    BAD("a packed number that does not end", REPLY,   "\132\002\001\200"),

    FIELD("a field that does not exist",    SIGN_OFF, SIGNED "\230\006\001",     "99", "there is no such field"),
    FIELD("one that does not exist below",  PROPOSE,  "\012\013" "\012\001d\020\002\030\003\040\006\170\001" "\020\006",
          "lines[0].15", "there is no such field"),
    FIELD("a singular field twice",         SIGN_OFF, SIGNED "\010\001",         "party", "is there twice"),
    FIELD("a nested message twice",         REQUEST,
          "\012\044" "0190a0e4-7c1b-7def-8123-0123456789ab" "\022\001x\032\001p" "\062\000\062\000", "actor", "is there twice"),
    FIELD("two members of one oneof",       FRAME,    "\012\001x\022\010\012\001s\022\001p\050\001", "subscribe", "excludes another field"),
    FIELD("an enum value nobody knows",     SIGN_OFF, "\010\143\020\001\030\001" DIGEST, "party", "has no value 99"),
    FIELD("an enum value said to be 0",     SIGN_OFF, "\010\000\020\001\030\001" DIGEST, "party", "has no value 0"),
    FIELD("a negative enum value",          SIGN_OFF, "\010\377\377\377\377\377\377\377\377\377\001\020\001\030\001" DIGEST, "party", "has no value -1"),
    FIELD("an enum beyond 32 bits",         SIGN_OFF, "\010\201\200\200\200\020\020\001\030\001" DIGEST, "party", "is out of the range of its type"),
    FIELD("a required enum left out",       SIGN_OFF, "\020\001\030\001" DIGEST, "party", "is required"),
    FIELD("a required text left out",       CREATE_ENTRY, NAMED,                 "title", "is required"),
    FIELD("a required text left empty",     CREATE_ENTRY, NAMED "\032\000",      "title", "is required"),
    FIELD("a required list left empty",     SUBMIT_DOSSIER, "\010\001\022\001s\032\001m\050\006\062\017\010\002\022\002\061\061\032\007\010\343\017\020\012\030\035",
          "lines", "is required"),
    FIELD("a required message left out",    SUBMIT_DOSSIER, "\010\001\022\001s\032\001m" "\042\011\012\001d\020\002\030\003\040\006" "\050\006",
          "document", "is required"),
    FIELD("a required field below",         PROPOSE,  "\012\010\020\002\030\003\040\006\052\000" "\020\006", "lines[0].description", "is required"),
    FIELD("an amount of nothing",           PROPOSE,  LINE "\020\000",           "total_vnd", "must be greater than zero"),
    FIELD("an amount left out",             PROPOSE,  LINE,                      "total_vnd", "must be greater than zero"),
    FIELD("a negative amount",              PROPOSE,  LINE "\020\377\377\377\377\377\377\377\377\377\001", "total_vnd", "must be greater than zero"),
    FIELD("a negative amount in a line",    PROPOSE,  LINE "\012\022\012\001d\020\002\030\003\040\377\377\377\377\377\377\377\377\377\001\020\006",
          "lines[1].amount_vnd", "must be greater than zero"),
    FIELD("a negative counter-amount",      SIGN_OFF, SIGNED "\060\377\377\377\377\377\377\377\377\377\001", "counter_amount_vnd", "must not be negative"),
    FIELD("a digest of 31 bytes",           SIGN_OFF, "\010\001\020\001\030\001\042\037" "0123456789012345678901234567890", "digest", "must have 32 bytes"),
    FIELD("a short id",                     CREATE_ENTRY, "\012\001" "7" "\020\001\032\001T", "edition_id", "is no UUID of 36 lower-case characters"),
    FIELD("an id in capitals",              CREATE_ENTRY, "\012\044" "0190A0E4-7C1B-7DEF-8123-0123456789AB" "\020\001\032\001T",
          "edition_id", "is no UUID of 36 lower-case characters"),
    FIELD("the nil id",                     CREATE_ENTRY, "\012\044" "00000000-0000-0000-0000-000000000000" "\020\001\032\001T",
          "edition_id", "is no UUID of 36 lower-case characters"),
    FIELD("a text with NUL",                CREATE_ENTRY, NAMED "\032\003a\000b", "title", "holds a control character"),
    FIELD("a text with escape",             CREATE_ENTRY, NAMED "\032\003a\033b", "title", "holds a control character"),
    FIELD("a text with DEL",                CREATE_ENTRY, NAMED "\032\001\177",   "title", "holds a control character"),
    FIELD("a text with a C1 control",       CREATE_ENTRY, NAMED "\032\002\302\205", "title", "holds a control character"),
    FIELD("a lone byte",                    CREATE_ENTRY, NAMED "\032\002a\200",  "title", "is not UTF-8"),
    FIELD("an overlong slash",              CREATE_ENTRY, NAMED "\032\002\300\257", "title", "is not UTF-8"),
    FIELD("a surrogate",                    CREATE_ENTRY, NAMED "\032\003\355\240\200", "title", "is not UTF-8"),
    FIELD("a character above U+10FFFF",     CREATE_ENTRY, NAMED "\032\004\364\220\200\200", "title", "is not UTF-8"),
    FIELD("a character cut short",          CREATE_ENTRY, NAMED "\032\002\341\273", "title", "is not UTF-8"),
    FIELD("Vietnamese in form NFD",         CREATE_ENTRY, NAMED "\032\003o\314\243", "title", "is not in Unicode form NFC"),
    FIELD("the Kelvin sign",                CREATE_ENTRY, NAMED "\032\003\342\204\252", "title", "is not in Unicode form NFC"),
    FIELD("a bool that is 2",               REQUEST,
          "\012\044" "0190a0e4-7c1b-7def-8123-0123456789ab" "\022\001x\032\001p" "\120\002", "validate_only", "is out of the range of its type"),
    FIELD("a text below, by its path",      REQUEST,
          "\012\044" "0190a0e4-7c1b-7def-8123-0123456789ab" "\022\001x\032\001p" "\062\003\012\001x", "actor.person",
          "is no UUID of 36 lower-case characters"),
    FIELD("a second before year 1",         REQUEST,
          "\012\044" "0190a0e4-7c1b-7def-8123-0123456789ab" "\022\001x\032\001p" "\072\013\010\200\200\200\200\200\200\200\200\200\001",
          "time", "is no time between the years 1 and 9999"),
    FIELD("a thousand million nanoseconds", REQUEST,
          "\012\044" "0190a0e4-7c1b-7def-8123-0123456789ab" "\022\001x\032\001p" "\072\006\020\200\224\353\334\003",
          "time", "is no time between the years 1 and 9999"),
    FIELD("negative nanoseconds",           REQUEST,
          "\012\044" "0190a0e4-7c1b-7def-8123-0123456789ab" "\022\001x\032\001p" "\072\013\020\377\377\377\377\377\377\377\377\377\001",
          "time", "is no time between the years 1 and 9999"),
};
/* clang-format on */

static void
every_bad_message_is_refused_for_what_is_wrong_with_it(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
        const struct refusal *r = &refusals[i];
        struct scan_result result;

        if (scan_message(proto_word(r->word), r->bytes, &result) != r->reason)
            fail_msg("%s: reason %d", r->name, result.reason);
        assert_int_equal(result.reason, r->reason);
        if (!r->field) {
            assert_int_equal(result.count, 0);
            continue;
        }
        if (result.count != 1 || strcmp(result.violations[0].field, r->field) != 0 ||
            strcmp(result.violations[0].description, r->description) != 0)
            fail_msg("%s: %zu: %s %s", r->name, result.count, result.violations[0].field,
                     result.violations[0].description);
    }
}

/* ------------------------------------------------------------------ what passes */

#define GOOD(name, word, text)                                                                     \
    {                                                                                              \
        name, word, BYTES(text), 0, NULL, NULL                                                     \
    }

/* clang-format off */
static const struct refusal accepted[] = {
    GOOD("a command without fields",    "sangkien.submissions.v1.PublishEdition", ""),
    GOOD("a sign-off",                  SIGN_OFF, SIGNED),
    GOOD("fields in another order",     SIGN_OFF, DIGEST "\030\001\020\001\010\001"),
    GOOD("a proposal of two lines",     PROPOSE, LINE LINE "\020\014"),
    GOOD("an entry",                    CREATE_ENTRY, ENTRY),
    GOOD("an optional text left empty", CREATE_ENTRY, ENTRY "\042\000"),
    GOOD("Vietnamese in form NFC",      CREATE_ENTRY, NAMED "\032\020M\341\273\231t c\341\273\255a \304\221\304\251"),
    GOOD("a line feed and a tab",       CREATE_ENTRY, NAMED "\032\003a\n\t"),
    GOOD("a mark that joins nothing",   CREATE_ENTRY, NAMED "\032\003q\314\243"),
    GOOD("Hangul and an emoji",         CREATE_ENTRY, NAMED "\032\007\352\260\201\360\237\230\200"),
    GOOD("packed numbers",              REPLY, "\132\003\001\002\003"),
    GOOD("the same, not packed",        REPLY, "\130\001\130\002\130\003"),
    GOOD("one member of a oneof",       FRAME, "\012\001x"),
    GOOD("the first second of year 1",  REQUEST,
         "\012\044" "0190a0e4-7c1b-7def-8123-0123456789ab" "\022\001x\032\001p" "\072\013\010\200\222\270\303\230\376\377\377\377\001"),
    GOOD("an event may say 0",          "sangkien.submissions.v1.EntryDrafted", "\040\000"),
};
/* clang-format on */

static void
every_good_message_passes(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof(accepted) / sizeof(*accepted); i++) {
        struct scan_result result;

        if (scan_message(proto_word(accepted[i].word), accepted[i].bytes, &result) != 0)
            fail_msg("%s: reason %d: %s %s", accepted[i].name, result.reason,
                     result.count ? result.violations[0].field : "",
                     result.count ? result.violations[0].description : "");
    }
}

/* ------------------------------------------------------------------ limits */

struct builder {
    uint8_t data[SCAN_MOST_BYTES + 1024];
    size_t size;
};

static void
put(struct builder *b, const void *bytes, size_t size)
{
    memcpy(b->data + b->size, bytes, size);
    b->size += size;
}

static void
put_number(struct builder *b, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        b->data[b->size++] = (uint8_t) (number | 0x80);
    b->data[b->size++] = (uint8_t) number;
}

static void
put_text(struct builder *b, uint32_t field, size_t size)
{
    put_number(b, field << 3 | 2);
    put_number(b, size);
    memset(b->data + b->size, 'x', size);
    b->size += size;
}

static int
scan(const char *word, const struct builder *b, struct scan_result *ret)
{
    return scan_message(proto_word(word), (struct bytes){ b->data, b->size }, ret);
}

static void
a_text_may_be_as_long_as_its_limit_and_no_longer(void **state)
{
    static struct builder b;
    struct scan_result result;

    (void) state;
    b.size = 0;
    put(&b, NAMED, sizeof(NAMED) - 1);
    put_text(&b, 3, 500);
    assert_int_equal(scan(CREATE_ENTRY, &b, &result), 0);

    b.size = 0;
    put(&b, NAMED, sizeof(NAMED) - 1);
    put_text(&b, 3, 501);
    assert_int_equal(scan(CREATE_ENTRY, &b, &result), WIRE__REASON__REASON_INVALID_FIELD);
    assert_string_equal(result.violations[0].field, "title");
    assert_string_equal(result.violations[0].description, "is longer than 500 bytes");
}

static void
a_list_may_have_as_many_elements_as_its_limit_and_no_more(void **state)
{
    static struct builder b;
    struct scan_result result;

    (void) state;
    b.size = 0;
    for (int i = 0; i < 100; i++)
        put(&b, LINE, sizeof(LINE) - 1);
    put(&b, "\020\006", 2);
    assert_int_equal(scan(PROPOSE, &b, &result), 0);

    put(&b, LINE, sizeof(LINE) - 1);
    assert_int_equal(scan(PROPOSE, &b, &result), WIRE__REASON__REASON_INVALID_FIELD);
    assert_string_equal(result.violations[0].field, "lines");
    assert_string_equal(result.violations[0].description, "has more than 100 elements");
}

static void
the_4097th_field_is_too_many_also_when_it_is_packed(void **state)
{
    static struct builder b;
    struct scan_result result;

    (void) state;
    b.size = 0;
    put_number(&b, 11 << 3 | 2);
    put_number(&b, 4095);
    memset(b.data + b.size, 1, 4095);
    b.size += 4095;
    assert_int_equal(scan(REPLY, &b, &result), 0);

    put(&b, "\130\001", 2);
    assert_int_equal(scan(REPLY, &b, &result), WIRE__REASON__REASON_TOO_COMPLEX);
    assert_int_equal(result.count, 0);
}

static void
more_than_64_KiB_are_not_even_looked_at(void **state)
{
    static struct builder b;
    struct scan_result result;

    (void) state;
    b.size = 0;
    put_text(&b, 8, SCAN_MOST_BYTES - 4);
    assert_true(b.size == SCAN_MOST_BYTES);
    assert_int_equal(scan(REPLY, &b, &result), 0);

    b.size++;
    assert_int_equal(scan(REPLY, &b, &result), WIRE__REASON__REASON_TOO_LARGE);
}

static void
at_most_eight_mistakes_are_told(void **state)
{
    static struct builder b;
    struct scan_result result;

    (void) state;
    b.size = 0;
    for (int i = 0; i < 20; i++)
        put(&b, "\012\000", 2); /* a line without anything: four mistakes */
    assert_int_equal(scan(PROPOSE, &b, &result), WIRE__REASON__REASON_INVALID_FIELD);
    assert_int_equal(result.count, SCAN_MOST_VIOLATIONS);
    assert_string_equal(result.violations[0].field, "lines[0].description");
    assert_string_equal(result.violations[7].field, "lines[1].amount_vnd");
}

/* A type that holds itself, as ours never do. */
static const ProtobufCMessageDescriptor endless;

static const ProtobufCFieldDescriptor endless_fields[] = {
    { "inner", 1, PROTOBUF_C_LABEL_NONE, PROTOBUF_C_TYPE_MESSAGE, 0, 0, &endless, NULL, 0, 0, NULL,
      NULL },
};
static const ProtobufCIntRange endless_ranges[] = { { 1, 0 }, { 0, 1 } };
static const ProtobufCMessageDescriptor endless = {
    PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    "test.Endless",
    "Endless",
    "Test__Endless",
    "test",
    sizeof(ProtobufCMessage),
    1,
    endless_fields,
    NULL,
    1,
    endless_ranges,
    NULL,
    NULL,
    NULL,
    NULL,
};

static int
scan_nested(unsigned depth)
{
    const struct word word = { "test.Endless", &endless, WORD_PART, NULL };
    struct scan_result result;
    uint8_t bytes[256];
    size_t size = 0;

    for (; depth > 1; depth--) { /* each level holds the one before */
        memmove(bytes + 2, bytes, size);
        bytes[0] = 1 << 3 | 2;
        bytes[1] = (uint8_t) size;
        size += 2;
    }
    return scan_message(&word, (struct bytes){ bytes, size }, &result);
}

static void
sixteen_levels_pass_and_the_seventeenth_does_not(void **state)
{
    (void) state;
    assert_int_equal(scan_nested(16), 0);
    assert_int_equal(scan_nested(17), WIRE__REASON__REASON_TOO_COMPLEX);
    assert_int_equal(scan_nested(60), WIRE__REASON__REASON_TOO_COMPLEX);
}

static void
a_long_path_is_cut_and_harms_nothing(void **state)
{
    struct scan_result result = { 0 };
    char path[2 * SCAN_PATH_SIZE];

    (void) state;
    memset(path, 'p', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    scan_blame(&result, path, path);
    assert_int_equal(strlen(result.violations[0].field), SCAN_PATH_SIZE - 1);
    assert_int_equal(strlen(result.violations[0].description), SCAN_TEXT_SIZE - 1);
}

/* ------------------------------------------------------------------ random bytes */

static uint64_t
dice(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

static void
whatever_passes_can_be_unpacked(void **state)
{
    static const uint8_t good[] = ENTRY "\062\050\012\044"
                                        "0190a0e4-7c1b-7def-8123-0123456789ab"
                                        "\020\001";
    const struct word *word = proto_word(CREATE_ENTRY);
    uint64_t seed = 20191029;
    size_t passed = 0;

    (void) state;
    for (int i = 0; i < 200000; i++) {
        uint8_t bytes[sizeof(good) - 1];
        struct scan_result result;
        ProtobufCMessage *message;

        memcpy(bytes, good, sizeof(bytes));
        for (uint64_t n = dice(&seed) % 3; n > 0; n--)
            bytes[dice(&seed) % sizeof(bytes)] = (uint8_t) dice(&seed);
        if (scan_message(word, (struct bytes){ bytes, sizeof(bytes) }, &result) != 0)
            continue;
        passed++;
        message = protobuf_c_message_unpack(word->message, NULL, sizeof(bytes), bytes);
        assert_non_null(message);
        protobuf_c_message_free_unpacked(message, NULL);
    }
    assert_true(passed > 1000);
}

static void
no_message_of_ours_has_more_members_than_the_scanner_counts(void **state)
{
    (void) state;
    for (size_t i = 0; i < proto_word_count; i++)
        assert_true(proto_words[i].message->n_fields <= SCAN_MOST_MEMBERS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bad_message_is_refused_for_what_is_wrong_with_it),
        cmocka_unit_test(every_good_message_passes),
        cmocka_unit_test(a_text_may_be_as_long_as_its_limit_and_no_longer),
        cmocka_unit_test(a_list_may_have_as_many_elements_as_its_limit_and_no_more),
        cmocka_unit_test(the_4097th_field_is_too_many_also_when_it_is_packed),
        cmocka_unit_test(more_than_64_KiB_are_not_even_looked_at),
        cmocka_unit_test(at_most_eight_mistakes_are_told),
        cmocka_unit_test(sixteen_levels_pass_and_the_seventeenth_does_not),
        cmocka_unit_test(a_long_path_is_cut_and_harms_nothing),
        cmocka_unit_test(whatever_passes_can_be_unpacked),
        cmocka_unit_test(no_message_of_ours_has_more_members_than_the_scanner_counts),
    };

    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
