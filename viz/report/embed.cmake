# Turns text files into one string constant of the report library, so that report.html needs nothing from outside.
#   embed_text(<constant name> <file>...)
function(embed_text name)
  set(output ${PROJECT_BINARY_DIR}/generated/viz/${name}.cpp)
  set(parts "")
  foreach(file ${ARGN})
    file(READ ${PROJECT_SOURCE_DIR}/viz/report/${file} text)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/viz/report/${file})
    string(APPEND parts "R\"embedded(" "${text}" ")embedded\"\n")
  endforeach()
  string(SHA256 hash "${parts}")
  set(old "")
  if(EXISTS ${output})
    file(STRINGS ${output} old LIMIT_COUNT 1)
  endif()
  if(NOT old STREQUAL "// ${hash}")
    file(WRITE ${output} "// ${hash}\n#include \"viz/report/assets.h\"\nnamespace interstice::viz {\n"
         "const char* const ${name} = " "${parts}" ";\n}\n")
  endif()
  target_sources(interstice_viz PRIVATE ${output})
endfunction()

embed_text(kCharts charts/charts.min.js)
embed_text(kComparisonScript
           page/base.js page/comparison.js page/arms.js page/figure.js page/points.js
           page/curves.js page/effects.js page/profiles.js page/shares.js page/record.js page/page.js)
embed_text(kStudyScript
           page/base.js page/study_data.js page/arms.js page/figure.js page/points.js
           page/study_verdicts.js page/study_doses.js page/study_parts.js page/page.js)
embed_text(kPageStyle page/page.css)
