/* tests/model/simulation/cast.c - who there is when an episode begins, and who speaks.
 *
 * Some hold what nobody should hold together: whoever signs for one party may also be given the other's role, drafts
 * proposals, or sits in the authority. That nothing comes of it is what is looked at. */
#include <stdio.h>

#include "common/decide.h"
#include "sangkien/directory/v1/commands.pb-c.h"
#include "tests/model/simulation/commands.h"

#define ROLE(role) DIRECTORY__ROLE__ROLE_##role

enum {
    OFFICE, /* runs the system */
    COMMITTEE,
    HOME_AFFAIRS,
    FINANCE,
    EDUCATION,
    HEALTH, /* has no mailbox */
    TREASURY,
    JUSTICE,
    DISTRICT,
    OPERATOR_ONE = 0,
    OPERATOR_TWO = 1,
    MOVER = 21, /* leaves Justice for Education, in the midst of an episode */
    PERSONS = 24,
};

/* clang-format off */
static const unsigned agency_of[PERSONS] = {
    OFFICE, OFFICE,
    COMMITTEE, COMMITTEE, COMMITTEE,                                        /*  2 ..  4 */
    HOME_AFFAIRS, HOME_AFFAIRS, HOME_AFFAIRS, HOME_AFFAIRS, HOME_AFFAIRS,   /*  5 ..  9 */
    FINANCE, FINANCE, FINANCE, FINANCE,                                     /* 10 .. 13 */
    EDUCATION, EDUCATION, EDUCATION,                                        /* 14 .. 16 */
    HEALTH, HEALTH,                                                         /* 17 .. 18 */
    TREASURY,                                                               /* 19 */
    JUSTICE, JUSTICE,                                                       /* 20 .. 21 */
    DISTRICT, DISTRICT,                                                     /* 22 .. 23 */
};

enum { EVERYBODY = PERSONS };

static const struct {
    Directory__Role role;
    unsigned agency;
    unsigned person;
} roles[] = {
    { ROLE(OWNER),                COMMITTEE,    2 },
    { ROLE(AUTHORITY),            COMMITTEE,    3 },
    { ROLE(AUTHORITY),            COMMITTEE,    4 },
    { ROLE(HOME_AFFAIRS_SIGNOFF), COMMITTEE,    4 },
    { ROLE(STANDING),             HOME_AFFAIRS, EVERYBODY },
    { ROLE(ORGANISER),            HOME_AFFAIRS, 6 },
    { ROLE(CLERK),                HOME_AFFAIRS, 5 },
    { ROLE(ENTRANT_HEAD),         HOME_AFFAIRS, 6 },
    { ROLE(HOME_AFFAIRS_SIGNOFF), HOME_AFFAIRS, 7 },
    { ROLE(HOME_AFFAIRS_SIGNOFF), HOME_AFFAIRS, 8 },
    { ROLE(FINANCE_SIGNOFF),      HOME_AFFAIRS, 8 },
    { ROLE(FINANCE_SIGNOFF),      HOME_AFFAIRS, 9 },
    { ROLE(FINANCE_SIGNOFF),      FINANCE,      10 },
    { ROLE(ACCOUNTANT),           FINANCE,      11 },
    { ROLE(FINANCE_SIGNOFF),      FINANCE,      12 },
    { ROLE(HOME_AFFAIRS_SIGNOFF), FINANCE,      12 },
    { ROLE(AUTHORITY),            FINANCE,      13 },
    { ROLE(FINANCE_SIGNOFF),      FINANCE,      13 },
    { ROLE(CLERK),                EDUCATION,    14 },
    { ROLE(AUTHOR),               EDUCATION,    16 },
    { ROLE(ENTRANT_HEAD),         EDUCATION,    15 },
    { ROLE(CLERK),                HEALTH,       17 },
    { ROLE(ENTRANT_HEAD),         HEALTH,       18 },
    { ROLE(TREASURY),             TREASURY,     19 },
    { ROLE(ACCOUNTANT),           TREASURY,     19 },
    { ROLE(CLERK),                DISTRICT,     EVERYBODY },
    { ROLE(ENTRANT_HEAD),         DISTRICT,     22 },
    { ROLE(AUDITOR),              JUSTICE,      20 },
};
/* clang-format on */
enum { ROLES = sizeof(roles) / sizeof(*roles) };

static struct {
    struct uuid agencies[AGENCIES];
    struct uuid systems[AGENCIES];
    struct uuid persons[PERSONS];
    uint64_t moves_at; /* step */
} cast;

/* ------------------------------------------------------------------ who speaks */

struct uuid
agency_id(size_t nth)
{
    return cast.agencies[nth];
}

/* Operators judge nothing. */
static bool
may_judge(unsigned agency)
{
    return agency == COMMITTEE || agency == FINANCE || agency == TREASURY || agency == JUSTICE;
}

struct uuid
any_person(void)
{
    return cast.persons[any_of(PERSONS)];
}

struct uuid
any_entrant(void)
{
    static const unsigned entrants[] = { HOME_AFFAIRS, EDUCATION, HEALTH, DISTRICT };

    return cast.agencies[entrants[any_of(sizeof(entrants) / sizeof(*entrants))]];
}

struct uuid
any_judge(void)
{
    size_t person = often(350) ? MOVER : any_of(PERSONS);

    while (!may_judge(agency_of[person]) && !often(20))
        person = any_of(PERSONS);
    return cast.persons[person];
}

static bool
has_moved(size_t nth)
{
    return nth == MOVER && sim.step_number >= cast.moves_at;
}

struct uuid
agency_of_person(struct uuid person)
{
    for (size_t i = 0; i < PERSONS; i++)
        if (uuid_equal(&cast.persons[i], &person))
            return cast.agencies[has_moved(i) ? EDUCATION : agency_of[i]];
    return cast.agencies[any_of(AGENCIES)];
}

/* The directory's journal knows no moves yet: the copy that everybody has of it answers as if it did. */
const struct uuid *__wrap_authority_agency_of(const struct authority *authority,
                                              const struct uuid *person);
const struct uuid *__real_authority_agency_of(const struct authority *authority,
                                              const struct uuid *person);

const struct uuid *
__wrap_authority_agency_of(const struct authority *authority, const struct uuid *person)
{
    return has_moved(MOVER) && uuid_equal(person, &cast.persons[MOVER])
               ? &cast.agencies[EDUCATION]
               : __real_authority_agency_of(authority, person);
}

struct uuid
system_of(struct uuid agency)
{
    for (size_t i = 0; i < AGENCIES; i++)
        if (uuid_equal(&cast.agencies[i], &agency))
            return cast.systems[i];
    return dice_uuid(&sim.dice);
}

void
spoken_by_person(struct draft *draft, struct uuid person)
{
    draft->person = person;
    draft->agency = agency_of_person(person);
}

static struct uuid
holder_of(size_t nth)
{
    size_t person = roles[nth].person, first = any_of(PERSONS);

    for (size_t i = 0; person == EVERYBODY; i++)
        if (agency_of[(first + i) % PERSONS] == roles[nth].agency)
            person = (first + i) % PERSONS;
    return cast.persons[person];
}

static bool
is_of(size_t nth, const struct uuid *agency)
{
    return !agency || uuid_equal(&cast.agencies[roles[nth].agency], agency);
}

static void
spoken_by_one(struct draft *draft, const struct uuid *agency, unsigned wanted)
{
    size_t first = any_of(ROLES);

    spoken_by_person(draft, any_person());
    if (often(60))
        return;
    for (size_t i = 0; i < ROLES; i++) {
        size_t nth = (first + i) % ROLES;

        if ((1U << roles[nth].role & wanted) && is_of(nth, agency)) {
            spoken_by_person(draft, holder_of(nth));
            return;
        }
    }
}

void
spoken_by(struct draft *draft, unsigned wanted)
{
    if (wanted == MAY(OPERATOR) && !often(60))
        spoken_by_person(draft, cast.persons[any_of(2)]);
    else
        spoken_by_one(draft, NULL, wanted);
}

void
spoken_for(struct draft *draft, struct uuid agency, unsigned wanted)
{
    spoken_by_one(draft, &agency, wanted);
}

struct given_role
any_given_role(void)
{
    size_t nth = any_of(ROLES);
    struct given_role given = { (int) roles[nth].role,
                                cast.agencies[roles[nth].agency],
                                { { 0 } } };

    if (roles[nth].person != EVERYBODY)
        given.person = cast.persons[roles[nth].person];
    return given;
}

/* ------------------------------------------------------------------ the first words */

enum { MOST_WORDS = 128 };

struct births {
    struct letter *letters[MOST_WORDS];
    size_t count;
};

static void
bear(struct births *b, struct uuid subject, const void *message)
{
    const ProtobufCMessage *m = message;
    struct letter *letter;

    if (b->count == MOST_WORDS ||
        letter_write(sim.letters, services[DIRECTORY], FROM_BIRTH, DIRECTORY_PROGRAMME,
                     m->descriptor->name, proto_pack(sim.letters, m), &letter))
        give_up("the directory cannot be made: %s", err_text());
    letter->id = dice_uuid(&sim.dice);
    letter->subject = subject;
    b->letters[b->count++] = letter;
}

static void
bear_agency(struct births *b, size_t nth)
{
    Directory__RegisterAgency agency = DIRECTORY__REGISTER_AGENCY__INIT;
    Directory__RegisterSystem system = DIRECTORY__REGISTER_SYSTEM__INIT;
    char key[41];

    agency.name = word_for("agency", (int64_t) nth);
    agency.agency_code = word_for("code", (int64_t) nth);
    agency.agency_class = DIRECTORY__AGENCY_CLASS__AGENCY_CLASS_DEPARTMENT;
    agency.level = DIRECTORY__AGENCY_LEVEL__AGENCY_LEVEL_PROVINCE;
    agency.email = nth == HEALTH ? "" : arena_format(sim.step, "office%zu@example.vn", nth);
    bear(b, cast.agencies[nth], &agency);
    snprintf(key, sizeof(key), "%040zu", nth);
    system.agency_id = text_of(cast.agencies[nth]);
    system.name = "a system";
    system.public_key = key;
    bear(b, cast.systems[nth], &system);
}

static void
bear_person(struct births *b, size_t nth)
{
    Directory__RegisterPerson ask = DIRECTORY__REGISTER_PERSON__INIT;

    ask.agency_id = text_of(cast.agencies[agency_of[nth]]);
    ask.full_name = "a person";
    bear(b, cast.persons[nth], &ask);
}

static void
bear_role(struct births *b, Directory__Role role, struct uuid agency, const struct uuid *person,
          const char *programme)
{
    Directory__BindRole ask = DIRECTORY__BIND_ROLE__INIT;

    ask.role = role;
    ask.agency_id = text_of(agency);
    if (person)
        ask.person_id = text_of(*person);
    ask.programme = programme;
    bear(b, dice_uuid(&sim.dice), &ask);
}

static void
bear_roles(struct births *b)
{
    for (size_t i = OPERATOR_ONE; i <= OPERATOR_TWO; i++)
        bear_role(b, ROLE(OPERATOR), cast.agencies[OFFICE], &cast.persons[i], DIRECTORY_PROGRAMME);
    for (size_t p = 1; p < PROGRAMMES; p++)
        for (size_t i = 0; i < ROLES; i++)
            bear_role(b, roles[i].role, cast.agencies[roles[i].agency],
                      roles[i].person == EVERYBODY ? NULL : &cast.persons[roles[i].person],
                      sim.programmes[p].name);
}

void
cast_begin(void)
{
    struct server *server = &sim.servers[DIRECTORY][0];
    struct births births = { .count = 0 };
    struct hint hint;

    for (size_t i = 0; i < AGENCIES; i++) {
        cast.agencies[i] = dice_uuid(&sim.dice);
        cast.systems[i] = dice_uuid(&sim.dice);
    }
    for (size_t i = 0; i < PERSONS; i++)
        cast.persons[i] = dice_uuid(&sim.dice);
    cast.moves_at = UINT64_MAX;
    arena_reset(sim.letters, 1 << 20);
    for (size_t i = 0; i < AGENCIES; i++)
        bear_agency(&births, i);
    for (size_t i = 0; i < PERSONS; i++)
        bear_person(&births, i);
    bear_roles(&births);
    if (writer_open(server->service, "", &server->writer))
        give_up("the directory does not start: %s", err_text());
    server->is_up = true;
    if (batch_run(&server->writer, DIRECTORY_PROGRAMME, births.letters, births.count, NULL, &hint))
        give_up("the directory cannot be made: %s", err_text());
    cast.moves_at = (uint64_t) between(2000, 7000);
}
