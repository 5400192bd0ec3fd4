/* services/notifications/templates.h - what is written in a mail, from templates that are read
 * once.
 *
 * Shapes     <directory>/<vi|en>/<template>.mustache: the subject on the first line, an empty line,
 *            the text. frame.mustache of each language is put around every text, which it calls
 *            {{{body}}}. A mail in several languages has the subject of the first and their texts
 *            one after another.
 * Errors     opening: ERR_FATAL with the file that is missing or broken. Writing: ERR_POISON.
 * Ownership  what is written lies in the arena.
 * Threads    read-only after templates_open.
 */
#ifndef SANGKIEN_NOTIFICATIONS_TEMPLATES_H
#define SANGKIEN_NOTIFICATIONS_TEMPLATES_H

#include "services/notifications/facts.h"
#include "services/notifications/render.h"

struct templates;

struct mail_text {
    const char *subject;
    const char *text;
    const char *html;
};

/* languages: "vi", "en" or "vi,en"; the order counts. Reads every template that a rule names. */
int templates_open(const char *directory, const char *languages,
                   struct templates **ret_templates) MUST_CHECK;
void templates_close(struct templates **templates_p);

/* facts: one for each language, by enum language. */
int templates_write(const struct templates *templates, const char *name,
                    struct facts facts[LANGUAGES], struct mail_text *ret_said) MUST_CHECK;

#endif
