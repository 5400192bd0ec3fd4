/* ops/ctl/draft.cc - a message put together from the cells of a table. */
#include "ops/ctl/words.hh"

namespace
{

bool
is_list_or_message(const pb::FieldDescriptor *field)
{
    return field->is_repeated() || field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE;
}

/* Walks the path; *message_p moves to the message that holds the last field. */
const pb::FieldDescriptor *
walk(const std::string &path, const pb::Descriptor *type, pb::Message **message_p)
{
    size_t from = 0;
    for (;;) {
        size_t dot = path.find('.', from);
        std::string name = path.substr(from, dot == std::string::npos ? dot : dot - from);
        const auto *field = type->FindFieldByName(name);
        if (!field)
            field = type->FindFieldByCamelcaseName(name);
        if (!field || dot == std::string::npos)
            return field;
        if (field->is_repeated() || !field->message_type())
            return nullptr;
        type = field->message_type();
        *message_p = (*message_p)->GetReflection()->MutableMessage(*message_p, field);
        from = dot + 1;
    }
}

} // namespace

struct draft {
    std::unique_ptr<pb::Message> message;
};

int
draft_new(const char *type, struct draft **ret_draft)
{
    const auto *known = find(type);
    if (!known)
        return err_set(ERR_NOT_FOUND, "there is no message type %s", type);
    *ret_draft = new draft{ blank(known) };
    return 0;
}

void
draft_free(struct draft **draft_p)
{
    delete *draft_p;
    *draft_p = nullptr;
}

int
draft_set(struct draft *draft, const char *path, const char *cell)
{
    if (cell[0] == '\0')
        return 0;
    pb::Message *at = draft->message.get();
    const auto *field = walk(path, at->GetDescriptor(), &at);
    if (!field)
        return err_set(ERR_POISON, "%s has no field %s",
                       draft->message->GetDescriptor()->full_name().c_str(), path);
    if (field->type() == pb::FieldDescriptor::TYPE_STRING && !field->is_repeated()) {
        at->GetReflection()->SetString(at, field, cell);
        return 0;
    }

    std::string value = cell;
    bool is_json = is_list_or_message(field) && (cell[0] == '{' || cell[0] == '[');
    if (!is_json) {
        if (value.find_first_of("\"\\") != std::string::npos)
            return err_set(ERR_POISON, "%s: quotes do not belong here", path);
        value = "\"" + value + "\"";
    }
    std::string bytes;
    if (to_bytes(at->GetDescriptor(), "{\"" + field->name() + "\":" + value + "}", true, &bytes) <
        0)
        return err_add(ERR_POISON, "%s", path);
    return at->MergeFromString(bytes) ? 0 : err_set(ERR_POISON, "%s: cannot be taken", path);
}

struct bytes
draft_take(struct draft *draft, struct arena *arena)
{
    struct bytes taken = bytes_in(arena, draft->message->SerializeAsString());
    draft->message->Clear();
    return taken;
}
