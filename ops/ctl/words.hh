/* ops/ctl/words.hh - the embedded descriptors, and what json.cc, event.cc and draft.cc share. */
#ifndef SANGKIEN_CTL_WORDS_HH
#define SANGKIEN_CTL_WORDS_HH

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>

#include <memory>
#include <string>
#include <vector>

extern "C" {
#include "ops/ctl/json.h"
}

namespace pb = google::protobuf;

using Field = pb::FieldDescriptorProto;

/* NULL: not known. */
const pb::Descriptor *find(const std::string &type);

std::unique_ptr<pb::Message> blank(const pb::Descriptor *type);

/* Makes a message of the package "ctl" known; one that was built before is found again by its name.
 * NULL: it is none. */
const pb::Descriptor *build(pb::DescriptorProto message,
                            const std::vector<const pb::FileDescriptor *> &needs);
Field *add_field(pb::DescriptorProto *message, const std::string &name, int number,
                 Field::Type type);
void add_part(pb::DescriptorProto *message, const std::string &name, int number,
              const std::string &type);

/* "a.b.C" as part of a name: "a_b_C". */
std::string joined(std::string name);

int to_bytes(const pb::Descriptor *type, const std::string &json, bool strict,
             std::string *ret_bytes);
int to_json(struct arena *arena, const pb::Descriptor *type, const std::string &bytes, bool pretty,
            const char **ret_json);

const char *text_in(struct arena *arena, const std::string &text);
struct bytes bytes_in(struct arena *arena, const std::string &bytes);

#endif
