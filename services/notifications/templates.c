/* services/notifications/templates.c - reads the templates once; writes what is said in a mail. */
#include "services/notifications/templates.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/notifications/rules.h"

enum { MOST_BYTES = 64 * 1024 };

static const char frame_name[] = "frame";
static const char *const language_codes[LANGUAGES] = { "vi", "en" };

struct source {
    enum language language;
    const char *name;
    const char *text;
};

struct templates {
    struct arena *arena;
    enum language order[LANGUAGES];
    size_t language_count;
    struct list sources; /* of struct source */
    char *buffer;        /* of MOST_BYTES + 1: while reading */
};

/* ------------------------------------------------------------------ the templates */

static const char *
source_of(const struct templates *templates, enum language language, const char *name)
{
    LIST_EACH (const struct source, source, &templates->sources)
        if (source->language == language && strcmp(source->name, name) == 0)
            return source->text;
    return NULL;
}

static void
close_file(FILE **file_p)
{
    if (*file_p)
        fclose(*file_p);
}

static int
read_source(struct templates *templates, const char *directory, enum language language,
            const char *name)
{
    const char *path = arena_format(templates->arena, "%s/%s/%s.mustache", directory,
                                    language_codes[language], name);
    CLEANUP(close_file) FILE *file = NULL;
    size_t size;
    int rc;

    if (source_of(templates, language, name))
        return 0;
    file = fopen(path, "re");
    if (!file)
        return err_set(ERR_FATAL, "template %s: %s", path, strerror(errno));
    size = fread(templates->buffer, 1, MOST_BYTES + 1, file);
    if (ferror(file) || size > MOST_BYTES)
        return err_set(ERR_FATAL, "template %s: cannot be read, or is too large", path);
    templates->buffer[size] = '\0';
    rc = render_check(templates->buffer);
    if (rc)
        return err_add(rc, "template %s", path);
    *(struct source *) list_add(&templates->sources) =
        (struct source){ language, name, arena_text(templates->arena, templates->buffer) };
    return 0;
}

static int
read_language(struct templates *templates, const char *directory, enum language language)
{
    int rc = read_source(templates, directory, language, frame_name);

    for (const struct rule *rule = notification_rules; rule->event && rc == 0; rule++)
        rc = read_source(templates, directory, language, rule->template);
    templates->order[templates->language_count++] = language;
    return rc;
}

static bool
is_read(const struct templates *templates, enum language language)
{
    for (size_t i = 0; i < templates->language_count; i++)
        if (templates->order[i] == language)
            return true;
    return false;
}

static int
read_all(struct templates *templates, const char *directory, const char *languages)
{
    const char *at = languages;

    for (;;) {
        const size_t size = strcspn(at, ",");
        int language = VIETNAMESE;
        int rc;

        while (language < LANGUAGES && (strlen(language_codes[language]) != size ||
                                        memcmp(language_codes[language], at, size) != 0))
            language++;
        if (language == LANGUAGES || is_read(templates, (enum language) language))
            return err_set(ERR_FATAL, "mail languages \"%s\": say vi, en or vi,en", languages);
        rc = read_language(templates, directory, (enum language) language);
        if (rc || at[size] == '\0')
            return rc;
        at += size + 1;
    }
}

int
templates_open(const char *directory, const char *languages, struct templates **ret_templates)
{
    struct arena *arena = arena_new();
    struct templates *templates = arena_zero(arena, sizeof(*templates));
    int rc;

    templates->arena = arena;
    templates->buffer = arena_zero(arena, MOST_BYTES + 2);
    list_init(&templates->sources, arena, sizeof(struct source));
    rc = read_all(templates, directory, languages);
    if (rc) {
        templates_close(&templates);
        return rc;
    }
    *ret_templates = templates;
    return 0;
}

void
templates_close(struct templates **templates_p)
{
    struct arena *arena = *templates_p ? (*templates_p)->arena : NULL;

    *templates_p = NULL;
    if (arena)
        arena_free(&arena);
}

/* ------------------------------------------------------------------ what a mail says */

/* What one language says. */
struct part {
    const char *subject;
    const char *body;
};

/* Text without the empty lines that a file ends in. */
static const char *
without_end(struct arena *arena, const char *text)
{
    size_t size = strlen(text);

    while (size > 0 && text[size - 1] == '\n')
        size--;
    return arena_format(arena, "%.*s", (int) size, text);
}

/* Renders a template and its frame, and parts the subject from the rest. */
static int
render_part(const struct templates *templates, const char *name, const struct facts *facts,
            bool as_html, struct part *ret_part)
{
    struct facts framed = *facts;
    const char *source = source_of(templates, facts->language, name);
    const char *text;
    size_t subject;
    int rc;

    if (!source)
        return err_set(ERR_POISON, "there is no template %s", name);
    rc = render(source, facts, as_html, &text);
    if (rc)
        return err_add(rc, "template %s/%s", language_codes[facts->language], name);
    subject = strcspn(text, "\n");
    if (subject == 0 || strncmp(text + subject, "\n\n", 2) != 0)
        return err_set(ERR_POISON, "template %s has no subject", name);
    ret_part->subject = arena_format(facts->arena, "%.*s", (int) subject, text);

    facts_add(&framed, "body", without_end(facts->arena, text + subject + 2));
    rc = render(source_of(templates, facts->language, frame_name), &framed, as_html, &text);
    if (rc)
        return err_add(rc, "template %s/%s", language_codes[facts->language], frame_name);
    ret_part->body = without_end(facts->arena, text);
    return 0;
}

static char *
append(char *at, const char *text)
{
    while (*text)
        *at++ = *text++;
    return at;
}

/* Text that is escaped already, as paragraphs: an empty line parts them, a line's end is a break.
 */
static const char *
paragraphs(struct arena *arena, const char *text)
{
    size_t most = strlen("<p></p>\n") + 1;
    char *html, *at;

    for (const char *c = text; *c; c++)
        most += *c == '\n' ? strlen("</p>\n<p>") : 1;
    html = arena_zero(arena, most);
    at = append(html, "<p>");
    text += strspn(text, "\n");
    while (*text) {
        const size_t breaks = strspn(text, "\n");

        if (breaks == 0)
            *at++ = *text++;
        else if (text[breaks] != '\0')
            at = append(at, breaks == 1 ? "<br>\n" : "</p>\n<p>");
        text += breaks;
    }
    append(at, "</p>\n");
    return html;
}

int
templates_write(const struct templates *templates, const char *name, struct facts facts[LANGUAGES],
                struct mail_text *ret_said)
{
    struct arena *arena = facts[templates->order[0]].arena;
    struct mail_text said = { "", "", "" };

    for (size_t i = 0; i < templates->language_count; i++) {
        const struct facts *f = &facts[templates->order[i]];
        const char *code = language_codes[templates->order[i]];
        struct part plain = { "", "" }, html = { "", "" };
        int rc = render_part(templates, name, f, false, &plain);

        if (rc == 0)
            rc = render_part(templates, name, f, true, &html);
        if (rc)
            return rc;
        if (i == 0)
            said.subject = plain.subject;
        said.text =
            arena_format(arena, "%s%s%s", said.text, i ? "\n\n----------\n\n" : "", plain.body);
        said.html = arena_format(arena, "%s%s<div lang=\"%s\">\n%s</div>\n", said.html,
                                 i ? "<hr>\n" : "", code, paragraphs(arena, html.body));
    }
    said.html =
        arena_format(arena,
                     "<!DOCTYPE html>\n<html lang=\"%s\">\n<head><meta charset=\"utf-8\"></head>\n"
                     "<body>\n%s</body>\n</html>\n",
                     language_codes[templates->order[0]], said.html);
    *ret_said = said;
    return 0;
}
