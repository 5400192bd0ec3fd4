/* ops/ctl/json.cc - the only C++ here: JSON by libprotobuf's json_util, over the embedded
 * descriptors.
 *
 * Envelopes carry their body as bytes. A sub-message looks the same on the wire, so a copy of the
 * envelope's descriptor in which the body has its true type reads the very same bytes, and
 * json_util then shows the body as what it is.
 */
#include "ops/ctl/words.hh"

namespace
{

const pb::Descriptor *
reply_with(const pb::Descriptor *body)
{
    const pb::Descriptor *plain = find("sangkien.wire.v1.Reply");
    pb::DescriptorProto message;
    plain->CopyTo(&message);
    message.set_name("Reply_" + joined(body->full_name()));
    for (auto &field : *message.mutable_field()) {
        field.clear_options();
        if (field.name() == "body") {
            field.set_type(Field::TYPE_MESSAGE);
            field.set_type_name("." + body->full_name());
        }
    }
    std::vector<const pb::FileDescriptor *> needs = { plain->file(), body->file() };
    return build(std::move(message), needs);
}

const pb::Descriptor *
intent_with(const pb::Descriptor *body)
{
    pb::DescriptorProto message;
    message.set_name("Intent_" + (body ? joined(body->full_name()) : ""));
    int number = 1;
    for (const char *name :
         { "id", "type", "programme", "subject", "actor", "capacity", "expires" })
        add_field(&message, name, number++, Field::TYPE_STRING);
    add_field(&message, "expected_version", number++, Field::TYPE_INT64)
        ->set_json_name("expectedVersion");
    if (body)
        add_part(&message, "body", number, body->full_name());
    std::vector<const pb::FileDescriptor *> needs;
    if (body)
        needs.push_back(body->file());
    return build(std::move(message), needs);
}

const char *
member(struct arena *arena, const pb::Message &message, const char *name)
{
    const auto *field = message.GetDescriptor()->FindFieldByName(name);
    return text_in(arena, message.GetReflection()->GetString(message, field));
}

} // namespace

bool
json_knows(const char *type)
{
    return find(type) != nullptr;
}

int
json_to_bytes(struct arena *arena, const char *type, const char *json, size_t size,
              struct bytes *ret_bytes)
{
    const auto *known = find(type);
    if (!known)
        return err_set(ERR_NOT_FOUND, "there is no message type %s", type);
    std::string bytes;
    int rc = to_bytes(known, std::string(json, size), true, &bytes);
    if (rc == 0)
        *ret_bytes = bytes_in(arena, bytes);
    return rc;
}

int
json_of_bytes(struct arena *arena, const char *type, struct bytes bytes, bool pretty,
              const char **ret_json)
{
    const auto *known = find(type);
    if (!known)
        return err_set(ERR_NOT_FOUND, "there is no message type %s", type);
    std::string content(reinterpret_cast<const char *>(bytes.data), bytes.size);
    return to_json(arena, known, content, pretty, ret_json);
}

int
json_of_reply(struct arena *arena, struct bytes reply, const char *body_type, bool pretty,
              const char **ret_json)
{
    const auto *body = find(body_type);
    const auto *type = body ? reply_with(body) : nullptr;
    std::string content(reinterpret_cast<const char *>(reply.data), reply.size);
    if (type && to_json(arena, type, content, pretty, ret_json) == 0)
        return 0;
    return to_json(arena, find("sangkien.wire.v1.Reply"), content, pretty, ret_json);
}

int
json_type_of(struct arena *arena, const char *json, size_t size, const char **ret_type)
{
    const auto *type = intent_with(nullptr);
    std::string bytes;
    int rc = to_bytes(type, std::string(json, size), false, &bytes);
    if (rc < 0)
        return rc;
    auto message = blank(type);
    message->ParseFromString(bytes);
    *ret_type = member(arena, *message, "type");
    return 0;
}

int
json_to_intent(struct arena *arena, const char *body_type, const char *json, size_t size,
               struct intent *ret_intent)
{
    const auto *body = find(body_type);
    const auto *type = body ? intent_with(body) : nullptr;
    if (!type)
        return err_set(ERR_NOT_FOUND, "there is no message type %s", body_type);
    std::string bytes;
    int rc = to_bytes(type, std::string(json, size), true, &bytes);
    if (rc < 0)
        return rc;

    auto message = blank(type);
    message->ParseFromString(bytes);
    const auto *in = message->GetReflection();
    ret_intent->id = member(arena, *message, "id");
    ret_intent->type = member(arena, *message, "type");
    ret_intent->programme = member(arena, *message, "programme");
    ret_intent->subject = member(arena, *message, "subject");
    ret_intent->actor = member(arena, *message, "actor");
    ret_intent->capacity = member(arena, *message, "capacity");
    ret_intent->expires = member(arena, *message, "expires");
    ret_intent->expected_version =
        in->GetInt64(*message, type->FindFieldByName("expected_version"));
    ret_intent->body = bytes_in(
        arena, in->GetMessage(*message, type->FindFieldByName("body")).SerializeAsString());
    return 0;
}
