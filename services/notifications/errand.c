/* services/notifications/errand.c - the mailer: takes what is queued, one at a time, writes the
 * mail, hands it to the relay, and has the service record what came of it. Trouble with the relay
 * or the database only makes it wait: no business transaction ever does. */
#include "common/errand.h"

#include <stdlib.h>

#include "common/clock.h"
#include "common/crash.h"
#include "common/health.h"
#include "common/log.h"
#include "services/notifications/backoff.h"
#include "services/notifications/delivery.h"
#include "services/notifications/mailing.h"
#include "services/notifications/notifications.h"
#include "services/notifications/templates.h"

enum {
    PAUSE_IDLE_MS = 500,
    PAUSE_TROUBLE_MS = 2000,
    PUT_OFF_SECONDS = 30, /* a mail with which something of our own went wrong */
    PAUSE_RELAY_MS = 5000,
    MOST_RELAY_PAUSE_MS = 60000,
    DEPTH_EVERY = 64, /* mails between two looks at the length of the queue */
    KEEP_BYTES = 256 * 1024,
};

struct mailer {
    struct errands *errands;
    const struct config *config;
    struct db *db;
    struct arena *arena; /* of the mail under way */
    struct templates *templates;
    const struct mailing *mailing; /* NULL: no mail yet */
    struct smtp *smtp;
    int64_t relay_pause_ms;
    unsigned until_depth;
    struct delivery_watch watched;
    struct delivery done; /* the last one, whose row goes with the next claim; no programme: none */
    char done_in[65];
    struct metric *sent;
    struct metric *failed;
    struct metric *retries;
    struct metric *queued;
};

/* ------------------------------------------------------------------ one mail */

static int
write_mail(struct mailer *mailer, const struct delivery *delivery, struct bytes *ret_bytes)
{
    struct notice notice;
    struct facts facts[LANGUAGES];
    struct mail mail = {
        .notification = delivery->notification,
        .from = mailer->config->mail_from,
        .to = delivery->address,
        .domain = mailer->config->mail_domain,
        .written_us = clock_now_us(),
    };
    int rc = delivery_notice(mailer->db, mailer->arena, delivery, &notice);

    if (rc)
        return rc;
    for (int i = 0; i < LANGUAGES; i++)
        facts[i] = facts_of(mailer->arena, (enum language) i, &notice);
    mail.from_name = fact_text(&facts[VIETNAMESE], "programme_name");
    mail.to_name = fact_text(&facts[VIETNAMESE], "recipient");
    rc = templates_write(mailer->templates, delivery->template, facts, &mail.said);
    return rc ? rc : mailer->mailing->write(mailer->arena, &mail, ret_bytes);
}

/* With the first mail comes what writes and sends mail. */
static int
make_ready(struct mailer *mailer)
{
    int rc;

    if (mailer->smtp)
        return 0;
    if (!mailer->mailing) {
        rc = mailing_load(&mailer->mailing);
        if (rc)
            return rc;
        mailer->mailing->start();
    }
    return mailer->mailing->open(mailer->config, &mailer->smtp);
}

/* Puts the relay's verdict, or the mail's own fault, into the delivery. */
static enum smtp_verdict
try_to_send(struct mailer *mailer, struct delivery *delivery, int *ret_rc)
{
    struct bytes bytes;

    *ret_rc = write_mail(mailer, delivery, &bytes);
    if (*ret_rc == ERR_POISON) { /* the mail itself is at fault: no relay can help */
        *ret_rc = 0;
        delivery->failure = arena_format(mailer->arena, "%.400s", err_text());
        return MAIL_REFUSED;
    }
    if (*ret_rc)
        return MAIL_RETRY;
    return mailer->mailing->send(mailer->smtp, delivery->address, bytes, &delivery->failure);
}

static void
tell_log(const struct delivery *delivery, const char *message)
{
    char id[UUID_TEXT_SIZE];
    char attempts[12];

    uuid_print(&delivery->notification, id);
    snprintf(attempts, sizeof(attempts), "%d", (int) delivery->attempts);
    if (delivery->outcome == DELIVERY_SENT)
        log_info(message, "programme", delivery->programme, "notification", id, "template",
                 delivery->template, "attempts", attempts, NULL);
    else
        log_warning(message, "programme", delivery->programme, "notification", id, "template",
                    delivery->template, "attempts", attempts, "reason", delivery->failure, NULL);
}

/* ------------------------------------------------------------------ what came of it */

static void
note_done(struct mailer *mailer, const struct delivery *delivery)
{
    snprintf(mailer->done_in, sizeof(mailer->done_in), "%s", delivery->programme);
    mailer->done = (struct delivery){ .programme = mailer->done_in,
                                      .notification = delivery->notification,
                                      .epoch = delivery->epoch };
}

/* The service takes note; then the row may go. The number is always 1: a notification is settled
 * once. */
static int
report(struct mailer *mailer, const struct delivery *delivery)
{
    Notifications__RecordSent sent = NOTIFICATIONS__RECORD_SENT__INIT;
    Notifications__RecordFailure failure = NOTIFICATIONS__RECORD_FAILURE__INIT;
    const void *message = &sent;
    int rc;

    sent.attempts = delivery->attempts;
    failure.attempts = delivery->attempts;
    failure.failure = delivery->failure;
    if (delivery->outcome == DELIVERY_FAILED)
        message = &failure;
    rc = errand_say(mailer->errands, delivery->programme, &delivery->notification, 1, message);
    CRASH_POINT(mail_reported);
    if (rc == 0)
        note_done(mailer, delivery);
    return rc;
}

static int
settle(struct mailer *mailer, struct delivery *delivery, enum delivery_outcome outcome)
{
    delivery->outcome = outcome;
    metric_add(outcome == DELIVERY_SENT ? mailer->sent : mailer->failed, 1);
    tell_log(delivery, outcome == DELIVERY_SENT ? "mail sent" : "mail failed");
    return report(mailer, delivery);
}

static int
postpone(struct mailer *mailer, struct delivery *delivery)
{
    if (delivery->attempts >= mailer->config->mail_attempts)
        return settle(mailer, delivery, DELIVERY_FAILED);
    metric_add(mailer->retries, 1);
    tell_log(delivery, "mail will be tried again");
    return delivery_postpone(mailer->db, delivery,
                             backoff_seconds(mailer->config->mail_retry_seconds, delivery->attempts,
                                             &delivery->notification));
}

/* Without a relay one try after another would fail: longer and longer between them. */
static void
mind_relay(struct mailer *mailer, enum smtp_verdict verdict)
{
    if (verdict != MAIL_NO_RELAY)
        mailer->relay_pause_ms = 0;
    else if (mailer->relay_pause_ms == 0)
        mailer->relay_pause_ms = PAUSE_RELAY_MS;
    else if (mailer->relay_pause_ms < MOST_RELAY_PAUSE_MS / 2)
        mailer->relay_pause_ms *= 2;
    else
        mailer->relay_pause_ms = MOST_RELAY_PAUSE_MS;
}

static int
deliver(struct mailer *mailer, struct delivery *delivery)
{
    enum smtp_verdict verdict;
    int rc;

    CRASH_POINT(mail_claimed);
    if (delivery->is_recorded) {
        note_done(mailer, delivery);
        return 0;
    }
    if (delivery->outcome != DELIVERY_OPEN) /* it was done; only the report is missing */
        return report(mailer, delivery);
    verdict = try_to_send(mailer, delivery, &rc);
    CRASH_POINT(mail_sent);
    if (rc)
        return rc;
    mind_relay(mailer, verdict);
    if (verdict == MAIL_SENT)
        return settle(mailer, delivery, DELIVERY_SENT);
    if (verdict == MAIL_REFUSED)
        return settle(mailer, delivery, DELIVERY_FAILED);
    return postpone(mailer, delivery);
}

/* It must not keep others waiting. If not even this can be said, our session is lost, and the claim with it. */
static int
put_off(struct mailer *mailer, const struct delivery *delivery, int rc)
{
    char reason[256];

    snprintf(reason, sizeof(reason), "%s", err_text());
    if (delivery_mend(mailer->db) || delivery_put_off(mailer->db, delivery, PUT_OFF_SECONDS))
        return rc;
    return err_set(rc, "%s", reason);
}

/* ------------------------------------------------------------------ the loop */

static int
look_around(struct mailer *mailer)
{
    int64_t count;
    int rc = delivery_watch(mailer->db, &mailer->watched);

    if (rc)
        return rc;
    if (mailer->until_depth > 0) {
        mailer->until_depth--;
        return 0;
    }
    rc = delivery_depth(mailer->db, &count);
    if (rc)
        return rc;
    metric_set(mailer->queued, count);
    rc = count ? make_ready(mailer) : 0; /* before any is claimed */
    if (rc == 0 && mailer->smtp)
        mailer->until_depth = DEPTH_EVERY;
    return rc;
}

static int
claim(struct mailer *mailer, struct delivery *ret_delivery)
{
    int rc = delivery_claim(mailer->db, mailer->arena,
                            mailer->done.programme ? &mailer->done : NULL, ret_delivery);

    if (rc == 0 || rc == ERR_NOT_FOUND)
        mailer->done.programme = NULL;
    return rc;
}

/* Does one thing. *ret_pause_ms says how long there is nothing more to do. */
static int
work(struct mailer *mailer, int64_t *ret_pause_ms)
{
    struct delivery delivery;
    size_t made = 0;
    int rc = look_around(mailer);

    *ret_pause_ms = 0;
    if (rc == 0)
        rc = mailer->smtp ? claim(mailer, &delivery) : ERR_NOT_FOUND;
    if (rc == 0) {
        rc = deliver(mailer, &delivery);
        *ret_pause_ms = mailer->relay_pause_ms;
        return rc ? put_off(mailer, &delivery, rc) : 0;
    }
    if (rc != ERR_NOT_FOUND)
        return rc;
    rc = delivery_fill(mailer->db, &made);
    if (rc == 0 && made == 0) {
        *ret_pause_ms = PAUSE_IDLE_MS;
        mailer->until_depth = 0;
    }
    return rc;
}

static void
run(struct mailer *mailer)
{
    int64_t pause_ms = 0;

    while (errand_wait(mailer->errands, pause_ms)) {
        int rc = work(mailer, &pause_ms);

        arena_reset(mailer->arena, KEEP_BYTES);
        if (rc == 0)
            continue;
        log_warning("the mailer waits", "reason", err_text(), NULL);
        if (delivery_mend(mailer->db))
            log_warning("the mailer has no database", "reason", err_text(), NULL);
        pause_ms = PAUSE_TROUBLE_MS;
    }
}

static void
close_mailer(struct mailer *mailer)
{
    if (mailer->smtp)
        mailer->mailing->close(&mailer->smtp);
    if (mailer->mailing)
        mailer->mailing->stop();
    templates_close(&mailer->templates);
    arena_free(&mailer->arena);
}

int
notifications_prepare(struct errands *errands)
{
    const struct config *config = errand_config(errands);
    CLEANUP(templates_close) struct templates *templates = NULL;
    int rc = 0;

    if (*config->smtp_url)
        rc = mailing_check(config);
    if (rc == 0 && *config->smtp_url)
        rc = templates_open(config->templates, config->mail_languages, &templates);
    return rc ? rc : delivery_prepare(errand_db(errands));
}

int
notifications_send(struct errands *errands)
{
    struct mailer mailer = { .errands = errands, .config = errand_config(errands) };
    int rc;

    if (!*mailer.config->smtp_url) {
        log_warning("no mail is sent: SANGKIEN_SMTP_URL is not set", NULL);
        while (errand_wait(errands, MOST_RELAY_PAUSE_MS))
            ;
        return 0;
    }
    mailer.db = errand_db(errands);
    mailer.arena = arena_new();
    mailer.sent =
        metric_new("sangkien_mail_sent_total", NULL, METRIC_COUNTER, "Mails that a relay took");
    mailer.failed =
        metric_new("sangkien_mail_failed_total", NULL, METRIC_COUNTER, "Mails that were given up");
    mailer.retries = metric_new("sangkien_mail_retries_total", NULL, METRIC_COUNTER,
                                "Attempts after which a mail is to be tried again");
    mailer.queued = metric_new("sangkien_mail_queue", NULL, METRIC_GAUGE,
                               "Notifications that are not settled yet");
    rc = templates_open(mailer.config->templates, mailer.config->mail_languages, &mailer.templates);
    if (rc == 0)
        run(&mailer);
    close_mailer(&mailer);
    return rc;
}
