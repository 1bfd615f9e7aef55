# Libraries, all from Debian 12. scripts/lib/install.sh holds the list of packages.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS iostreams)
find_package(HDF5 REQUIRED COMPONENTS C)
if(BUILD_TESTING)
  find_package(Eigen3 3.4 REQUIRED NO_MODULE)  # oracle of the crossbar's solver
  find_package(benchmark REQUIRED)
endif()

find_package(ZLIB REQUIRED)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)

add_library(spikefab_hdf5 INTERFACE)
target_include_directories(spikefab_hdf5 SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
target_link_libraries(spikefab_hdf5 INTERFACE ${HDF5_C_LIBRARIES})

# SystemC's header encodes the C++ standard that the library was built with in a symbol that every program
# must define; Debian builds it as C++17, so C++20 code has to say so.
pkg_check_modules(SYSTEMC REQUIRED systemc)
find_library(SYSTEMC_LIBRARY systemc HINTS ${SYSTEMC_LIBRARY_DIRS} REQUIRED)
execute_process(COMMAND nm -DC ${SYSTEMC_LIBRARY} OUTPUT_VARIABLE systemc_symbols ERROR_QUIET)
string(REGEX MATCH "sc_api_version_[0-9_]*cxx([0-9]+L)" systemc_api "${systemc_symbols}")
if(NOT systemc_api)
  message(FATAL_ERROR "cannot find which C++ standard ${SYSTEMC_LIBRARY} was built with "
                      "(no sc_api_version_*_cxx* symbol); install Debian's libsystemc-dev 2.3.4")
endif()
add_library(spikefab_systemc INTERFACE)
target_include_directories(spikefab_systemc SYSTEM INTERFACE ${SYSTEMC_INCLUDE_DIRS})
target_link_libraries(spikefab_systemc INTERFACE ${SYSTEMC_LIBRARY} Threads::Threads)
target_compile_definitions(spikefab_systemc INTERFACE SC_CPLUSPLUS=${CMAKE_MATCH_1})
