/* tests/fuzz/decide.c - every service's decisions: a story is told so far, and the input goes on with it.
 *
 * The first byte chooses the tale, the second how far its story has come. Then come steps: a command, an event of
 * another service, an alarm, bytes of a request as they are, time. All of it takes the way of production: the
 * gateway's scanner, the letter, the judge, the core.
 */
#include "services/gateway/request.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/play.h"

#include "sangkien/directory/v1/events.pb-c.h"

enum { MOST_STEPS = 24 };

static const struct tale *const tales[] = {
    &appraisal_tale,     &directory_tale,   &funding_tale,
    &notifications_tale, &submissions_tale, &judging_tale,
};

/* ------------------------------------------------------------------ who there is, what may be named */

static void
register_systems(struct story *s, const unsigned *agencies)
{
    for (const unsigned *agency = agencies; *agency; agency++) {
        Directory__SystemRegistered e = DIRECTORY__SYSTEM_REGISTERED__INIT;
        struct uuid agency_id = ID(*agency);
        struct uuid id = uuid_derive("story system", &agency_id, sizeof(agency_id));

        e.system_id = uuid_text(s->arena, &id);
        e.agency_id = story_id(s, *agency);
        e.name = "Records";
        e.public_key = arena_format(s->arena, "%040u", *agency);
        story_directory(s, &e);
    }
}

static void
know_id(struct play *play, struct uuid id)
{
    *(struct uuid *) list_add(&play->known.ids) = id;
}

static void
know_columns(struct play *play, const struct column *columns, const void *row)
{
    for (const struct column *c = columns; c->name; c++)
        if (c->type == DIGEST)
            *(struct digest *) list_add(&play->known.digests) =
                *(const struct digest *) (const void *) ((const char *) row + c->offset);
}

/* All persons, agencies and aggregates of the story so far, and one that is free. */
static void
look_around(struct play *play)
{
    struct story *s = &play->story;

    list_init(&play->known.ids, s->arena, sizeof(struct uuid));
    list_init(&play->known.digests, s->arena, sizeof(struct digest));
    play->known.codes = play->tale->codes;
    play->known.now_us = s->now_us;
    for (const struct kind *const *kind = s->service->kinds; *kind; kind++) {
        size_t count;
        struct held **all = world_all(s->world, *kind, &count);

        for (size_t i = 0; i < count; i++) {
            know_id(play, all[i]->id);
            know_columns(play, (*kind)->table->columns, all[i]->state);
        }
    }
    for (const unsigned *n = play->tale->persons; *n; n++)
        know_id(play, ID(*n));
    for (const unsigned *n = play->tale->agencies; *n; n++)
        know_id(play, ID(*n));
    for (unsigned n = 0x500; n < 0x503; n++)
        know_id(play, ID(n));
}

/* The nth handler of those that are, or are not, of these kinds; NULL: there is none. */
static const struct handler *
take_handler(struct play *play, unsigned who, bool of_these, const struct kind **ret_kind)
{
    const struct handler *all[256];
    const struct kind *kinds[256];
    size_t count = 0, choice = take_byte(&play->in);

    for (const struct kind *const *kind = play->story.service->kinds; *kind; kind++)
        for (const struct handler *h = (*kind)->handlers; h->message; h++)
            if (!(h->who & who) == !of_these) {
                kinds[count] = *kind;
                all[count++] = h;
            }
    if (count == 0)
        return NULL;
    *ret_kind = kinds[choice % count];
    return all[choice % count];
}

/* ------------------------------------------------------------------ letters */

static void
judge(struct play *play, struct letter **letters, size_t count, struct verge *verge)
{
    int rc;

    check_begin(play);
    judge_twins(play->story.arena, letters, count);
    rc = judge_all(verge, play->story.world, letters, count);
    check_step(play, letters, count, rc);
}

static struct verge
verge_now(struct play *play)
{
    struct verge verge;

    verge_init(&verge, play->story.arena, &play->writer, play->story.now_us);
    verge.has_journal = true;
    return verge;
}

/* A request as the gateway hands it on; sometimes it comes twice. */
static void
send_request(struct play *play, struct bytes bytes, uint8_t how)
{
    struct story *s = &play->story;
    struct work work = { .system = s->actor.system,
                         .agency = s->actor.agency,
                         .received_us = s->now_us - (how & 0x10 ? HOUR_US : 0),
                         .request = bytes };
    struct verge verge = verge_now(play);
    struct letter *letters[2];
    struct scan_result scan;
    struct request request;

    request_peek(bytes, &request);
    if (request_judge(&request, &scan) != 0 || !request_is_command(&request))
        return;
    letters[0] = letter_open(s->arena, s->service, &work);
    letters[1] = letter_open(s->arena, s->service, &work);
    if (letters[0]->fate == UNDECIDED)
        play->is_over = letters[0]->validate_only; /* a rehearsal is rolled back */
    verge.has_journal = (how & 0xE0) != 0;
    judge(play, letters, how & 0x08 ? 2 : 1, &verge);
}

static struct bytes
request_of(struct play *play, const ProtobufCMessage *message, uint8_t how)
{
    struct story *s = &play->story;
    Wire__Request request = WIRE__REQUEST__INIT;
    Wire__Actor actor = WIRE__ACTOR__INIT;
    struct bytes body = proto_pack(s->arena, message);
    struct uuid subject = make_id(&play->in, &play->known);
    struct uuid id = ID(0x10000 + play->said++);

    request.id = uuid_text(s->arena, &id);
    request.type = message->descriptor->name;
    request.programme = s->programme;
    request.subject = uuid_text(s->arena, &subject);
    request.body = (ProtobufCBinaryData){ body.size, (uint8_t *) (uintptr_t) body.data };
    actor.person = uuid_text(s->arena, &s->actor.person);
    actor.capacity = WIRE__CAPACITY__CAPACITY_HEAD;
    request.actor = how == 0xFC ? NULL : &actor;
    if (how == 0xFF)
        request.expires = story_time(s, s->now_us);
    if (how == 0xFE)
        request.expected_version = 1;
    request.validate_only = how == 0xFD;
    return proto_pack(s->arena, &request);
}

static void
take_speaker(struct play *play)
{
    size_t count = 0, choice = take_byte(&play->in);

    while (play->tale->persons[count])
        count++;
    story_as(&play->story, play->tale->persons[choice % count]);
}

static void
say(struct play *play)
{
    const struct kind *kind;
    const struct handler *handler = take_handler(play, HEARD | ONLY_RUNTIME, false, &kind);
    uint8_t how = take_byte(&play->in) ^ 0x20; /* 0: as usual */
    ProtobufCMessage *message;

    take_speaker(play);
    if (!handler)
        return;
    message = make_message(play->story.arena, &play->in, &play->known, handler->message);
    send_request(play, request_of(play, message, how), how);
}

static void
say_bytes(struct play *play)
{
    uint8_t how = take_byte(&play->in) ^ 0x20;

    take_speaker(play);
    send_request(play, take_bytes(&play->in), how);
}

/* ------------------------------------------------------------------ from inside */

static void
judge_inner(struct play *play, struct letter *letter)
{
    struct verge verge = verge_now(play);

    if (letter->origin == FROM_TIMER)
        *(struct uuid *) list_add(&verge.timers) = letter->id;
    judge(play, &letter, 1, &verge);
}

static struct letter *
write_letter(struct play *play, enum origin origin, const ProtobufCMessage *message)
{
    struct story *s = &play->story;
    struct letter *letter;
    int rc = letter_write(s->arena, s->service, origin, s->programme, message->descriptor->name,
                          proto_pack(s->arena, message), &letter);

    PROMISE(rc == 0, "%s: %s", message->descriptor->name, err_text());
    letter->id = ID(0x20000 + play->said++);
    return letter;
}

/* As hearing.c asks whom it concerns. */
static struct uuid
subject_of(const struct play *play, const struct letter *letter)
{
    struct given given = { .programme = letter->programme,
                           .authority = play->story.authority,
                           .heard_subject = letter->heard_subject,
                           .heard_position = letter->position,
                           .heard_type = letter->type,
                           .heard_parties = letter->parties,
                           .heard_party_count = letter->party_count,
                           .now_us = play->story.now_us,
                           .received_us = play->story.now_us };

    return letter->handler->subject ? letter->handler->subject(&given, letter->message)
                                    : letter->heard_subject;
}

static void
hear(struct play *play)
{
    struct story *s = &play->story;
    const struct kind *kind;
    const struct handler *handler = take_handler(play, HEARD, true, &kind);
    struct uuid *parties = arena_zero(s->arena, 4 * sizeof(*parties));
    struct letter *letter;

    if (!handler)
        return;
    letter = write_letter(play, FROM_JOURNAL,
                          make_message(s->arena, &play->in, &play->known, handler->message));
    letter->position = ++s->heard_position;
    letter->heard_subject = make_id(&play->in, &play->known);
    letter->parties = parties;
    letter->party_count = take_byte(&play->in) % 4;
    for (size_t i = 0; i < letter->party_count; i++)
        parties[i] = make_id(&play->in, &play->known);
    letter->subject = subject_of(play, letter);
    if (!uuid_is_nil(&letter->subject))
        judge_inner(play, letter);
}

/* One that was set, whether or not it is its time; or the runtime's own message, made up. */
static void
ring(struct play *play)
{
    struct story *s = &play->story;
    const struct kind *kind;
    const struct handler *handler = take_handler(play, ONLY_RUNTIME, true, &kind);
    uint8_t choice = take_byte(&play->in);
    const ProtobufCMessage *message;
    struct uuid subject = make_id(&play->in, &play->known);
    struct letter *letter;

    if (!handler)
        return;
    message = make_message(s->arena, &play->in, &play->known, handler->message);
    if (s->alarms.count && choice < 0xC0) {
        const struct story_alarm *alarm = list_at(&s->alarms, choice % s->alarms.count);

        subject = alarm->subject;
        message = alarm->alarm.message;
    }
    letter = write_letter(play, FROM_TIMER, message);
    letter->subject = subject;
    judge_inner(play, letter);
}

/* ------------------------------------------------------------------ the whole of it */

static void
step(struct play *play)
{
    uint8_t what = take_byte(&play->in);

    look_around(play);
    switch (what & 7) {
    case 5:
        hear(play);
        break;
    case 6:
        ring(play);
        break;
    case 7:
        if (what & 8)
            say_bytes(play);
        else
            play->story.now_us += (what >> 4) * 3 * DAY_US;
        break;
    default:
        say(play);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct play play = { .in = { data, size }, .head = { .programme = "khanh-hoa" } };
    uint8_t how_far;

    play.tale = tales[take_byte(&play.in) % (sizeof(tales) / sizeof(*tales))];
    how_far = take_byte(&play.in);
    play.tale->tell(&play.story, how_far);
    play.tale->tell(&play.again, how_far);
    register_systems(&play.story, play.tale->agencies);
    play.writer =
        (struct writer){ .service = play.tale->service, .authority = play.story.authority };
    for (int i = 0; i < MOST_STEPS && play.in.size && !play.is_over; i++)
        step(&play);
    story_end(&play.story);
    story_end(&play.again);
    return 0;
}
