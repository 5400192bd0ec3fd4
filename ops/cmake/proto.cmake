# proto.cmake - sangkien_proto: the messages in C, and the tables beside them (proto_tables.py).
#
# Google's and protobuf-c's own files come from their Debian packages; a copy in the build tree stands
# beside ours, so that buf, protoc and protoc-c all read one tree.
set(PROTO_TREE ${CMAKE_BINARY_DIR}/proto)
set(PROTO_GEN ${CMAKE_BINARY_DIR}/gen)
set(PROTO_SET ${CMAKE_BINARY_DIR}/sangkien.binpb)
set(foreign google/protobuf/timestamp.proto google/protobuf/descriptor.proto protobuf-c/protobuf-c.proto)

file(GLOB_RECURSE own RELATIVE ${CMAKE_SOURCE_DIR}/proto CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/proto/*.proto)
set(tree ${PROTO_TREE}/buf.yaml)
configure_file(proto/buf.yaml ${PROTO_TREE}/buf.yaml COPYONLY)
foreach(file ${own})
  configure_file(proto/${file} ${PROTO_TREE}/${file} COPYONLY)
  list(APPEND tree ${PROTO_TREE}/${file})
endforeach()
foreach(file ${foreign})
  find_file(found ${file} PATHS /usr/include NO_CACHE REQUIRED)
  configure_file(${found} ${PROTO_TREE}/${file} COPYONLY)
  unset(found)
endforeach()

set(messages ${own} google/protobuf/timestamp.proto)
list(REMOVE_ITEM messages sangkien/wire/v1/limits.proto)
set(sources)
foreach(file ${messages})
  string(REGEX REPLACE "\\.proto$" "" stem ${file})
  list(APPEND sources ${PROTO_GEN}/${stem}.pb-c.c)
endforeach()
file(MAKE_DIRECTORY ${PROTO_GEN}/google/protobuf)
file(CONFIGURE OUTPUT ${PROTO_GEN}/google/protobuf/descriptor.pb-c.h CONTENT
  "/* Options are read at build time; C never needs their messages. */\n")
file(MAKE_DIRECTORY ${PROTO_GEN}/sangkien/wire/v1)
file(CONFIGURE OUTPUT ${PROTO_GEN}/sangkien/wire/v1/limits.pb-c.h CONTENT
  "/* Options are read at build time; C never needs their messages. */\n")
add_custom_command(
  OUTPUT ${sources}
  COMMAND ${PROTOC_C} -I ${PROTO_TREE} --c_out=${PROTO_GEN} ${messages}
  DEPENDS ${tree} VERBATIM)
add_custom_command(
  OUTPUT ${PROTO_SET}
  COMMAND ${PROTOC} -I ${PROTO_TREE} --include_imports -o ${PROTO_SET} ${own}
  DEPENDS ${tree} VERBATIM)
add_custom_command(
  OUTPUT ${PROTO_GEN}/proto_tables.c
  COMMAND ${PYTHON3} ${CMAKE_SOURCE_DIR}/ops/cmake/proto_tables.py < ${PROTO_SET} > ${PROTO_GEN}/proto_tables.c
  DEPENDS ${PROTO_SET} ${CMAKE_SOURCE_DIR}/ops/cmake/proto_tables.py VERBATIM)

add_library(sangkien_proto STATIC ${sources} ${PROTO_GEN}/proto_tables.c)
target_include_directories(sangkien_proto SYSTEM PUBLIC ${PROTO_GEN})
target_include_directories(sangkien_proto PUBLIC ${CMAKE_SOURCE_DIR})
target_link_libraries(sangkien_proto PUBLIC PkgConfig::protobufc)
