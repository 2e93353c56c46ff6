# What keeps a build short without changing what it makes or checks.
#
#   include(BuildTime)
#   interstice_unity(<target>)
#   interstice_optimise_less(<target> <INTERFACE|PRIVATE> <level>)

option(INTERSTICE_UNITY "Compile several source files of a folder as one" OFF)

# A unity build of the target, which compiles its files several at a time, where INTERSTICE_UNITY is on. Most of the time
# goes into headers, which are parsed once then. Local names must differ within such a target. Files that open a
# namespace for all that follows, or are compiled for several instruction sets, stay alone.
function(interstice_unity target)
  if(NOT INTERSTICE_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8 UNITY_BUILD_CODE_BEFORE_INCLUDE
                                             "// NOLINTNEXTLINE(bugprone-suspicious-include)")
  target_compile_options(${target} PRIVATE -Wno-subobject-linkage)  # which takes the files for headers
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  foreach(source ${sources})
    file(STRINGS ${source} alone LIMIT_COUNT 1
         REGEX "^using namespace|^#define HWY_TARGET_INCLUDE|^INTERSTICE_VECTOR_CLONES")
    if(alone)
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
endfunction()

# Level 0 or 1 of optimisation for code that takes little time to run; level 0 under sanitizers. Results are the same
# bits at every level.
function(interstice_optimise_less target scope level)
  if(INTERSTICE_SANITIZE)
    target_compile_options(${target} ${scope} -O0)
  elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_compile_options(${target} ${scope} -O${level})
  endif()
endfunction()
