/* services/notifications/render.cc - the one file that knows the template engine. */
#include <algorithm>
#include <cstdlib>
#include <exception>
#include <kainjow/mustache.hpp>
#include <new>
#include <string>

extern "C" {
#include "services/notifications/render.h"
}

namespace mustache = kainjow::mustache;

namespace
{

/* Remembers the first name that nobody knows instead of passing over it. */
class strict_context : public mustache::context<std::string>
{
  public:
    explicit strict_context(const mustache::data *data) : context(data)
    {
    }

    const mustache::data *
    get(const std::string &name) const override
    {
        const mustache::data *found = context::get(name);

        if (!found && unknown_.empty())
            unknown_ = name;
        return found;
    }

    const mustache::data *
    get_partial(const std::string &name) const override
    {
        if (unknown_.empty())
            unknown_ = "> " + name; /* templates stand alone */
        return nullptr;
    }

    const std::string &
    unknown() const
    {
        return unknown_;
    }

  private:
    mutable std::string unknown_;
};

/* Of a fact without a text only has_name is known, so that printing it fails. */
mustache::data
data_of(const struct facts *facts)
{
    mustache::object names;
    const fact *items = static_cast<const fact *>(facts->items.items);

    for (size_t i = 0; i < facts->items.count; i++) {
        const std::string name = items[i].name;
        const bool is_there = items[i].text != nullptr;

        if (name.compare(0, 3, "is_") == 0) {
            names.insert({ name, mustache::data(is_there) });
            continue;
        }
        names.insert({ "has_" + name, mustache::data(is_there) });
        if (is_there)
            names.insert({ name, mustache::data(std::string(items[i].text)) });
    }
    return mustache::data(names);
}

/* The engine drops the line of a section's tag only when the section is rendered, and then drops an
 * empty line inside it too. As the mustache manual has it, a tag that stands alone on a line is no
 * line at all: a mark takes the place of its line's end, and is taken out of what was rendered. */
const char mark = '\1';

bool
stands_alone(const std::string &line)
{
    return line.size() > 5 && line.compare(0, 2, "{{") == 0 &&
           std::string("#^/").find(line[2]) < 3 && line.find("}}") == line.size() - 2;
}

std::string
with_marks(const std::string &source)
{
    std::string marked;
    size_t from = 0;

    for (size_t to; (to = source.find('\n', from)) != std::string::npos; from = to + 1) {
        const std::string line = source.substr(from, to - from);

        marked += line + (stands_alone(line) ? mark : '\n');
    }
    return marked + source.substr(from);
}

} // namespace

extern "C" int
render_check(const char *source)
{
    try {
        mustache::mustache engine{ std::string(source) };

        return engine.is_valid() ? 0 : err_set(ERR_FATAL, "%s", engine.error_message().c_str());
    } catch (const std::exception &e) {
        return err_set(ERR_FATAL, "%s", e.what());
    }
}

extern "C" int
render(const char *source, const struct facts *facts, bool as_html, const char **ret_text)
{
    try {
        mustache::mustache engine{ with_marks(source) };
        const mustache::data data = data_of(facts);
        strict_context context(&data);
        std::string text;

        if (!as_html)
            engine.set_custom_escape([](const std::string &plain) { return plain; });
        if (engine.is_valid())
            text = engine.render(context);
        if (!engine.is_valid())
            return err_set(ERR_POISON, "the template is broken: %s",
                           engine.error_message().c_str());
        if (!context.unknown().empty())
            return err_set(ERR_POISON, "the template says {{%s}}, which is not known",
                           context.unknown().c_str());
        text.erase(std::remove(text.begin(), text.end(), mark), text.end());
        *ret_text = arena_text(facts->arena, text.c_str());
        return 0;
    } catch (const std::bad_alloc &) {
        std::abort(); /* as everywhere: nothing is the mail's fault */
    } catch (const std::exception &e) {
        return err_set(ERR_POISON, "the template cannot be rendered: %s", e.what());
    }
}
