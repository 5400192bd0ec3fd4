/* ops/ctl/event.cc - an event in the shape of CloudEvents' JSON format: attributes beside each
 * other. */
#include "ops/ctl/words.hh"

#include <algorithm>
#include <map>

namespace
{

/* The attributes of an event by name: each the map's value, of which one member is set. */
std::map<std::string, const pb::Message *>
attributes_of(const pb::Message &event)
{
    std::map<std::string, const pb::Message *> found;
    const auto *map = event.GetDescriptor()->FindFieldByName("attributes");
    for (int i = 0; i < event.GetReflection()->FieldSize(event, map); i++) {
        const auto &entry = event.GetReflection()->GetRepeatedMessage(event, map, i);
        const auto *key = entry.GetDescriptor()->FindFieldByNumber(1);
        const auto *value = entry.GetDescriptor()->FindFieldByNumber(2);
        found[entry.GetReflection()->GetString(entry, key)] =
            &entry.GetReflection()->GetMessage(entry, value);
    }
    return found;
}

const pb::FieldDescriptor *
set_member(const pb::Message &attribute)
{
    const auto *oneof = attribute.GetDescriptor()->oneof_decl(0);
    return attribute.GetReflection()->GetOneofFieldDescriptor(attribute, oneof);
}

bool
is_name(const std::string &name)
{
    return !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

/* A descriptor with one field for everything that this event has. */
const pb::Descriptor *
flat_event(const pb::Message &event, const pb::Descriptor *data)
{
    pb::DescriptorProto message;
    std::vector<const pb::FileDescriptor *> needs = { event.GetDescriptor()->file() };
    std::string name = "Event_" + (data ? joined(data->full_name()) : "");
    int number = 1;
    for (const char *fixed : { "specversion", "id", "source", "type" })
        add_field(&message, fixed, number++, Field::TYPE_STRING);
    for (const auto &[key, value] : attributes_of(event)) {
        const auto *kind = set_member(*value);
        if (!kind || !is_name(key))
            continue;
        name += "_" + key + std::to_string(kind->number());
        auto *field = add_field(&message, key, number++, static_cast<Field::Type>(kind->type()));
        if (kind->message_type()) {
            field->set_type_name("." + kind->message_type()->full_name());
            needs.push_back(kind->message_type()->file());
        }
    }
    if (data) {
        add_part(&message, "data", number, data->full_name());
        needs.push_back(data->file());
    } else {
        add_field(&message, "data_base64", number, Field::TYPE_BYTES);
    }
    message.set_name(name);
    return build(std::move(message), needs);
}

/* Copies one singular value between fields of the same type. */
void
carry(const pb::Message &from, const pb::FieldDescriptor *source, pb::Message *to,
      const pb::FieldDescriptor *target)
{
    const auto *in = from.GetReflection();
    const auto *out = to->GetReflection();
    switch (source->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_STRING:
        out->SetString(to, target, in->GetString(from, source));
        break;
    case pb::FieldDescriptor::CPPTYPE_INT32:
        out->SetInt32(to, target, in->GetInt32(from, source));
        break;
    case pb::FieldDescriptor::CPPTYPE_BOOL:
        out->SetBool(to, target, in->GetBool(from, source));
        break;
    default:
        out->MutableMessage(to, target)->CopyFrom(in->GetMessage(from, source));
    }
}

} // namespace

int
json_of_event(struct arena *arena, struct bytes event, const char **ret_json)
{
    auto cloud = blank(find("io.cloudevents.v1.CloudEvent"));
    if (!cloud->ParseFromArray(event.data, static_cast<int>(event.size)))
        return err_set(ERR_POISON, "the bytes are no CloudEvent");

    const auto *cloud_type = cloud->GetDescriptor();
    const auto *in = cloud->GetReflection();
    const auto text = [&](const char *name) {
        return in->GetString(*cloud, cloud_type->FindFieldByName(name));
    };
    const auto *data_type = find(text("type"));
    std::string bytes = text("binary_data");
    auto data = data_type ? blank(data_type) : nullptr;
    if (data && !data->ParseFromString(bytes))
        data_type = nullptr;

    const auto *type = flat_event(*cloud, data_type);
    if (!type)
        return err_set(ERR_POISON, "the event has attributes that cannot be shown");
    auto flat = blank(type);
    const auto *out = flat->GetReflection();
    for (const char *name : { "id", "source", "type" })
        out->SetString(flat.get(), type->FindFieldByName(name), text(name));
    out->SetString(flat.get(), type->FindFieldByName("specversion"), text("spec_version"));
    for (const auto &[key, value] : attributes_of(*cloud)) {
        const auto *target = type->FindFieldByName(key);
        if (target)
            carry(*value, set_member(*value), flat.get(), target);
    }
    /* It tells of "data" as it stands here, no longer of the bytes; dataschema still names the message. */
    const auto *content = type->FindFieldByName("datacontenttype");
    if (data_type && content && content->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING)
        out->SetString(flat.get(), content, "application/json");
    if (data_type)
        out->MutableMessage(flat.get(), type->FindFieldByName("data"))->CopyFrom(*data);
    else
        out->SetString(flat.get(), type->FindFieldByName("data_base64"), bytes);
    return to_json(arena, type, flat->SerializeAsString(), false, ret_json);
}
