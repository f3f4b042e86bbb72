# runbook_layer(NAME SOURCES… LINKS …): one static library per folder below engine/, with engine/ as include root.
function(runbook_layer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(runbook-${name} STATIC ${ARG_SOURCES})
  target_include_directories(runbook-${name} PUBLIC ${PROJECT_SOURCE_DIR}/engine)
  target_link_libraries(runbook-${name} PUBLIC ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
endfunction()
