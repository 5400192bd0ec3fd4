/* common/judge.c - the questions that every letter is asked, in their order, before its core is. */
#include "common/judge.h"

#include <stdlib.h>
#include <string.h>

#include "common/answer.h"

struct known {
    struct uuid source;
    struct uuid id;
    struct digest digest;
    struct bytes reply;
    uint8_t salt[16];
    bool has_salt; /* false: the request was erased */
};

void
verge_init(struct verge *verge, struct arena *arena, const struct writer *writer, int64_t now_us)
{
    *verge = (struct verge){ .arena = arena, .writer = writer, .now_us = now_us };
    list_init(&verge->known, arena, sizeof(struct known));
    list_init(&verge->timers, arena, sizeof(struct uuid));
}

void
verge_add_known(struct verge *verge, const struct db_result *result, size_t row)
{
    struct known *known = list_add(&verge->known);
    struct bytes digest = db_get_bytes(result, row, 2);
    struct bytes reply = db_get_bytes(result, row, 3);
    struct bytes salt = db_get_bytes(result, row, 4);

    known->source = db_get_uuid(result, row, 0);
    known->id = db_get_uuid(result, row, 1);
    memcpy(known->digest.bytes, digest.data, sizeof(known->digest.bytes));
    known->reply = arena_bytes(verge->arena, reply.data, reply.size);
    known->has_salt = salt.size == sizeof(known->salt);
    if (known->has_salt)
        memcpy(known->salt, salt.data, sizeof(known->salt));
}

bool
service_founds(const struct service *service)
{
    for (const struct kind *const *kind = service->kinds; *kind; kind++)
        for (const struct handler *h = (*kind)->handlers; h->message; h++)
            if (h->birth == FOUNDS)
                return true;
    return false;
}

static void
refuse_once(struct letter *letter, int reason, const char *field)
{
    letter->fate = REFUSED_ONCE;
    letter->reason = reason;
    letter->field = field;
}

static void
refuse(struct letter *letter, int reason, const char *field)
{
    letter->fate = ANSWERED;
    letter->reason = reason;
    letter->field = field;
}

/* ------------------------------------------------------------------ seen before? */

static bool
same_request(const struct letter *a, const struct letter *b)
{
    return uuid_equal(&a->id, &b->id) && uuid_equal(&a->source, &b->source);
}

static bool
same_bytes(struct bytes a, struct bytes b)
{
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* A request in its place in the batch. */
struct asked {
    struct letter *letter;
    size_t place;
};

static int
asked_order(const void *a, const void *b)
{
    const struct asked *left = a, *right = b;
    int order = uuid_compare(&left->letter->id, &right->letter->id);

    if (order == 0)
        order = uuid_compare(&left->letter->source, &right->letter->source);
    if (order == 0)
        order = left->place < right->place ? -1 : 1;
    return order;
}

void
judge_twins(struct arena *arena, struct letter **letters, size_t count)
{
    struct asked *asked = arena_zero(arena, count * sizeof(*asked));
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (letter_is_request(letters[i]) && letters[i]->fate == UNDECIDED)
            asked[n++] = (struct asked){ letters[i], i };
    qsort(asked, n, sizeof(*asked), asked_order);
    for (size_t i = 1, first = 0; i < n; i++) {
        struct letter *letter = asked[i].letter, *before = asked[first].letter;

        if (!same_request(letter, before))
            first = i;
        else if (same_bytes(letter->request, before->request))
            letter->twin = before;
        else
            letter->clashes = true;
    }
}

/* true: its fate is decided. */
static bool
is_known(const struct verge *verge, struct letter *letter)
{
    LIST_EACH (const struct known, known, &verge->known) {
        struct digest digest;

        if (!uuid_equal(&known->id, &letter->id) || !uuid_equal(&known->source, &letter->source))
            continue;
        digest = known->has_salt ? request_digest(known->salt, letter->request) : known->digest;
        if (digest_equal(&digest, &known->digest)) {
            letter->fate = KNOWN;
            letter->reply = known->reply;
        } else {
            refuse_once(letter, WIRE__REASON__REASON_REUSED_ID, "id");
        }
        return true;
    }
    return false;
}

static bool
timer_is_there(const struct verge *verge, const struct letter *letter)
{
    LIST_EACH (const struct uuid, id, &verge->timers)
        if (uuid_equal(id, &letter->id))
            return true;
    return false;
}

/* ------------------------------------------------------------------ allowed? */

/* A wire Reason, or 0. Agency and system come from the key alone. */
static int
is_forbidden(const struct verge *verge, const struct letter *letter)
{
    const struct authority *authority = verge->writer->authority;
    const struct actor *actor = &letter->actor;
    const struct peer_system *system = authority_system(authority, &actor->system);
    const struct uuid *agency = authority_agency_of(authority, &actor->person);
    unsigned who = letter->handler->who;

    if (!system || system->is_revoked || !uuid_equal(&system->agency, &actor->agency))
        return WIRE__REASON__REASON_UNKNOWN_SYSTEM;
    if (!agency || !uuid_equal(agency, &actor->agency))
        return WIRE__REASON__REASON_WRONG_ACTOR;
    if (who & ANYBODY)
        return authority_is_operator(authority, &actor->person) ? WIRE__REASON__REASON_NOT_ALLOWED
                                                                : 0;
    /* When it arrived, and still: a receipt keeps a deadline, but not a role that was taken away. */
    if (!authority_holds(authority, &actor->person, who, letter->programme, letter->received_us) ||
        !authority_holds(authority, &actor->person, who, letter->programme, verge->now_us))
        return WIRE__REASON__REASON_NOT_ALLOWED;
    return 0;
}

/* Is this the way by which such a message may come at all? */
static bool
may_come(const struct letter *letter)
{
    unsigned who = letter->handler->who;

    switch (letter->origin) {
    case FROM_CLIENT:
    case FROM_BIRTH:
        return !(who & (HEARD | ONLY_RUNTIME));
    case FROM_JOURNAL:
        return who & HEARD;
    case FROM_TIMER:
    case FROM_ERRAND:
        return who & ONLY_RUNTIME;
    }
    return false;
}

/* ------------------------------------------------------------------ the core's turn */

static void
let_decide(struct verge *verge, struct world *world, struct letter *letter)
{
    struct envelope envelope = letter_envelope(letter, verge->now_us, verge->writer->authority);

    letter->outcome = world_say(world, letter->handler, letter->kind, &envelope, letter->message);
    letter->reason = letter->outcome.reason;
    if (letter->reason == WIRE__REASON__REASON_NOT_FOUND ||
        letter->reason == WIRE__REASON__REASON_ALREADY_EXISTS)
        letter->field = "subject";
    if (letter->reason == WIRE__REASON__REASON_VERSION_MISMATCH)
        letter->field = "expected_version";
    letter->fate = letter->outcome.is_put_off ? PUT_OFF : ANSWERED;
}

static void
judge_request(struct verge *verge, struct world *world, struct letter *letter)
{
    bool founds = letter->handler->birth == FOUNDS;
    bool has_journal = verge->has_journal || verge->is_founded;
    int reason;

    if (is_known(verge, letter))
        return;
    if (letter->clashes) { /* only now: it may be the one that was answered before */
        refuse_once(letter, WIRE__REASON__REASON_REUSED_ID, "id");
        return;
    }
    if (!has_journal && !founds) {
        refuse_once(letter, WIRE__REASON__REASON_UNKNOWN_PROGRAMME, "programme");
        return;
    }
    if (has_journal && founds) {
        refuse(letter, WIRE__REASON__REASON_ALREADY_EXISTS, "programme");
        return;
    }
    if (letter->forced_reason || letter->forced_refusal) {
        letter->fate = ANSWERED;
        letter->reason = letter->forced_reason;
        letter->outcome.refusal = letter->forced_refusal;
        return;
    }
    if (letter->expires_us && letter->received_us >= letter->expires_us) {
        refuse(letter, WIRE__REASON__REASON_EXPIRED, "expires");
        return;
    }
    reason = letter->origin == FROM_CLIENT ? is_forbidden(verge, letter) : 0;
    if (reason)
        refuse(letter, reason,
               reason == WIRE__REASON__REASON_UNKNOWN_SYSTEM ? NULL : "actor.person");
    else
        let_decide(verge, world, letter);
}

/* A first refusal cannot be stored where there is no journal; and a rehearsal never is. */
static void
keep_unstored(const struct verge *verge, struct letter *letter)
{
    bool refused = letter->reason || letter->outcome.refusal;

    if (letter->fate == ANSWERED &&
        (letter->validate_only || (refused && !verge->has_journal && !verge->is_founded)))
        letter->fate = REFUSED_ONCE;
}

static int
judge_heard(struct verge *verge, struct world *world, struct letter *letter)
{
    let_decide(verge, world, letter);
    if (letter->fate == PUT_OFF) /* alone it will have all that it needs */
        return err_set(ERR_POISON, "%s must be heard alone", letter->type);
    if (letter->fate == ANSWERED && (letter->reason || letter->outcome.refusal))
        return err_set(ERR_POISON, "%s was refused: %s", letter->type,
                       letter->reason ? reason_word(letter->reason)
                                      : proto_enum_word(verge->writer->service->refusals,
                                                        letter->outcome.refusal));
    return 0;
}

static void
judge_timer(struct verge *verge, struct world *world, struct letter *letter)
{
    if (!timer_is_there(verge, letter) || letter->forced_reason || letter->forced_refusal) {
        letter->fate = DROPPED;
        return;
    }
    let_decide(verge, world, letter);
    if (letter->fate == ANSWERED && (letter->reason || letter->outcome.refusal))
        letter->fate = DROPPED; /* it came too late to matter */
}

static int
judge_one(struct verge *verge, struct world *world, struct letter *letter)
{
    if (letter->twin) {
        letter->fate = KNOWN; /* whatever the first one gets */
        return 0;
    }
    if (letter->fate != UNDECIDED)
        return 0;
    if (!may_come(letter)) {
        if (letter->origin == FROM_JOURNAL || letter->origin == FROM_TIMER)
            return err_set(ERR_POISON, "%s does not come this way", letter->type);
        refuse_once(letter, WIRE__REASON__REASON_UNKNOWN_TYPE, "type");
        return 0;
    }
    switch (letter->origin) {
    case FROM_JOURNAL:
        return judge_heard(verge, world, letter);
    case FROM_TIMER:
        judge_timer(verge, world, letter);
        return 0;
    case FROM_CLIENT:
    case FROM_ERRAND:
        judge_request(verge, world, letter);
        keep_unstored(verge, letter);
        return 0;
    case FROM_BIRTH:
        let_decide(verge, world, letter);
        if (letter->reason || letter->outcome.refusal)
            return err_set(ERR_FATAL, "the first words were refused: %s", letter->type);
        return 0;
    }
    return 0;
}

int
judge_all(struct verge *verge, struct world *world, struct letter **letters, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int rc = judge_one(verge, world, letters[i]);

        if (rc)
            return rc;
        if (letters[i]->fate == ANSWERED && letters[i]->outcome.happened.count)
            verge->is_founded = verge->is_founded || letters[i]->handler->birth == FOUNDS;
        if (letters[i]->fate == PUT_OFF) { /* and everything behind it, so that order is kept */
            for (size_t n = i; n < count; n++)
                letters[n]->fate = PUT_OFF;
            break;
        }
    }
    return 0;
}
