/* tests/model/simulation/unique.c - what the database says about several aggregates at once: places that only one
 * of them can have.
 *
 * Every guard of every service stands in the table at the end, under the name of its constraint. Those that say
 * no more than one aggregate's own core says are only named: a core that forgets its rule must be caught by the
 * checker, not by a second guard here. */
#include "tests/model/simulation/simulation.h"

enum { MOST_COLUMNS = 3, MOST_PLACES = 256, OPERATORS_ROLE = 1, BOUND = 1 };

struct constraint {
    const char *name;
    const char *kind;
    const char *child; /* the columns are those of this table; NULL: the aggregate's own */
    const char
        *columns[MOST_COLUMNS]; /* a text that is empty, and an id that is nil, take no place */
    bool is_place;
    int but_not[2]; /* rows in these states take none */
    bool (*holds)(const struct tenant *programme, struct held *const *rows, size_t count);
    bool nil_is_one;      /* an id that is nil is one like others: NULLS NOT DISTINCT */
    const char *first_if; /* the first column counts only where this one is not nil */
};

extern const struct constraint constraints[];

struct unique {
    uint64_t key;
    struct uuid owner; /* nil: free */
};

struct places {
    uint64_t keys[MOST_PLACES];
    size_t count;
};

/* ------------------------------------------------------------------ columns by their names */

static const void *
value_of(const struct kind *kind, const struct aggregate *state, const char *name)
{
    return (const char *) state + column_called(kind->table->columns, name)->offset;
}

/* 0: it takes no place. */
static uint64_t
add_column(uint64_t hash, const struct column *c, const void *row, bool nil_is_one)
{
    const void *value = (const char *) row + c->offset;
    const char *text;

    switch (c->type) {
    case TEXT:
        text = *(const char *const *) value;
        return *text ? trace_text(trace_number(hash, strlen(text)), text) : 0;
    case UUID:
    case PARTY:
        return uuid_is_nil(value) && !nil_is_one ? 0
                                                 : trace_bytes(hash, value, sizeof(struct uuid));
    case INT4:
    case ENUM:
        return trace_bytes(hash, value, sizeof(int32_t));
    default:
        give_up("%s is of no type that a place can have", c->name);
    }
}

static void
take_place(struct places *places, const struct constraint *constraint,
           const struct tenant *programme, const struct column *columns, const void *row)
{
    uint64_t hash = trace_text(programme->number, constraint->name);

    const struct uuid *scope =
        constraint->first_if ? (const void *) ((const char *) row +
                                               column_called(columns, constraint->first_if)->offset)
                             : NULL;

    for (size_t i = scope && uuid_is_nil(scope) ? 1 : 0;
         i < MOST_COLUMNS && constraint->columns[i] && hash; i++)
        hash = add_column(hash, column_called(columns, constraint->columns[i]), row,
                          constraint->nil_is_one);
    if (!hash)
        return;
    if (places->count == MOST_PLACES)
        give_up("a row has too many places for the simulation");
    places->keys[places->count++] = hash;
}

static void
places_of(struct places *places, const struct constraint *constraint,
          const struct tenant *programme, const struct kind *kind, const struct aggregate *state)
{
    places->count = 0;
    for (size_t i = 0; i < 2; i++)
        if (constraint->but_not[i] && state->state == constraint->but_not[i])
            return;
    if (!constraint->child)
        take_place(places, constraint, programme, kind->table->columns, state);
    for (const struct child *c = kind->table->children; constraint->child && c->name; c++) {
        const struct list *rows = (const void *) ((const char *) state + c->offset);

        for (size_t i = 0; strcmp(c->name, constraint->child) == 0 && i < rows->count; i++)
            take_place(places, constraint, programme, c->columns, list_at(rows, i));
    }
}

/* ------------------------------------------------------------------ moving in and out */

static struct unique *
slot_of(uint64_t key)
{
    struct unique *slot = index_get(&sim.unique, &key);

    if (!slot) {
        slot = arena_zero(sim.arena, sizeof(*slot));
        slot->key = key;
        index_put(&sim.unique, slot);
    }
    return slot;
}

static void
own(const struct places *places, size_t count, struct uuid owner)
{
    for (size_t i = 0; i < count; i++)
        slot_of(places->keys[i])->owner = owner;
}

/* From the places of one state to those of the other. false: somebody else is there, and nothing moved. */
static bool
move(const struct places *from, const struct places *to, struct uuid owner)
{
    static const struct uuid nobody;

    own(from, from->count, nobody);
    for (size_t i = 0; i < to->count; i++) {
        if (!uuid_is_nil(&slot_of(to->keys[i])->owner)) {
            own(to, i, nobody);
            own(from, from->count, owner);
            return false;
        }
        slot_of(to->keys[i])->owner = owner;
    }
    return true;
}

static bool
move_row(const struct constraint *c, const struct tenant *programme, const struct held *row,
         bool is_back)
{
    static struct places before, after;
    const struct stored *stored = stored_find(programme, row->kind, &row->id);

    before.count = 0;
    if (stored)
        places_of(&before, c, programme, row->kind, stored->state);
    places_of(&after, c, programme, row->kind, row->state);
    return is_back ? move(&after, &before, row->id) : move(&before, &after, row->id);
}

/* ------------------------------------------------------------------ operators */

struct binding {
    int role;
    bool is_bound;
    bool is_open;
    struct uuid agency, person;
};

static bool
is_binding(const struct kind *kind)
{
    return strcmp(kind->name, "role_binding") == 0;
}

static struct binding
binding_of(const struct kind *kind, const struct aggregate *state)
{
    return (struct binding){
        .role = *(const int *) value_of(kind, state, "role"),
        .is_bound = state->state == BOUND,
        .is_open = *(const int64_t *) value_of(kind, state, "valid_until_us") == 0,
        .agency = *(const struct uuid *) value_of(kind, state, "agency_id"),
        .person = *(const struct uuid *) value_of(kind, state, "person_id"),
    };
}

/* As they will be after the commit. */
static struct binding
binding_then(const struct stored *stored, struct held *const *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i]->kind == stored->kind && uuid_equal(&rows[i]->id, &stored->key.id))
            return binding_of(stored->kind, rows[i]->state);
    return binding_of(stored->kind, stored->state);
}

static bool
collide(const struct binding *fresh, const struct binding *other)
{
    bool same_person = !uuid_is_nil(&fresh->person) && uuid_equal(&fresh->person, &other->person);
    bool whole_agency = fresh->role == OPERATORS_ROLE && uuid_is_nil(&other->person) &&
                        uuid_equal(&fresh->agency, &other->agency);

    return fresh->is_bound && other->is_bound &&
           (fresh->role == OPERATORS_ROLE) != (other->role == OPERATORS_ROLE) &&
           (same_person || whole_agency);
}

static bool
is_separate(const struct binding *fresh, const struct list *bindings, struct held *const *rows,
            size_t count)
{
    for (size_t i = 0; i < bindings->count; i++) {
        struct binding other = binding_then(stored_at(bindings, i), rows, count);

        if (collide(fresh, &other))
            return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct binding other;

        if (!is_binding(rows[i]->kind))
            continue;
        other = binding_of(rows[i]->kind, rows[i]->state);
        if (collide(fresh, &other))
            return false;
    }
    return true;
}

static bool
operators_do_no_business(const struct tenant *programme, struct held *const *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct binding fresh;

        if (!is_binding(rows[i]->kind) || rows[i]->stored_version > 0)
            continue;
        fresh = binding_of(rows[i]->kind, rows[i]->state);
        if (!is_separate(&fresh, &programme->stored[kind_number(rows[i]->kind)], rows, count))
            return false;
    }
    return true;
}

static bool
an_operator_stays(const struct tenant *programme, struct held *const *rows, size_t count)
{
    const struct kind *kind = NULL;
    const struct list *bindings;

    for (size_t i = 0; i < count; i++)
        if (is_binding(rows[i]->kind)) {
            struct binding b = binding_of(rows[i]->kind, rows[i]->state);

            if (b.role == OPERATORS_ROLE && !b.is_bound)
                kind = rows[i]->kind;
        }
    if (!kind)
        return true;
    bindings = &programme->stored[kind_number(kind)];
    for (size_t i = 0; i < bindings->count; i++) {
        struct binding b = binding_then(stored_at(bindings, i), rows, count);

        if (b.role == OPERATORS_ROLE && b.is_bound && b.is_open)
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------ all of them */

static void
must_be_known(const char *name)
{
    for (const struct constraint *c = constraints; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return;
    give_up("the guard %s does not stand in unique.c", name);
}

void
unique_begin(void)
{
    index_init(&sim.unique, sizeof(uint64_t));
    for (size_t i = 0; i < SERVICES; i++)
        for (const struct guard *g = services[i]->guards; g && g->constraint; g++)
            must_be_known(g->constraint);
}

void
unique_end(void)
{
    index_done(&sim.unique);
}

/* Left out by a mistake. */
static bool
is_forgotten(const struct constraint *c)
{
    static const struct {
        enum mistake mistake;
        const char *name;
    } forgotten[] = {
        { CASE_TWICE, "funding_case_open_key" },
        { VOUCHER_TWICE, "disbursement_voucher_key" },
        { CODE_TWICE, "entry_code_once" },
        { ENTRANT_AFTER_ALL, "edition_entries_open" },
        { OPERATOR_TRADES, "role_binding_operator_holds_no_business_role" },
    };

    for (size_t i = 0; i < sizeof(forgotten) / sizeof(*forgotten); i++)
        if (forgotten[i].mistake == sim.mistake && strcmp(forgotten[i].name, c->name) == 0)
            return true;
    return false;
}

static bool
concerns(const struct constraint *c, const struct held *row)
{
    return c->is_place && !is_forgotten(c) && strcmp(c->kind, row->kind->name) == 0;
}

/* Takes back what the first so many steps did. */
static void
undo(const struct tenant *programme, struct held *const *rows, size_t count, size_t steps)
{
    while (steps-- > 0) {
        const struct constraint *c = &constraints[steps / count];
        const struct held *row = rows[steps % count];

        if (concerns(c, row) && !move_row(c, programme, row, true))
            give_up("%s: a place could not be given back", c->name);
    }
}

const char *
unique_take(struct tenant *programme, struct held *const *rows, size_t count)
{
    for (const struct constraint *c = constraints; c->name; c++)
        if (c->holds && !is_forgotten(c) && !c->holds(programme, rows, count))
            return c->name;
    for (const struct constraint *c = constraints; c->name; c++)
        for (size_t i = 0; i < count; i++)
            if (concerns(c, rows[i]) && !move_row(c, programme, rows[i], false)) {
                undo(programme, rows, count, (size_t) (c - constraints) * count + i);
                return c->name;
            }
    return NULL;
}

/* clang-format off */
#define PLACE(name, kind, ...) { name, kind, NULL, { __VA_ARGS__ }, true }
#define OF_ONE(name, kind) { name, kind }

const struct constraint constraints[] = {
    PLACE("programme_once",             "programme",      NULL),
    { "edition_ordinal_once",           "edition", NULL, { "organiser_agency_id", "ordinal" }, true, .nil_is_one = true },
    { "entry_code_once", "entry", NULL, { "edition_id", "entry_code" }, true, .first_if = "organiser_agency_id" },
    PLACE("budget_ceiling_source_key",  "budget_ceiling", "budget_source", "fiscal_year"),
    PLACE("agency_agency_code_key",     "agency",         "agency_code"),
    PLACE("peer_system_public_key_key", "peer_system",    "public_key"),
    { "funding_case_open_key",    "funding_case", NULL, { "dossier_id", "purpose", "fiscal_year" }, true, { 9, 15 } },
    { "disbursement_voucher_key", "funding_case", "funding.disbursement",
      { "treasury_office", "voucher_year", "voucher_number" }, true },
    { "role_binding_operator_holds_no_business_role", "role_binding", .holds = operators_do_no_business },
    { "role_binding_last_operator",                   "role_binding", .holds = an_operator_stays },
    OF_ONE("appraisal_case_one_open",      "appraisal_case"),
    OF_ONE("appraisal_case_ceiling_check", "appraisal_case"),
    OF_ONE("panel_member_person_key",      "appraisal_case"),
    OF_ONE("panel_member_one_chair",       "appraisal_case"),
    OF_ONE("panel_member_one_secretary",   "appraisal_case"),
    OF_ONE("panel_member_no_author",       "appraisal_case"),
    OF_ONE("consultee_agency_key",         "appraisal_case"),
    OF_ONE("opinion_agency_key",           "appraisal_case"),
    OF_ONE("opinion_consultee_fkey",       "appraisal_case"),
    OF_ONE("council_member_no_author",     "council"),
    OF_ONE("round_entry_no_author",        "round"),
    OF_ONE("round_one_live",               "round"),
    OF_ONE("round_two_persons_check",      "round"),
    OF_ONE("edition_threshold",            "edition"),
    OF_ONE("edition_cost",                 "edition"),
    { "edition_entries_open", "edition", .holds = unique_entries_are_examined },
    OF_ONE("entry_registrar",              "entry"),
    PLACE("entry_promoted_once",           "entry",          "promoted_from_id"),
    OF_ONE("entry_author_once",            "entry"),
    OF_ONE("entry_examiner",               "entry"),
    OF_ONE("entry_silent",                 "entry"),
    OF_ONE("entry_accuser",                "entry"),
    OF_ONE("dossier_examiner",             "dossier"),
    OF_ONE("dossier_line_amount",          "dossier"),
    OF_ONE("dossier_version_total",        "dossier"),
    { 0 },
};
/* clang-format on */
