/* common/loop_turns.c - which commands travel together, and a look at the next ones while the server commits. */
#include "common/crash.h"
#include "common/foresight.h"
#include "common/loop_state.h"

enum { MOST_IN_A_ROW = 8, WORTH = 8 };

/* Opens a chain of work as letters; a rehearsal ends the turn before it, or is a turn of its own. */
static void
open_letters(struct loop *loop, struct turn *turn, struct work *work)
{
    while (work) {
        struct work *next = work->next;
        struct letter *letter = letter_open(turn->arena, loop->service, work);

        if (letter->validate_only && turn->count > 0) {
            queue_return(loop->queue, turn->programme, work);
            break;
        }
        turn->letters[turn->count++] = letter;
        work = next;
        if (letter->validate_only) {
            queue_return(loop->queue, turn->programme, work);
            break;
        }
    }
}

static void
open_turn(struct loop *loop, struct turn *turn, size_t most)
{
    const char *programme;
    struct work *work = queue_take(loop->queue, most, &programme);

    if (!work)
        return;
    arena_reset(turn->arena, 1 << 20);
    turn->programme = arena_text(turn->arena, programme);
    turn->letters = arena_zero(turn->arena, most * sizeof(*turn->letters));
    open_letters(loop, turn, work);
}

void
loop_gather(struct loop *loop)
{
    struct turn *turn = &loop->turns[loop->next];
    size_t most = (size_t) loop->config->batch_max;
    struct work *work;

    if (turn->is_sent)
        return;
    while ((work = bus_take(loop->bus, LANE_WRITE, 0)))
        queue_add(loop->queue, work);
    metric_set(loop->waiting, (int64_t) queue_length(loop->queue));
    if (turn->count == 0)
        open_turn(loop, turn, most);
    else if (!turn->letters[0]->validate_only && !queue_is_shared(loop->queue))
        open_letters(loop, turn, queue_take_more(loop->queue, most - turn->count, turn->programme));
}

/* Nothing else is to be done between two turns. */
static bool
goes_on(struct loop *loop)
{
    return !loop_has_sayings(loop) && !loop_news_is_due(loop);
}

/* Now and then the head is free for a moment: others wait for it, too. */
static void
send_ahead(struct loop *loop, struct turn *turn)
{
    if (++loop->in_a_row == MOST_IN_A_ROW || !goes_on(loop) ||
        foresight_is_waited_for(loop->writer.foresight)) {
        loop->in_a_row = 0;
        return;
    }
    turn->is_sent = batch_send_ahead(&loop->writer, turn->programme, turn->letters, turn->count);
    if (turn->is_sent)
        CRASH_POINT(sent_ahead);
}

/* Before the server has answered? Few are not waited for: that would be to wait too often. */
static bool
so_many_come(struct loop *loop, size_t count)
{
    size_t waiting = queue_length(loop->queue);

    return count < WORTH || waiting >= count ||
           !db_is_before(loop->writer.db, bus_watch(loop->bus, count - waiting));
}

void
loop_look_ahead(struct loop *loop, const struct batch *batch, size_t count)
{
    struct turn *turn = &loop->turns[loop->next];

    if (turn->count || queue_is_shared(loop->queue) || !so_many_come(loop, count / 2))
        return;
    loop_gather(loop);
    if (turn->count == 0)
        return;
    if (batch_reads_much(batch)) {
        foresight_look(&loop->writer, turn->programme, turn->letters, turn->count);
        foresight_take(&loop->writer);
    }
    if (!batch_puts_off(batch))
        send_ahead(loop, turn);
}

void
loop_ask_ahead(struct loop *loop)
{
    struct turn *turn = &loop->turns[loop->next];

    if (loop->writer.asked || !goes_on(loop) || foresight_is_waited_for(loop->writer.foresight))
        return; /* answers wait for nothing */
    loop_gather(loop);
    if (turn->count)
        batch_ask(&loop->writer, turn->programme, turn->letters, turn->count);
}

/* ------------------------------------------------------------------ back to the queue */

static struct work *
take_back(struct letter *letter, struct work *behind)
{
    struct work *work = letter->work;

    letter->work = NULL;
    work->next = behind;
    return work;
}

/* But what was sent stays: nobody may be told that nothing happened. */
void
loop_give_back(struct loop *loop)
{
    struct turn *turn = &loop->turns[loop->next];
    struct work *back = NULL;

    if (turn->is_sent)
        return;
    if (turn->count)
        foresight_forget(loop->writer.foresight);
    for (; turn->count; turn->count--)
        back = take_back(turn->letters[turn->count - 1], back);
    queue_return(loop->queue, turn->programme, back);
}

void
loop_put_off(struct loop *loop, struct letter **letters, size_t count)
{
    struct work *back = NULL;

    for (size_t i = count; i-- > 0;)
        if (letters[i]->fate == PUT_OFF && letters[i]->work)
            back = take_back(letters[i], back);
    if (!back)
        return;
    /* What came later goes behind them; nor can it have been committed before these were known. */
    loop->turns[loop->next].is_sent = false;
    loop_give_back(loop);
    queue_return(loop->queue, letters[0]->programme, back);
}
