# A room is a folder of src/ built as one library: spikefab_room(noc LINKS spikefab_base PRIVATE yaml-cpp).
# A room that REGISTERS has files that nobody calls by name (they only enter themselves in a registry), so all of its
# archive is linked.
function(spikefab_room name)
  cmake_parse_arguments(ROOM "REGISTERS" "" "LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  if(NOT sources)
    return()
  endif()
  set(library spikefab_${name})
  if(ROOM_REGISTERS)
    set(library spikefab_${name}_archive)
    add_library(spikefab_${name} INTERFACE)
    target_link_libraries(spikefab_${name} INTERFACE $<LINK_LIBRARY:WHOLE_ARCHIVE,${library}>)
  endif()
  add_library(${library} STATIC ${sources})
  target_include_directories(${library} PUBLIC ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
  target_link_libraries(${library} PUBLIC ${ROOM_LINKS} PRIVATE spikefab_warnings)
endfunction()

# Tests of one folder as one program: spikefab_tests(noc LINKS spikefab_noc LABELS fast).
# Every *_test.cpp in tests/<name> belongs to it; ctest knows each test by its own name.
function(spikefab_tests name)
  cmake_parse_arguments(TESTS "" "" "LINKS;LABELS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${name}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(spikefab_test_${name} ${sources})
  target_include_directories(spikefab_test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(spikefab_test_${name} PRIVATE
    ${TESTS_LINKS} spikefab_test_places GTest::gmock GTest::gtest_main spikefab_warnings)
  gtest_discover_tests(spikefab_test_${name} TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 120
                       PROPERTIES LABELS "${name};${TESTS_LABELS}")
endfunction()

# A bench is a program of its own, not a test: spikefab_bench(core LINKS spikefab_models) builds tests/bench/core_bench.cpp.
# Under sanitizers its times would mean nothing, so there is none.
function(spikefab_bench name)
  if(SPIKEFAB_SANITIZE)
    return()
  endif()
  cmake_parse_arguments(BENCH "" "" "LINKS" ${ARGN})
  add_executable(spikefab_bench_${name} ${PROJECT_SOURCE_DIR}/tests/bench/${name}_bench.cpp)
  target_include_directories(spikefab_bench_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(spikefab_bench_${name} PRIVATE ${BENCH_LINKS} spikefab_test_places benchmark::benchmark spikefab_warnings)
endfunction()
