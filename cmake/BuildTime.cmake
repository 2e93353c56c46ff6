# What keeps a build short without changing what it makes or checks.
#
#   include(BuildTime)
#   interstice_precompile(<target> AS <name> [HEADERS <header>...])
#   interstice_optimise_less(<target> <INTERFACE|PRIVATE>)

option(INTERSTICE_PRECOMPILE "Parse the headers of other libraries once for many files" ON)

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

# For code that takes little time to run. Under sanitizers, which see no less of it then, it is not optimised at all.
# Results are the same bits at every level of optimisation.
function(interstice_optimise_less target scope)
  if(INTERSTICE_SANITIZE)
    target_compile_options(${target} ${scope} -O0)
  elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_compile_options(${target} ${scope} -O1)
  endif()
endfunction()
