/* services/notifications/render.h - mustache templates, strictly: what is not known is an error.
 *
 * Shapes     {{name}} needs a fact with a text; {{#has_name}} asks whether it has one; {{#is_name}}
 *            is true when the flag has a text. Nothing else has a meaning: an unknown name fails
 *            the rendering.
 * Errors     ERR_POISON with the name that could not be resolved.
 * Ownership  what is rendered lies in the arena.
 * Threads    any; nothing is shared.
 */
#ifndef SANGKIEN_NOTIFICATIONS_RENDER_H
#define SANGKIEN_NOTIFICATIONS_RENDER_H

#include <stdbool.h>

#include "common/arena.h"
#include "common/err.h"
#include "services/notifications/facts.h"

/* as_html: & < > " ' in texts are escaped, except in {{{name}}}. */
int render(const char *source, const struct facts *facts, bool as_html,
           const char **ret_text) MUST_CHECK;

/* Does it parse? */
int render_check(const char *source) MUST_CHECK;

#endif
