# Compiler flags of the house, sanitizers, and the tools that make a build fast where they are installed.
option(BUILD_TESTING "Build the tests" ON)
option(SPIKEFAB_SANITIZE "Build with address and undefined-behaviour sanitizers" OFF)

find_program(CCACHE ccache)
if(CCACHE)
  # Paths inside the tree count as relative, so that another clone of the same sources finds the same results; what uses a
  # precompiled header is cached too.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
                                      CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  # Before 2.4.0 (Debian 12 has 1.10) mold counts .tbss into the pages that become read-only after loading; where it happens to
  # end a page, which the length of the build's path decides, the program cannot start (rui314/mold issue 1151). No such pages, then.
  add_link_options(-fuse-ld=mold -Wl,-z,norelro)
endif()

# The warnings of the house (README, "House rules"); every one is an error.
add_library(spikefab_warnings INTERFACE)
target_compile_options(spikefab_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual
  # GCC 12 warns of what its own sanitizers insert; the other builds hold every warning.
  $<$<NOT:$<BOOL:${SPIKEFAB_SANITIZE}>>:-Werror>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)  # GCC 12 warns of std::string's own operator+ (GCC bug 105651)

set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")
if(SPIKEFAB_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
