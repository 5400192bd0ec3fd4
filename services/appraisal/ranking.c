/* services/appraisal/ranking.c - who has which rank, who advances, what is still to be decided, and
 * the ranking as it is confirmed. Pure: no SQL, no sockets, no clock. */
#include "services/appraisal/ranking.h"

#include <string.h>

#include "common/proto.h"
#include "services/appraisal/appraisal.h"
#include "services/appraisal/ranking_parts.h"

/* "R"; the journal's domains are elsewhere. */
enum { CENTI = 100, INPUTS = 'R' };

/* ------------------------------------------------------------------ who advances */

/* Of the same place. */
static void
leave_undecided(struct reckoning *r, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        r->undecided[r->undecided_count++] = uuid_text(r->arena, &r->order[i]->entry->id);
}

static size_t
count_able(const struct reckoning *r, size_t from, size_t to)
{
    size_t able = 0;

    for (size_t i = from; i < to; i++)
        able += !r->order[i]->missed_minimum;
    return able;
}

static void
advance_equals(struct reckoning *r, size_t from, size_t to, size_t able_before)
{
    const Submissions__RoundRules *rules = r->in->rules;
    size_t able = count_able(r, from, to), top = (size_t) rules->top_entries;
    bool is_far_enough = rules->top_entries ? able_before + able <= top
                                            : r->order[from]->score_centi >= rules->threshold_centi;
    bool is_across = rules->top_entries && able_before < top && able_before + able > top;

    for (size_t i = from; i < to; i++)
        r->order[i]->advances = is_far_enough && !r->order[i]->missed_minimum;
    if (is_across || (rules->every_place_counts && to - from > 1))
        leave_undecided(r, from, to);
}

static void
advance(struct reckoning *r)
{
    size_t end, able = 0;

    r->undecided = arena_zero(r->arena, (r->standing_count + 1) * sizeof(char *));
    for (size_t from = 0; from < r->ranked_count; from = end) {
        for (end = from + 1; end < r->ranked_count && r->order[end]->place == from;)
            end++;
        advance_equals(r, from, end, able);
        able += count_able(r, from, end);
    }
}

/* ------------------------------------------------------------------ what it was made from */

static void
hash_score(struct hash *hash, const Appraisal__CriterionScore *score)
{
    hash_text(hash, score->part);
    hash_text(hash, score->criterion);
    hash_number(hash, score->score_centi);
    hash_text(hash, score->remark);
}

/* A sheet's scores, in the rules' order; "" for one that is not there. */
static void
hash_sheet(struct hash *hash, const Submissions__RoundRules *rules,
           const struct ranked_sheet *sheet)
{
    size_t hint = 0;

    hash_bytes(hash, sheet->id.bytes, sizeof(sheet->id.bytes));
    hash_bytes(hash, sheet->entry.bytes, sizeof(sheet->entry.bytes));
    hash_bytes(hash, sheet->person.bytes, sizeof(sheet->person.bytes));
    for (size_t p = 0; p < rules->n_parts; p++)
        for (size_t c = 0; c < rules->parts[p]->n_criteria; c++) {
            const Appraisal__CriterionScore *score = ranking_find_score(
                sheet->scores, rules->parts[p], rules->parts[p]->criteria[c], &hint);

            if (score)
                hash_score(hash, score);
            else
                hash_text(hash, "");
        }
}

/* The numbers say where entries, sheets and decisions end: no two inputs give the same bytes. */
static struct digest
digest_inputs(const struct reckoning *r)
{
    struct hash *hash = hash_open(INPUTS);

    hash_bytes(hash, r->in->rules_digest.bytes, sizeof(r->in->rules_digest.bytes));
    hash_number(hash, (int64_t) r->standing_count);
    for (size_t i = 0; i < r->standing_count; i++) {
        const struct ranked_entry *entry = r->standings[i]->entry;

        hash_bytes(hash, entry->id.bytes, sizeof(entry->id.bytes));
        hash_text(hash, entry->code);
        hash_number(hash, entry->submitted_us);
    }
    hash_number(hash, (int64_t) r->mark_count);
    for (size_t i = 0; i < r->mark_count; i++)
        hash_sheet(hash, r->in->rules, r->marks[i]->sheet);
    hash_number(hash, (int64_t) r->in->decision_count);
    for (size_t i = 0; i < r->in->decision_count; i++) {
        struct bytes decision = proto_pack(r->arena, r->in->decisions[i]);

        hash_bytes(hash, decision.data, decision.size);
    }
    return hash_close(hash);
}

/* ------------------------------------------------------------------ the ranking */

static Appraisal__RankingLine *
line_of(const struct reckoning *r, const struct standing *s)
{
    Appraisal__RankingLine *line = proto_new(r->arena, &appraisal__ranking_line__descriptor);
    int32_t dispersion_centi = r->in->rules->dispersion_centi;
    wide spread = s->marks[s->mark_count - 1]->total - s->marks[0]->total;

    line->entry_id = uuid_text(r->arena, &s->entry->id);
    line->entry_code = s->entry->code;
    line->rank = s->is_disqualified ? 0 : (int32_t) s->place + 1;
    line->score_centi = s->score_centi;
    line->sheets = (int32_t) s->mark_count;
    line->advances = s->advances;
    line->missed_minimum = s->missed_minimum ? s->missed_minimum : "";
    line->tie_rule = s->tie_rule;
    line->spread_centi = (int32_t) ranking_half_up(spread * CENTI, r->point);
    line->is_dispersed = dispersion_centi > 0 && line->spread_centi > dispersion_centi;
    line->outliers = s->outliers;
    return line;
}

static Appraisal__JudgeLine *
judge_line_of(const struct reckoning *r, const struct judge *judge)
{
    Appraisal__JudgeLine *line = proto_new(r->arena, &appraisal__judge_line__descriptor);

    line->person_id = uuid_text(r->arena, &judge->person);
    line->sheets = (int32_t) judge->mark_count;
    line->outliers = judge->outliers;
    line->leaning_centi = (int32_t) ranking_half_up(judge->leaning_twice * CENTI,
                                                    2 * (wide) judge->mark_count * r->point);
    return line;
}

static Appraisal__Ranking *
write_down(const struct reckoning *r)
{
    Appraisal__Ranking *ranking = proto_new(r->arena, &appraisal__ranking__descriptor);
    struct digest inputs = digest_inputs(r);
    struct bytes digest = arena_bytes(r->arena, inputs.bytes, sizeof(inputs.bytes));

    ranking->n_lines = r->standing_count;
    ranking->lines = arena_zero(r->arena, (r->standing_count + 1) * sizeof(*ranking->lines));
    for (size_t i = 0; i < r->standing_count; i++)
        ranking->lines[i] = line_of(r, r->order[i]);
    ranking->n_judges = r->judge_count;
    ranking->judges = arena_zero(r->arena, (r->judge_count + 1) * sizeof(*ranking->judges));
    for (size_t i = 0; i < r->judge_count; i++)
        ranking->judges[i] = judge_line_of(r, &r->judges[i]);
    ranking->inputs_digest = (ProtobufCBinaryData){ digest.size, (uint8_t *) digest.data };
    ranking->n_undecided_entry_ids = r->undecided_count;
    ranking->undecided_entry_ids = r->undecided;
    return ranking;
}

int
ranking_make(const struct ranking_input *in, struct arena *arena, Appraisal__Ranking **ret_ranking)
{
    struct reckoning r = { .in = in, .arena = arena };

    ranking_read(&r);
    if (!ranking_score(&r))
        return NO(UNEQUAL_SHEETS);
    ranking_order(&r);
    advance(&r);
    *ret_ranking = write_down(&r);
    return ACCEPTED;
}

struct digest
ranking_digest(struct arena *arena, const Appraisal__Ranking *ranking)
{
    struct bytes bytes = proto_pack(arena, ranking);

    return sha256(bytes.data, bytes.size);
}
