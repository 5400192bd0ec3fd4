/* ops/ctl/words.cc - the embedded descriptors, and json_util over them. */
#include "ops/ctl/words.hh"

#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <algorithm>

extern "C" {
extern const unsigned char descriptors_start[];
extern const size_t descriptors_size;
}

namespace
{

const char *const URL = "type.googleapis.com";

struct Words {
    pb::DescriptorPool pool;
    pb::DynamicMessageFactory factory;
    std::unique_ptr<pb::util::TypeResolver> resolver;

    Words()
    {
        pb::SetLogHandler(nullptr); /* what is wrong comes back as a status */
        pb::FileDescriptorSet set;
        bool good = set.ParseFromArray(descriptors_start, static_cast<int>(descriptors_size));
        for (const auto &file : set.file())
            good = good && pool.BuildFile(file);
        if (!good)
            abort(); /* the program was built wrong */
        resolver.reset(pb::util::NewTypeResolverForDescriptorPool(URL, &pool));
    }
};

Words &
words()
{
    static Words *all = new Words();
    return *all;
}

} // namespace

const pb::Descriptor *
find(const std::string &type)
{
    return words().pool.FindMessageTypeByName(type);
}

std::unique_ptr<pb::Message>
blank(const pb::Descriptor *type)
{
    return std::unique_ptr<pb::Message>(words().factory.GetPrototype(type)->New());
}

const char *
text_in(struct arena *arena, const std::string &text)
{
    return reinterpret_cast<const char *>(arena_bytes(arena, text.c_str(), text.size() + 1).data);
}

struct bytes
bytes_in(struct arena *arena, const std::string &bytes)
{
    return arena_bytes(arena, bytes.data(), bytes.size());
}

const pb::Descriptor *
build(pb::DescriptorProto message, const std::vector<const pb::FileDescriptor *> &needs)
{
    const pb::Descriptor *known = find("ctl." + message.name());
    if (known)
        return known;
    pb::FileDescriptorProto file;
    file.set_name("ctl/" + message.name());
    file.set_package("ctl");
    file.set_syntax("proto3");
    for (const auto *need : needs) {
        if (std::find(file.dependency().begin(), file.dependency().end(), need->name()) ==
            file.dependency().end())
            file.add_dependency(need->name());
    }
    *file.add_message_type() = std::move(message);
    const pb::FileDescriptor *built = words().pool.BuildFile(file);
    return built ? built->message_type(0) : nullptr;
}

Field *
add_field(pb::DescriptorProto *message, const std::string &name, int number, Field::Type type)
{
    Field *field = message->add_field();
    field->set_name(name);
    field->set_json_name(name);
    field->set_number(number);
    field->set_label(Field::LABEL_OPTIONAL);
    field->set_type(type);
    return field;
}

void
add_part(pb::DescriptorProto *message, const std::string &name, int number, const std::string &type)
{
    add_field(message, name, number, Field::TYPE_MESSAGE)->set_type_name("." + type);
}

std::string
joined(std::string name)
{
    std::replace(name.begin(), name.end(), '.', '_');
    return name;
}

static std::string
url_of(const pb::Descriptor *type)
{
    return std::string(URL) + "/" + type->full_name();
}

/* json_util says what it holds as a string, a number, a place; all of it helps. */
static int
refuse(const pb::util::Status &status)
{
    return err_set(ERR_POISON, "%s", status.message().ToString().c_str());
}

int
to_bytes(const pb::Descriptor *type, const std::string &json, bool strict, std::string *ret_bytes)
{
    pb::util::JsonParseOptions options;
    options.ignore_unknown_fields = !strict;
    auto status = pb::util::JsonToBinaryString(words().resolver.get(), url_of(type), json,
                                               ret_bytes, options);
    return status.ok() ? 0 : refuse(status);
}

int
to_json(struct arena *arena, const pb::Descriptor *type, const std::string &bytes, bool pretty,
        const char **ret_json)
{
    /* json_util alone would go on for hours over a packed field that is cut short. */
    if (!blank(type)->ParseFromString(bytes))
        return err_set(ERR_POISON, "the bytes are no %s", type->full_name().c_str());
    pb::util::JsonPrintOptions options;
    options.add_whitespace = pretty;
    std::string json;
    auto status =
        pb::util::BinaryToJsonString(words().resolver.get(), url_of(type), bytes, &json, options);
    if (!status.ok())
        return refuse(status);
    *ret_json = text_in(arena, json);
    return 0;
}
