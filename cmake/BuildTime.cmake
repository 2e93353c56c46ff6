# What keeps a build short without changing what it makes or checks.
#
#   include(BuildTime)
#   interstice_precompile(<target> AS <name> [HEADERS <header>...])
#   interstice_unity(<target> <TESTS|ALL>)
#   interstice_optimise_less(<target> <INTERFACE|PRIVATE>)

option(INTERSTICE_PRECOMPILE "Parse the headers of other libraries once for many files" ON)
set(INTERSTICE_UNITY OFF CACHE STRING "Compile several source files as one: OFF, TESTS (those of tests) or ALL")
set_property(CACHE INTERSTICE_UNITY PROPERTY STRINGS OFF TESTS ALL)

set(interstice_common_headers
    <algorithm> <array> <cmath> <cstdint> <filesystem> <functional> <limits> <map> <memory> <numeric> <optional> <set>
    <span> <string> <string_view> <utility> <vector> <fmt/format.h>)

# Parses common headers, and those of HEADERS, once for all targets that name the same AS: the first makes them, the
# others use them, so all must be compiled with the same options. Only headers of other libraries belong here: they
# never change while one works. Not with a compiler launcher, because ccache cannot keep what uses them.
function(interstice_precompile target)
  cmake_parse_arguments(arg "" "AS" "HEADERS" ${ARGN})
  if(NOT INTERSTICE_PRECOMPILE OR CMAKE_CXX_COMPILER_LAUNCHER)
    return()
  endif()
  get_property(maker GLOBAL PROPERTY interstice_precompiled_${arg_AS})
  if(maker)
    target_precompile_headers(${target} REUSE_FROM ${maker})
  else()
    target_precompile_headers(${target} PRIVATE ${interstice_common_headers} ${arg_HEADERS})
    set_property(GLOBAL PROPERTY interstice_precompiled_${arg_AS} ${target})
  endif()
endfunction()

# A unity build of the target, which compiles its files several at a time, where INTERSTICE_UNITY is ALL or the given
# word. Most of the time goes into headers, which are parsed once then. Local names must differ within such a target.
# Files that open a namespace for all that follows, or are compiled for several instruction sets, stay alone.
function(interstice_unity target which)
  if(NOT INTERSTICE_UNITY STREQUAL "ALL" AND NOT INTERSTICE_UNITY STREQUAL which)
    return()
  endif()
  set_target_properties(${target} PROPERTIES
    UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8 DISABLE_PRECOMPILE_HEADERS ON
    UNITY_BUILD_CODE_BEFORE_INCLUDE "// NOLINTNEXTLINE(bugprone-suspicious-include)")
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    if(source MATCHES "\\.cpp$")
      file(STRINGS ${source} alone REGEX "^using namespace|^#define HWY_TARGET_INCLUDE|^INTERSTICE_VECTOR_CLONES" LIMIT_COUNT 1)
      if(alone)
        set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
      endif()
    endif()
  endforeach()
endfunction()

# For code that takes little time to run: a sanitizer that watches memory sees the use of null pointers itself, and code
# that runs in no step is not optimised under it. Results are the same bits at every level of optimisation.
function(interstice_optimise_less target scope)
  if(INTERSTICE_SANITIZE)
    target_compile_options(${target} ${scope} -O0 -fno-sanitize=null,alignment)
  elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_compile_options(${target} ${scope} -O1)
  endif()
endfunction()
