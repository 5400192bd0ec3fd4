/* services/notifications/phrases.c - how the words of the protocol are said to people. Pure. */
#include "services/notifications/phrases.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sangkien/appraisal/v1/types.pb-c.h"
#include "sangkien/funding/v1/types.pb-c.h"
#include "sangkien/submissions/v1/types.pb-c.h"
#include "sangkien/types/v1/types.pb-c.h"

enum { VIET_NAM_SECONDS = 7 * 3600 }; /* UTC+7, no summer time */

struct phrase {
    const ProtobufCEnumDescriptor *descriptor;
    int value;
    const char *texts[LANGUAGES];
};

const char *
money_text(struct arena *arena, enum language language, int64_t amount_vnd)
{
    char digits[24];
    char grouped[40];
    size_t at = 0;
    const size_t count =
        (size_t) snprintf(digits, sizeof(digits), "%" PRIu64,
                          amount_vnd < 0 ? 0 - (uint64_t) amount_vnd : (uint64_t) amount_vnd);

    for (size_t i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            grouped[at++] = language == VIETNAMESE ? '.' : ',';
        grouped[at++] = digits[i];
    }
    grouped[at] = '\0';
    return arena_format(arena, language == VIETNAMESE ? "%s%s đồng" : "%sVND %s",
                        amount_vnd < 0 ? "-" : "", grouped);
}

const char *
centi_text(struct arena *arena, enum language language, int64_t centi)
{
    const uint64_t size = centi < 0 ? 0 - (uint64_t) centi : (uint64_t) centi;

    return arena_format(arena, "%s%" PRIu64 "%c%02" PRIu64, centi < 0 ? "-" : "", size / 100,
                        language == VIETNAMESE ? ',' : '.', size % 100);
}

static const char *const english_months[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December",
};

static const char *const weekdays[LANGUAGES][7] = {
    { "Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy" },
    { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" },
};

const char *
day_text(struct arena *arena, enum language language, int year, int month, int day)
{
    if (language == ENGLISH && month >= 1 && month <= 12)
        return arena_format(arena, "%d %s %04d", day, english_months[month - 1], year);
    return arena_format(arena, "%02d/%02d/%04d", day, month, year);
}

const char *
local_time_text(struct arena *arena, enum language language, int64_t time_us)
{
    const int64_t floor_us =
        time_us % 1000000 < 0 ? 1000000 : 0; /* times before 1970 round down too */
    const time_t local = (time_t) ((time_us - floor_us) / 1000000 + VIET_NAM_SECONDS);
    struct tm tm;
    const char *day;

    if (!gmtime_r(&local, &tm))
        return NULL;
    day = day_text(arena, language, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    return arena_format(arena,
                        language == VIETNAMESE ? "%s, %s, %02d:%02d giờ Việt Nam"
                                               : "%s, %s, %02d:%02d Viet Nam time (UTC+7)",
                        weekdays[language][tm.tm_wday], day, tm.tm_hour, tm.tm_min);
}

#define SAY(package, TYPE, type, PACKAGE, word, vi, en)                                            \
    {                                                                                              \
        &package##__##type##__descriptor, PACKAGE##__##TYPE##__##TYPE##_##word,                    \
        {                                                                                          \
            vi, en                                                                                 \
        }                                                                                          \
    }
#define ENTRY_KIND(word, vi, en) SAY(submissions, ENTRY_KIND, entry_kind, SUBMISSIONS, word, vi, en)
#define DOSSIER_FORM(word, vi, en)                                                                 \
    SAY(submissions, DOSSIER_FORM, dossier_form, SUBMISSIONS, word, vi, en)
#define AWARD(word, vi, en) SAY(submissions, AWARD, award, SUBMISSIONS, word, vi, en)
#define SCOPE(word, vi, en) SAY(types, SCOPE, scope, TYPES, word, vi, en)
#define OUTCOME(word, vi, en) SAY(appraisal, OUTCOME, outcome, APPRAISAL, word, vi, en)
#define VERDICT(word, vi, en) SAY(appraisal, VERDICT, verdict, APPRAISAL, word, vi, en)
#define PURPOSE(word, vi, en) SAY(funding, PURPOSE, purpose, FUNDING, word, vi, en)
#define BENEFICIARY(word, vi, en)                                                                  \
    SAY(funding, BENEFICIARY_KIND, beneficiary_kind, FUNDING, word, vi, en)
#define PARTY_(word, vi, en) SAY(funding, PARTY, party, FUNDING, word, vi, en)
#define METHOD(word, vi, en) SAY(funding, ALLOTMENT_METHOD, allotment_method, FUNDING, word, vi, en)
#define PAYMENT_KIND(word, vi, en)                                                                 \
    SAY(funding, DISBURSEMENT_KIND, disbursement_kind, FUNDING, word, vi, en)

/* clang-format off */
static const struct phrase phrases[] = {
    ENTRY_KIND(MODEL,                   "mô hình",                                  "model"),
    ENTRY_KIND(INITIATIVE,              "sáng kiến",                                "initiative"),
    ENTRY_KIND(SOLUTION,                "giải pháp",                                "solution"),
    DOSSIER_FORM(OPTION_PAPER,          "phương án",                                "option paper"),
    DOSSIER_FORM(SCHEME,                "đề án",                                    "scheme"),
    DOSSIER_FORM(PLAN,                  "kế hoạch",                                 "plan"),
    AWARD(NONE,                         "không đạt giải",                           "no award"),
    AWARD(FIRST,                        "giải Nhất",                                "first prize"),
    AWARD(SECOND,                       "giải Nhì",                                 "second prize"),
    AWARD(THIRD,                        "giải Ba",                                  "third prize"),
    AWARD(CONSOLATION,                  "giải Khuyến khích",                        "consolation prize"),
    SCOPE(UNIT,                         "trong đơn vị",                             "within the unit"),
    SCOPE(SECTOR,                       "trong ngành, lĩnh vực",                    "across the sector"),
    SCOPE(LOCALITY,                     "tại địa phương",                           "across the locality"),
    SCOPE(PROVINCE,                     "trên địa bàn toàn tỉnh",                   "across the province"),
    SCOPE(NATION,                       "trên phạm vi toàn quốc",                   "across the nation"),
    OUTCOME(RECOMMEND_COMPLETION,       "đề nghị hỗ trợ hoàn thiện",                "support for completion is recommended"),
    OUTCOME(RECOMMEND_REPLICATION,      "đề nghị nhân rộng",                        "replication is recommended"),
    OUTCOME(RECOMMEND_BOTH,             "đề nghị hỗ trợ hoàn thiện và nhân rộng",   "completion and replication are recommended"),
    OUTCOME(NOT_RECOMMENDED,            "không đề nghị hỗ trợ",                     "not recommended"),
    VERDICT(SUPPORT,                    "đồng ý",                                   "supports"),
    VERDICT(OPPOSE,                     "không đồng ý",                             "opposes"),
    VERDICT(COMMENT,                    "góp ý",                                    "comments"),
    PURPOSE(COMPLETION,                 "hoàn thiện",                               "completion"),
    PURPOSE(REPLICATION,                "nhân rộng",                                "replication"),
    BENEFICIARY(AGENCY,                 "cơ quan, đơn vị",                          "agency"),
    BENEFICIARY(INDIVIDUAL,             "cá nhân",                                  "individual"),
    PARTY_(HOME_AFFAIRS,                "cơ quan nội vụ",                           "Home Affairs"),
    PARTY_(FINANCE,                     "cơ quan tài chính",                        "Finance"),
    METHOD(SUPPLEMENTARY_ESTIMATE,      "giao bổ sung dự toán",                     "supplementary estimate"),
    METHOD(PAYMENT_ORDER,               "lệnh chi tiền",                            "payment order"),
    METHOD(WITHIN_ESTIMATE,             "trong dự toán đã giao",                    "within the estimate already given"),
    PAYMENT_KIND(ADVANCE,               "tạm ứng",                                  "advance"),
    PAYMENT_KIND(PAYMENT,               "thanh toán",                               "payment"),
    { 0 },
};
/* clang-format on */

const char *
phrase_of(enum language language, const ProtobufCEnumDescriptor *descriptor, int value)
{
    for (const struct phrase *p = phrases; p->descriptor; p++)
        if (p->descriptor == descriptor && p->value == value)
            return p->texts[language];
    return NULL;
}
