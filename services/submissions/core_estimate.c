/* services/submissions/core_estimate.c - the arithmetic of a cost estimate. Pure, and in whole
 * dong. */
#include "services/submissions/submissions.h"

static int
judge_line(const Types__EstimateLine *line, size_t place, struct events *out)
{
    const char *field = arena_format(out->arena, "lines[%zu].amount_vnd", place);
    int64_t amount_vnd;

    if (__builtin_mul_overflow(line->quantity, line->unit_price_vnd, &amount_vnd))
        return wrong(out, NO(MONEY_OVERFLOW), field, "is more money than can be counted");
    if (amount_vnd != line->amount_vnd)
        return wrong(out, NO(LINE_AMOUNT), field, "is not quantity x unit price");
    return ACCEPTED;
}

int
submissions_judge_estimate(const Submissions__SubmitDossier *ask, struct events *out)
{
    int64_t total_vnd = 0;

    for (size_t i = 0; i < ask->n_lines; i++) {
        int refusal = judge_line(ask->lines[i], i, out);

        if (refusal)
            return refusal;
        if (__builtin_add_overflow(total_vnd, ask->lines[i]->amount_vnd, &total_vnd))
            return wrong(out, NO(MONEY_OVERFLOW), "total_vnd", "is more money than can be counted");
    }
    if (total_vnd != ask->total_vnd)
        return wrong(out, NO(TOTAL), "total_vnd", "is not the sum of the lines");
    return ACCEPTED;
}
