# pieces.cmake - what a leaf CMakeLists.txt says, in one line.

# A service: every .c of its folder as a library (for tests and verify), and the program sangkien-<name>.
function(sangkien_service name)
  file(GLOB sources CONFIGURE_DEPENDS *.c *.cc)
  add_library(service_${name} STATIC ${sources})
  target_link_libraries(service_${name} PUBLIC sangkien_common PRIVATE warnings ${ARGN})
  file(CONFIGURE OUTPUT main.c @ONLY CONTENT
    "#include \"common/service.h\"\n\nextern const struct service @name@_service;\nint main(int argc, char **argv);\n\nint\nmain(int argc, char **argv)\n{\n    return service_main(&@name@_service, argc, argv);\n}\n")
  add_executable(sangkien-${name} ${CMAKE_CURRENT_BINARY_DIR}/main.c)
  target_link_libraries(sangkien-${name} PRIVATE service_${name})
  install(TARGETS sangkien-${name} DESTINATION bin)
endfunction()

# tests/unit/<name>.c as the test unit.<name>.
function(sangkien_unit_test name)
  add_executable(unit_${name} unit/${name}.c)
  target_link_libraries(unit_${name} PRIVATE cmocka ${ARGN} sangkien_common warnings)
  add_test(NAME unit.${name} COMMAND unit_${name})
  set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 60)
endfunction()
