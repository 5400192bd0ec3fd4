/* services/gateway/feed_serve.c - whose page is next, and who gets what is on it. */
#include <string.h>

#include "common/clock.h"
#include "common/crash.h"
#include "common/log.h"
#include "services/gateway/feed_state.h"

enum { BROKEN_MS = 10000, FULL_MS = 1 };
/* Who is further behind than that reads history. While requests are under way, or were so short a time ago,
 * the database gets so long for a page, and then nobody reads history for so many times as long as the page
 * took here. */
enum { NEAR_EVENTS = 4096, BUSY_MS = 10, READ_MS = 2, REST_SHARE = 30 };

/* What has just happened is for everybody who has seen nearly all of it. */
static bool
is_history(const struct head *head, int64_t position)
{
    return head->position - position > NEAR_EVENTS;
}

/* In turn, so that a long history keeps nobody else waiting. */
struct subscription *
feed_next(struct feed *feed, int64_t now_ms)
{
    bool rests = now_ms < feed->rest_until_ms;

    for (size_t i = 0; i < feed->all.room; i++) {
        struct subscription *s = feed->all.items[(feed->turn + i) % feed->all.room];
        const struct head *head = s ? feed_head(feed, s->programme) : NULL;

        if (head && subscription_wants(s, head->position, now_ms) &&
            !(rests && is_history(head, s->position)))
            return s;
    }
    return NULL;
}

/* Requests and histories want the same processors, and requests come first. */
static bool
must_give_way(struct feed *feed, const struct head *head, int64_t position)
{
    int64_t busy_ms = atomic_load_explicit(&feed->busy_ms, memory_order_relaxed);

    return head && is_history(head, position) && monotonic_ms() - busy_ms <= BUSY_MS;
}

/* A journal with a hole in it is no reason to keep those of other programmes waiting. */
static void
put_off(struct feed *feed, const char *programme, int64_t now_ms)
{
    log_error("journal is broken", "programme", programme, "reason", err_text(), NULL);
    for (size_t i = 0; i < feed->all.room; i++)
        if (feed->all.items[i] && strcmp(feed->all.items[i]->programme, programme) == 0)
            feed->all.items[i]->stalled_until_ms = now_ms + BROKEN_MS;
}

/* To all who listen there, as far as each has come. */
static void
share(struct feed *feed, const struct page *page, int64_t now_ms)
{
    for (size_t i = 0; i < feed->all.room; i++) {
        struct subscription *s = feed->all.items[i];
        uint64_t sent = s ? s->sent : 0;

        if (!s || !s->is_checked || s->position < page->after ||
            s->position >= page->after + (int64_t) page->count || now_ms < s->stalled_until_ms ||
            subscription_is_full(s) || strcmp(s->programme, page->programme) != 0)
            continue;
        subscription_take(&feed->all, s, page, feed->authority, now_ms);
        metric_add(feed->delivered, (int64_t) (s->sent - sent));
    }
}

/* Takes the page that was asked for, and gives of it to all who listen there. */
static int
take_page(struct feed *feed, int64_t now_ms)
{
    int64_t began_us = monotonic_us();
    struct head *head;
    struct page page;
    int rc = feed_take_page(feed, &page);

    CRASH_POINT(page_taken);
    if (rc == ERR_POISON)
        put_off(feed, feed->asked.programme, now_ms);
    if (rc != 0)
        return rc == ERR_POISON ? 0 : rc;
    head = feed_head(feed, page.programme);
    if (page.is_last && head) /* also where a hint had promised more */
        head->position = page.after + (int64_t) page.count;
    share(feed, &page, now_ms);
    CRASH_POINT(page_shared);
    feed->full_ms = FULL_MS;
    if (must_give_way(feed, head, page.after))
        feed->rest_until_ms = monotonic_ms() + REST_SHARE * (monotonic_us() - began_us) / 1000 + 1;
    return 0;
}

int
feed_settle(struct feed *feed, int64_t now_ms)
{
    return feed->asked.is_open ? take_page(feed, now_ms) : 0;
}

/* A page of a history that gives way is left to the database for a while: read in one go, and not in steps
 * that each wake us, it disturbs least. */
int
feed_serve(struct feed *feed, int64_t now_ms)
{
    struct subscription *eager = feed_next(feed, now_ms);

    if (!eager)
        return 0;
    if (!feed->asked.is_open) {
        feed->turn = eager->index + 1;
        feed_ask_page(feed, eager->programme, eager->position);
        if (must_give_way(feed, feed_head(feed, eager->programme), eager->position)) {
            feed->rest_until_ms = monotonic_ms() + READ_MS;
            return 0;
        }
    }
    return take_page(feed, now_ms);
}
