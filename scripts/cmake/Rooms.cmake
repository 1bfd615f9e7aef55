# A room is a folder of src/ built as one library: spikefab_room(noc LINKS spikefab_base).
function(spikefab_room name)
  cmake_parse_arguments(ROOM "" "" "LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_library(spikefab_${name} STATIC ${sources})
  target_include_directories(spikefab_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
  target_link_libraries(spikefab_${name} PUBLIC ${ROOM_LINKS} PRIVATE spikefab_warnings)
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
  target_compile_definitions(spikefab_test_${name} PRIVATE
    SPIKEFAB_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SPIKEFAB_SHARED_DIR="${PROJECT_SOURCE_DIR}/../shared")
  target_link_libraries(spikefab_test_${name} PRIVATE ${TESTS_LINKS} GTest::gmock GTest::gtest_main spikefab_warnings)
  gtest_discover_tests(spikefab_test_${name} TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 120
                       PROPERTIES LABELS "${name};${TESTS_LABELS}")
endfunction()
