/* tests/bench/generate_story.c - the lives of entries, from draft to money, many at a time. */
#include <stdlib.h>
#include <time.h>

#include "common/proto.h"
#include "sangkien/appraisal/v1/events.pb-c.h"
#include "sangkien/funding/v1/events.pb-c.h"
#include "services/submissions/submissions.h"
#include "tests/bench/generate.h"

/* How many entries begin at once; how many of such moments an entry may wait for its next step; and in how many
 * cases one does not take the common way. */
enum { BEGIN_AT_ONCE = 4, LONGEST_WAIT = 256, ONE_ELSE_IN = 20 };

/* Where a life ends, and how many events it has made by then; a returned dossier makes ROUND more. */
enum end { ELIMINATED, LATE, WITHDRAWN, WAITING, PAID };
static const int64_t events_until[] = { 5, 8, 9, 10, 13 };
enum { ROUND = 2 };

#define DAY_US INT64_C(86400000000)

enum step {
    DRAFT,
    SUBMIT,
    REGISTER,
    JUDGE,
    REQUIRE,
    PASS_DEADLINE,
    WITHDRAW,
    HAND_IN,
    EXAMINE,
    OPEN_APPRAISAL,
    REPORT,
    PAY,
    OVER,
};

struct life {
    struct life *next; /* whose turn is at the same moment */
    const char *id;
    const struct contestant *entrant;
    int64_t number;
    enum end end;
    enum step step;
    int rounds; /* so often its dossier is returned */
    int dossier_version;
    const ProtobufCMessage *alarm;
};

/* An edition that is being played. */
struct play {
    struct chronicle *c;
    const struct cast *cast;
    struct arena *arena;
    struct world *world;
    const char *edition;
    int ordinal;
    int longest_wait_days;
};

/* Where the states go. */
struct stages {
    struct copy *edition, *entry, *dossier;
    struct copy *of_entry[8], *of_dossier[8]; /* closed by NULL */
};

/* ------------------------------------------------------------------ what is said */

#define NEW(play, message) proto_new((play)->arena, ON(message))

static Types__Date *
date_of(struct play *p, int64_t time_us)
{
    Types__Date *date = proto_new(p->arena, &types__date__descriptor);
    time_t seconds = (time_t) (time_us / 1000000);
    struct tm tm;

    gmtime_r(&seconds, &tm);
    date->year = tm.tm_year + 1900;
    date->month = tm.tm_mon + 1;
    date->day = tm.tm_mday;
    return date;
}

static Types__OfficialDocument *
document(struct play *p, Types__DocumentKind kind, const char *suffix)
{
    Types__OfficialDocument *document = proto_new(p->arena, &types__official_document__descriptor);

    document->kind = kind;
    document->document_symbol =
        arena_format(p->arena, "%d/%s", 1 + (int) throw_dice(p->c, 9999), suffix);
    document->issued_on = date_of(p, p->c->now_us);
    return document;
}

static Types__Deadline *
deadline(struct play *p, int days)
{
    Types__Deadline *deadline = proto_new(p->arena, &types__deadline__descriptor);

    deadline->date = date_of(p, p->c->now_us + days * DAY_US);
    deadline->utc_offset_minutes = 420;
    return deadline;
}

static const char *
pick(struct play *p, const char *const *of, size_t count)
{
    return of[throw_dice(p->c, count)];
}

#define PICK(play, of) pick(play, of, sizeof(of) / sizeof(*(of)))

static const char *const aims[] = {
    "Rút ngắn thời gian giải quyết",
    "Liên thông điện tử",
    "Số hóa và tái sử dụng kết quả của",
    "Công khai tiến độ",
    "Một cửa lưu động cho",
};
static const char *const matters[] = {
    "hồ sơ đất đai tại cấp xã", "thủ tục đăng ký khai sinh", "cấp phép xây dựng nhà ở riêng lẻ",
    "hồ sơ người có công",      "thủ tục hộ kinh doanh",     "phản ánh, kiến nghị của người dân",
};
static const char *const means[] = {
    "Kiểm tra thành phần hồ sơ ngay khi nộp và trả lời trong ngày.",
    "Dùng lại giấy tờ đã số hóa, người dân không phải nộp bản sao.",
    "Tự động nhắc hạn cho cán bộ thụ lý và lãnh đạo đơn vị.",
    "Đo mức độ hài lòng sau mỗi lượt giải quyết, công bố hằng tháng.",
};

static const ProtobufCMessage *
draft(struct play *p, const struct life *life)
{
    Submissions__CreateEntry *ask = NEW(p, create_entry);
    Submissions__Author *author = NEW(p, author);

    ask->edition_id = p->edition;
    ask->entry_kind = 1 + (Submissions__EntryKind) throw_dice(p->c, 3);
    ask->title = arena_format(p->arena, "%s %s, số %lld", PICK(p, aims), PICK(p, matters),
                              (long long) life->number);
    ask->summary =
        arena_format(p->arena, "%s %s %s", PICK(p, means), PICK(p, means), PICK(p, means));
    ask->team = arena_format(p->arena, "đội %d", 1 + (int) throw_dice(p->c, 9));
    ask->n_authors = 1;
    ask->authors = arena_zero(p->arena, sizeof(*ask->authors));
    ask->authors[0] = author;
    author->person_id = uuid_text(p->arena, &life->entrant->clerk.person);
    author->share_bp = WHOLE_BP;
    return &ask->base;
}

static const ProtobufCMessage *
registration(struct play *p, const struct life *life)
{
    Submissions__RegisterEntry *ask = NEW(p, register_entry);

    ask->entry_code = arena_format(p->arena, "MS-%d-%lld", p->ordinal, (long long) life->number);
    return &ask->base;
}

static const ProtobufCMessage *
result(struct play *p, const struct life *life)
{
    Submissions__RecordFinalResult *ask = NEW(p, record_final_result);

    ask->document = document(p, TYPES__DOCUMENT_KIND__DOCUMENT_KIND_REPORT, "BC-SNV");
    ask->reached_final = life->end != ELIMINATED;
    ask->score_centi = (ask->reached_final ? 7500 : 5000) + (int) throw_dice(p->c, 2500);
    if (ask->reached_final)
        ask->award = 1 + (Submissions__Award) throw_dice(p->c, 5);
    return &ask->base;
}

static void
add_line(struct play *p, Submissions__SubmitDossier *ask, size_t place)
{
    Types__EstimateLine *line = proto_new(p->arena, &types__estimate_line__descriptor);

    line->description = place ? "Bồi dưỡng cán bộ thực hiện" : "Thiết bị và phần mềm";
    line->quantity = 1 + (int64_t) throw_dice(p->c, 20);
    line->unit_price_vnd = INT64_C(1000000) * (1 + (int64_t) throw_dice(p->c, 30));
    line->amount_vnd = line->quantity * line->unit_price_vnd;
    line->index_code = "0000";
    ask->lines[place] = line;
    ask->total_vnd += line->amount_vnd;
}

static const ProtobufCMessage *
dossier(struct play *p)
{
    Submissions__SubmitDossier *ask = NEW(p, submit_dossier);

    ask->dossier_form = SUBMISSIONS__DOSSIER_FORM__DOSSIER_FORM_SCHEME;
    ask->solution = arena_format(p->arena, "%s %s", PICK(p, means), PICK(p, means));
    ask->implementation_method = "Thí điểm tại ba đơn vị trong sáu tháng, rồi nhân rộng.";
    ask->n_lines = 2;
    ask->lines = arena_zero(p->arena, ask->n_lines * sizeof(*ask->lines));
    for (size_t i = 0; i < ask->n_lines; i++)
        add_line(p, ask, i);
    ask->document = document(p, TYPES__DOCUMENT_KIND__DOCUMENT_KIND_SUBMISSION, "TTr");
    return &ask->base;
}

static const ProtobufCMessage *
examination(struct play *p, const struct life *life)
{
    Submissions__ReturnDossier *back = NEW(p, return_dossier);
    Submissions__AcceptDossier *taken = NEW(p, accept_dossier);

    back->dossier_version = taken->dossier_version = life->dossier_version;
    if (life->rounds == 0)
        return &taken->base;
    back->reason = "Thiếu thuyết minh dự toán và văn bản đồng ý của đơn vị phối hợp.";
    back->cure = deadline(p, 15 + p->longest_wait_days);
    return &back->base;
}

/* ------------------------------------------------------------------ one step of one life */

static void
must(struct play *p, const struct speaker *who, const struct life *life,
     const ProtobufCMessage *message)
{
    if (!say(p->c, p->world, who, life->id, message, NULL))
        die("%s was refused", message->descriptor->name);
}

static enum step
require(struct play *p, struct life *life)
{
    Submissions__RequireDossier *ask = NEW(p, require_dossier);
    struct list alarms;

    ask->due = deadline(p, life->end == LATE ? 0 : 60 + p->longest_wait_days);
    if (!say(p->c, p->world, &p->cast->standing, life->id, &ask->base, &alarms))
        die("a dossier could not be required");
    life->alarm = ((const struct alarm *) list_at(&alarms, 0))->message;
    return life->end == LATE ? PASS_DEADLINE : life->end == WITHDRAWN ? WITHDRAW : HAND_IN;
}

/* It comes too late: the alarm has rung, and what is handed in is refused. */
static enum step
pass_deadline(struct play *p, struct life *life)
{
    ring(p->c, p->world, life->id, life->alarm);
    if (say(p->c, p->world, &life->entrant->head, life->id, dossier(p), NULL))
        die("a dossier was taken after its deadline");
    return OVER;
}

static enum step
examine(struct play *p, struct life *life)
{
    must(p, &p->cast->standing, life, examination(p, life));
    if (life->rounds-- > 0)
        return HAND_IN;
    return life->end == WAITING ? OVER : OPEN_APPRAISAL;
}

/* What appraisal and funding say of it. */
static enum step
hear_of(struct play *p, const struct life *life)
{
    Appraisal__AppraisalOpened *opened =
        proto_new(p->arena, &appraisal__appraisal_opened__descriptor);
    Appraisal__AppraisalReported *reported =
        proto_new(p->arena, &appraisal__appraisal_reported__descriptor);
    Funding__FundsDisbursed *paid = proto_new(p->arena, &funding__funds_disbursed__descriptor);

    opened->dossier_id = reported->dossier_id = paid->dossier_id = life->id;
    opened->appraisal_case_id = reported->appraisal_case_id = new_id(p->c, p->arena);
    hear(p->c, p->world, life->id,
         life->step == OPEN_APPRAISAL ? &opened->base
         : life->step == REPORT       ? &reported->base
                                      : &paid->base);
    return life->step + 1;
}

static enum step
take_step(struct play *p, struct life *life)
{
    const struct contestant *e = life->entrant;
    Submissions__WithdrawEntry *withdraw;

    switch (life->step) {
    case DRAFT:
        life->id = new_id(p->c, p->arena);
        must(p, &e->clerk, life, draft(p, life));
        return SUBMIT;
    case SUBMIT:
        must(p, &e->head, life, NEW(p, submit_entry));
        return REGISTER;
    case REGISTER:
        must(p, &p->cast->standing, life, registration(p, life));
        return JUDGE;
    case JUDGE:
        must(p, &p->cast->standing, life, result(p, life));
        return life->end == ELIMINATED ? OVER : REQUIRE;
    case REQUIRE:
        return require(p, life);
    case PASS_DEADLINE:
        return pass_deadline(p, life);
    case WITHDRAW:
        withdraw = NEW(p, withdraw_entry);
        withdraw->reason = "Đơn vị đã sáp nhập, không còn điều kiện thực hiện.";
        must(p, &e->head, life, &withdraw->base);
        return OVER;
    case HAND_IN:
        must(p, &e->head, life, dossier(p));
        life->dossier_version++;
        return EXAMINE;
    case EXAMINE:
        return examine(p, life);
    case OPEN_APPRAISAL:
    case REPORT:
    case PAY:
        return hear_of(p, life);
    case OVER:
        break;
    }
    return OVER;
}

/* ------------------------------------------------------------------ an edition */

static void
open_edition(struct play *p)
{
    Submissions__CreateEdition *create = NEW(p, create_edition);
    Types__Date *date = date_of(p, p->c->now_us);

    p->edition = new_id(p->c, p->arena);
    create->ordinal = p->ordinal;
    create->year = date->year;
    create->name = arena_format(p->arena, "Hội thi lần thứ %d", p->ordinal);
    create->threshold_centi = 7500;
    create->maximum_centi = 10000;
    create->judged_elsewhere = true;
    create->document = document(p, TYPES__DOCUMENT_KIND__DOCUMENT_KIND_PLAN, "KH-UBND");
    if (!say(p->c, p->world, &p->cast->standing, p->edition, &create->base, NULL) ||
        !say(p->c, p->world, &p->cast->owner, p->edition, NEW(p, publish_edition), NULL) ||
        !say(p->c, p->world, &p->cast->standing, p->edition, NEW(p, open_registration), NULL))
        die("edition %d could not be opened", p->ordinal);
}

/* Chosen so that all lives together make the events that the plan asks for: wanted is what this one may add. */
static void
choose_end(struct play *p, struct life *life, int64_t wanted, int64_t *added_p)
{
    life->entrant = list_at(&p->cast->entrants, throw_dice(p->c, p->cast->entrants.count));
    life->end = PAID;
    if (throw_dice(p->c, ONE_ELSE_IN) == 0)
        life->end = LATE + (enum end) throw_dice(p->c, 3);
    if (wanted < events_until[LATE])
        life->end = ELIMINATED;
    if (life->end == PAID && wanted > events_until[PAID])
        life->rounds = (int) ((wanted - events_until[PAID]) / ROUND);
    *added_p += events_until[life->end] + ROUND * life->rounds;
}

/* Moment by moment: some entries begin, and those whose turn it is take their next step, each of which sets the
 * turn of the one after it. */
static void
play_lives(struct play *p, struct life *lives, int64_t count, int64_t until_us)
{
    int64_t moments = count / BEGIN_AT_ONCE + 1 + 12 * LONGEST_WAIT, begun = 0, living = count;
    struct life *turns[LONGEST_WAIT + 1] = { NULL };
    int64_t from_us = p->c->now_us, length_us = (until_us - from_us) / moments;

    p->longest_wait_days = (int) (LONGEST_WAIT * length_us / DAY_US) + 1;
    for (int64_t moment = 0; living > 0; moment++) {
        struct life **turn = &turns[moment % (LONGEST_WAIT + 1)];

        for (int n = 0; n < BEGIN_AT_ONCE && begun < count; n++, begun++) {
            lives[begun].next = *turn;
            *turn = &lives[begun];
        }
        if (moment < moments)
            p->c->now_us = from_us + length_us * moment;
        for (struct life *life = *turn, *next; life; life = next) {
            struct life **later = &turns[(moment + 1 + (int64_t) throw_dice(p->c, LONGEST_WAIT)) %
                                         (LONGEST_WAIT + 1)];

            next = life->next;
            life->step = take_step(p, life);
            living -= life->step == OVER;
            if (life->step != OVER) {
                life->next = *later;
                *later = life;
            }
        }
        *turn = NULL;
    }
}

static void
copy_with_children(struct play *p, const struct kind *kind, const char *id, struct copy *states,
                   struct copy *const *children)
{
    const struct aggregate *state = world_hold(p->world, kind, uuid_of(id))->state;
    size_t n = 0;

    if (state->version == 0)
        return;
    copy_state(states, kind->table, state);
    for (const struct child *child = kind->table->children; child && child->name; child++)
        copy_children(children[n++], child, state);
}

void
play_edition(struct chronicle *c, struct stages *stages, const struct cast *cast,
             const struct plan *plan, int ordinal, int64_t first, int64_t count, int64_t until_us)
{
    struct arena *arena = arena_new();
    struct play p = { c, cast, arena, world_new(arena), NULL, ordinal, 0 };
    struct life *lives = arena_zero(arena, (size_t) count * sizeof(*lives));
    int64_t added;

    open_edition(&p);
    added = c->head.position - c->begun_at;
    for (int64_t i = 0; i < count; i++) {
        int64_t wanted =
            (int64_t) ((double) plan->events * (double) (first + i + 1) / (double) plan->entries);

        lives[i].number = first + i + 1;
        choose_end(&p, &lives[i], wanted - added, &added);
    }
    play_lives(&p, lives, count, until_us);
    copy_with_children(&p, &edition_kind, p.edition, stages->edition, NULL);
    for (int64_t i = 0; i < count; i++) {
        copy_with_children(&p, &entry_kind, lives[i].id, stages->entry, stages->of_entry);
        copy_with_children(&p, &dossier_kind, lives[i].id, stages->dossier, stages->of_dossier);
    }
    arena_free(&arena);
}

static void
open_children(const struct plan *plan, const struct table *table, struct copy **ret_children)
{
    for (const struct child *child = table->children; child && child->name; child++)
        *ret_children++ = copy_open_child(plan->dsn, plan->programme, child);
}

struct stages *
stages_open(const struct plan *plan)
{
    struct stages *stages = calloc(1, sizeof(*stages));

    if (!stages)
        die("out of memory");
    stages->edition = copy_open_table(plan->dsn, plan->programme, &edition_table);
    stages->entry = copy_open_table(plan->dsn, plan->programme, &entry_table);
    stages->dossier = copy_open_table(plan->dsn, plan->programme, &dossier_table);
    open_children(plan, &entry_table, stages->of_entry);
    open_children(plan, &dossier_table, stages->of_dossier);
    return stages;
}

void
stages_close(struct stages **stages_p)
{
    struct stages *stages = *stages_p;

    copy_close(&stages->edition);
    copy_close(&stages->entry);
    copy_close(&stages->dossier);
    for (size_t i = 0; stages->of_entry[i]; i++)
        copy_close(&stages->of_entry[i]);
    for (size_t i = 0; stages->of_dossier[i]; i++)
        copy_close(&stages->of_dossier[i]);
    free(stages);
    *stages_p = NULL;
}
