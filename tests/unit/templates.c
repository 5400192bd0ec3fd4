/* tests/unit/templates.c - what the mails say: every template, in both languages, with a sample of
 * its event. Runs in the root of the source tree. */
#include "tests/unit/story.h"

#include <stdlib.h>

#include "sangkien/appraisal/v1/events.pb-c.h"
#include "sangkien/funding/v1/events.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"
#include "sangkien/types/v1/types.pb-c.h"
#include "services/notifications/phrases.h"
#include "services/notifications/rules.h"
#include "services/notifications/templates.h"

#define DIRECTORY "services/notifications/templates"
/* 31/01/2020 00:00 in Viet Nam. */
#define DUE_S INT64_C(1580403600)

static struct arena *arena;
static struct templates *templates;
static struct list names;

static int
set_up(void **state)
{
    (void) state;
    arena = arena_new();
    list_init(&names, arena, sizeof(struct agency_name));
    *(struct agency_name *) list_add(&names) = (struct agency_name){ ID(1), "Sở Y tế" };
    if (templates_open(DIRECTORY, "vi,en", &templates))
        fail_msg("%s", err_text());
    return 0;
}

static int
tear_down(void **state)
{
    (void) state;
    templates_close(&templates);
    arena_free(&arena);
    return 0;
}

/* ------------------------------------------------------------------ samples */

static void *sample(const ProtobufCMessageDescriptor *message, bool everything);

static void
fill_field(const ProtobufCFieldDescriptor *field, void *value, bool everything)
{
    const struct uuid id = ID(1);
    const size_t size = strlen(field->name);

    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        *(const char **) value = size > 3 && strcmp(field->name + size - 3, "_id") == 0
                                     ? uuid_text(arena, &id)
                                     : "Một cửa <điện tử> & \"công\"";
        break;
    case PROTOBUF_C_TYPE_INT32:
        *(int32_t *) value = 4;
        break;
    case PROTOBUF_C_TYPE_INT64:
        *(int64_t *) value = 1234567;
        break;
    case PROTOBUF_C_TYPE_ENUM:
        *(int *) value = ((const ProtobufCEnumDescriptor *) field->descriptor)->values[1].value;
        break;
    case PROTOBUF_C_TYPE_MESSAGE:
        *(void **) value = everything ? sample(field->descriptor, true) : NULL;
        break;
    default:
        break;
    }
}

/* everything: with all that an event may leave out. */
static void *
sample(const ProtobufCMessageDescriptor *message, bool everything)
{
    ProtobufCMessage *made = proto_new(arena, message);
    Google__Protobuf__Timestamp *time = (void *) made;

    if (message == &google__protobuf__timestamp__descriptor) {
        time->seconds = DUE_S;
        return made;
    }
    for (unsigned i = 0; i < message->n_fields; i++)
        if (message->fields[i].label != PROTOBUF_C_LABEL_REPEATED)
            fill_field(&message->fields[i], (char *) made + message->fields[i].offset, everything);
    return made;
}

/* The event with which the aggregate of an event begins. */
static const ProtobufCMessageDescriptor *
birth_of(const ProtobufCMessageDescriptor *event)
{
    if (strncmp(event->name, "sangkien.appraisal.", 19) == 0)
        return &appraisal__appraisal_opened__descriptor;
    if (strncmp(event->name, "sangkien.funding.", 17) == 0)
        return &funding__funding_case_opened__descriptor;
    if (strncmp(event->short_name, "Dossier", 7) == 0)
        return &submissions__dossier_required__descriptor;
    if (strncmp(event->short_name, "Entry", 5) == 0)
        return &submissions__entry_drafted__descriptor;
    return &submissions__edition_created__descriptor;
}

static struct notice
notice_of(const ProtobufCMessage *event, bool must_act)
{
    return (struct notice){ .notification = ID(9),
                            .programme = "khanh-hoa",
                            .programme_name = "Cuộc thi cải cách hành chính",
                            .agency = ID(1),
                            .must_act = must_act,
                            .recorded_us = DUE_S * 1000000,
                            .event = event,
                            .first_event = sample(birth_of(event->descriptor), true),
                            .agency_names = &names };
}

static struct mail_text
write_mail(const char *template, const struct notice *notice)
{
    struct facts facts[LANGUAGES] = { facts_of(arena, VIETNAMESE, notice),
                                      facts_of(arena, ENGLISH, notice) };
    struct mail_text said = { 0 };

    if (templates_write(templates, template, facts, &said))
        fail_msg("%s", err_text());
    return said;
}

/* ------------------------------------------------------------------ all of them */

static void
assert_reads_well(const char *template, const struct mail_text *said)
{
    static const char *const flaws[] = { "{{",  "}}", "  ",     " .", " ,",        ": \n",
                                         ": .", "()", "\n\n\n", "\r", "&amp;amp;", "&lt;br" };

    for (size_t i = 0; i < sizeof(flaws) / sizeof(flaws[0]); i++)
        if (strstr(said->text, flaws[i]) || strstr(said->subject, flaws[i]))
            fail_msg("%s has \"%s\" in it:\n%s\n\n%s", template, flaws[i], said->subject,
                     said->text);
    if (strchr(said->subject, '\n') || strlen(said->subject) < 10)
        fail_msg("%s has no good subject: %s", template, said->subject);
    if (strstr(said->html, "<điện"))
        fail_msg("%s lets HTML through:\n%s", template, said->html);
}

static void
every_template_reads_well_with_everything_and_with_little(void **state)
{
    (void) state;
    for (const struct rule *rule = notification_rules; rule->event; rule++)
        for (int variant = 0; variant < 4; variant++) {
            const struct notice notice =
                notice_of(sample(rule->event, variant & 1), (variant & 2) != 0);
            const struct mail_text said = write_mail(rule->template, &notice);

            assert_reads_well(rule->template, &said);
            if (rule->event != &submissions__registration_opened__descriptor)
                assert_non_null(strstr(said.subject, "Một cửa")); /* the entry's code */
        }
}

static void
whoever_has_to_act_reads_something_else(void **state)
{
    (void) state;
    for (const struct rule *rule = notification_rules; rule->event; rule++) {
        const struct notice act = notice_of(sample(rule->event, true), true);
        const struct notice know = notice_of(sample(rule->event, true), false);

        assert_non_null(strstr(write_mail(rule->template, &act).text, "Nơi nhận: để thực hiện"));
        assert_non_null(strstr(write_mail(rule->template, &know).text, "Nơi nhận: để biết"));
    }
}

/* ------------------------------------------------------------------ one of them, by the letter */

static Types__OfficialDocument *
report_2417(void)
{
    Types__OfficialDocument *document = proto_new(arena, &types__official_document__descriptor);

    document->document_symbol = "2417/BC-SNV";
    document->issued_on = proto_new(arena, &types__date__descriptor);
    document->issued_on->year = 2019;
    document->issued_on->month = 10;
    document->issued_on->day = 29;
    return document;
}

static struct notice
dossier_required(void)
{
    Submissions__DossierRequired *e = proto_new(arena, &submissions__dossier_required__descriptor);

    e->entry_code = "MS-01";
    e->title = "Một cửa điện tử";
    e->due_at = proto_new(arena, &google__protobuf__timestamp__descriptor);
    e->due_at->seconds = DUE_S;
    e->due = proto_new(arena, &types__deadline__descriptor);
    e->due->date = proto_new(arena, &types__date__descriptor);
    e->due->date->year = 2020;
    e->due->date->month = 1;
    e->due->date->day = 31;
    e->due->document = report_2417();
    return notice_of(&e->base, true);
}

static void
a_finalist_reads_what_to_do_and_by_when(void **state)
{
    const struct notice notice = dossier_required();
    const struct mail_text said = write_mail("dossier_required", &notice);

    (void) state;
    assert_string_equal(
        said.subject,
        "[CCHC] Đề nghị hoàn thiện hồ sơ mô hình, sáng kiến MS-01 trước ngày 31/01/2020");
    assert_non_null(strstr(said.text, "Kính gửi: Sở Y tế\n\n"));
    assert_non_null(strstr(said.text,
                           "Thời hạn: trước ngày 31/01/2020, cụ thể là trước thứ Sáu, 31/01/2020, "
                           "00:00 giờ Việt Nam."));
    assert_non_null(strstr(said.text, "số 2417/BC-SNV ngày 29/10/2019"));
    assert_non_null(
        strstr(said.text, "before Friday, 31 January 2020, 00:00 Viet Nam time (UTC+7)"));
    assert_non_null(strstr(said.text, "No. 2417/BC-SNV of 29 October 2019"));
    assert_non_null(strstr(said.text, "Mã tham chiếu: 00000000-0000-7000-8000-000000000009"));
    assert_true(strstr(said.text, "Kính gửi") < strstr(said.text, "To: "));
    assert_non_null(strstr(said.html, "<div lang=\"vi\">\n<p>Kính gửi: Sở Y tế</p>\n<p>Mô hình"));
}

static void
one_language_alone_is_enough(void **state)
{
    struct templates *english = NULL;
    const struct notice notice = dossier_required();
    struct facts facts[LANGUAGES] = { facts_of(arena, VIETNAMESE, &notice),
                                      facts_of(arena, ENGLISH, &notice) };
    struct mail_text said;

    (void) state;
    assert_int_equal(templates_open(DIRECTORY, "en", &english), 0);
    assert_int_equal(templates_write(english, "dossier_required", facts, &said), 0);
    assert_null(strstr(said.text, "Kính gửi"));
    assert_int_equal(strncmp(said.subject, "[PAR] ", 6), 0);
    templates_close(&english);
}

static void
what_is_missing_or_misspelt_is_found_at_start(void **state)
{
    struct templates *none = NULL;

    (void) state;
    assert_int_equal(templates_open("/nowhere", "vi", &none), ERR_FATAL);
    assert_int_equal(templates_open(DIRECTORY, "fr", &none), ERR_FATAL);
    assert_int_equal(templates_open(DIRECTORY, "", &none), ERR_FATAL);
    assert_int_equal(templates_open(DIRECTORY, "vi,vi", &none), ERR_FATAL);
    assert_int_equal(templates_open(DIRECTORY, "vi,", &none), ERR_FATAL);
    assert_int_equal(render_check("{{#open"), ERR_FATAL);
    assert_int_equal(render_check("{{#open}} never closed"), ERR_FATAL);
    assert_null(none);
}

/* ------------------------------------------------------------------ the engine */

static const char *
rendered(const char *source, bool as_html)
{
    struct facts facts;
    const char *text = NULL;

    facts_init(&facts, arena, VIETNAMESE, &names);
    facts_add(&facts, "title", "<b> & \"c\"");
    facts_add(&facts, "nothing", "");
    facts_add(&facts, "is_action", "yes");
    facts_add(&facts, "is_info", NULL);
    return render(source, &facts, as_html, &text) == ERR_POISON ? NULL : text;
}

static void
a_name_that_nobody_knows_is_an_error_and_no_gap(void **state)
{
    (void) state;
    assert_null(rendered("a {{unknown}} b", false));
    assert_non_null(strstr(err_text(), "{{unknown}}"));
    assert_null(rendered("{{#has_unknown}}x{{/has_unknown}}", false));
    assert_null(rendered("{{^has_unknown}}x{{/has_unknown}}", false));
    assert_null(rendered("a {{nothing}} b", false));
    assert_null(rendered("{{> title}}", false));
    assert_string_equal(rendered("{{#has_nothing}}{{nothing}}{{/has_nothing}}.", false), ".");
    assert_string_equal(rendered("{{#is_action}}A{{/is_action}}{{#is_info}}I{{/is_info}}", false),
                        "A");
}

static void
html_is_escaped_and_text_is_not(void **state)
{
    (void) state;
    assert_string_equal(rendered("{{title}}", true), "&lt;b&gt; &amp; &quot;c&quot;");
    assert_string_equal(rendered("{{{title}}}", true), "<b> & \"c\"");
    assert_string_equal(rendered("{{title}}", false), "<b> & \"c\"");
}

/* ------------------------------------------------------------------ how things are said */

static void
money_is_grouped_as_people_write_it(void **state)
{
    (void) state;
    assert_string_equal(money_text(arena, VIETNAMESE, 0), "0 đồng");
    assert_string_equal(money_text(arena, VIETNAMESE, 999), "999 đồng");
    assert_string_equal(money_text(arena, VIETNAMESE, 1000), "1.000 đồng");
    assert_string_equal(money_text(arena, VIETNAMESE, INT64_C(4600000000000)),
                        "4.600.000.000.000 đồng");
    assert_string_equal(money_text(arena, VIETNAMESE, INT64_MIN),
                        "-9.223.372.036.854.775.808 đồng");
    assert_string_equal(money_text(arena, ENGLISH, 120000000), "VND 120,000,000");
    assert_string_equal(centi_text(arena, VIETNAMESE, 8550), "85,50");
    assert_string_equal(centi_text(arena, ENGLISH, 5), "0.05");
}

static void
times_are_those_of_viet_nam(void **state)
{
    (void) state;
    assert_string_equal(local_time_text(arena, VIETNAMESE, DUE_S * 1000000),
                        "thứ Sáu, 31/01/2020, 00:00 giờ Việt Nam");
    assert_string_equal(local_time_text(arena, VIETNAMESE, DUE_S * 1000000 - 1),
                        "thứ Năm, 30/01/2020, 23:59 giờ Việt Nam");
    assert_string_equal(local_time_text(arena, VIETNAMESE, (DUE_S + 2 * 86400) * 1000000),
                        "Chủ nhật, 02/02/2020, 00:00 giờ Việt Nam");
    assert_string_equal(local_time_text(arena, ENGLISH, DUE_S * 1000000),
                        "Friday, 31 January 2020, 00:00 Viet Nam time (UTC+7)");
}

/* Every enum that an event of a rule carries has a phrase for each of its values, in both
 * languages. */
static void
every_word_of_the_protocol_can_be_said(void **state)
{
    (void) state;
    for (const struct rule *rule = notification_rules; rule->event; rule++)
        for (unsigned i = 0; i < rule->event->n_fields; i++) {
            const ProtobufCFieldDescriptor *field = &rule->event->fields[i];
            const ProtobufCEnumDescriptor *words = field->descriptor;

            if (field->type != PROTOBUF_C_TYPE_ENUM)
                continue;
            for (unsigned v = 0; v < words->n_values; v++)
                for (int language = 0; words->values[v].value && language < LANGUAGES; language++)
                    if (!phrase_of((enum language) language, words, words->values[v].value))
                        fail_msg("%s has no phrase", words->values[v].name);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_template_reads_well_with_everything_and_with_little),
        TEST(whoever_has_to_act_reads_something_else),
        TEST(a_finalist_reads_what_to_do_and_by_when),
        TEST(one_language_alone_is_enough),
        TEST(what_is_missing_or_misspelt_is_found_at_start),
        TEST(a_name_that_nobody_knows_is_an_error_and_no_gap),
        TEST(html_is_escaped_and_text_is_not),
        TEST(money_is_grouped_as_people_write_it),
        TEST(times_are_those_of_viet_nam),
        TEST(every_word_of_the_protocol_can_be_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
