# Turns text files into string constants of the report library, so that report.html needs nothing from outside.
#   embed_text(<output .cpp> <constant name> <file>)
function(embed_text output name file)
  file(READ ${file} text)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  string(SHA256 hash "${text}")
  if(EXISTS ${output})
    file(STRINGS ${output} old LIMIT_COUNT 1)
    if(old STREQUAL "// ${hash}")
      return()
    endif()
  endif()
  file(WRITE ${output} "// ${hash}\n#include \"viz/report/assets.h\"\nnamespace interstice::viz {\n"
       "const char* const ${name} = R\"embedded(" "${text}" ")embedded\";\n}\n")
endfunction()

# Chart.js 3.9.1 as Debian packages it (libjs-chart.js), MIT licence.
find_file(INTERSTICE_CHART_JS chart.min.js REQUIRED
          PATHS /usr/share/javascript/chart.js /usr/share/nodejs/chart.js/dist NO_DEFAULT_PATH
          DOC "Chart.js, from the Debian package libjs-chart.js")
set(viz_generated ${PROJECT_BINARY_DIR}/generated/viz)
embed_text(${viz_generated}/chart_js.cpp kChartJs ${INTERSTICE_CHART_JS})
embed_text(${viz_generated}/report_js.cpp kReportJs ${PROJECT_SOURCE_DIR}/viz/report/assets/report.js)
embed_text(${viz_generated}/report_css.cpp kReportCss ${PROJECT_SOURCE_DIR}/viz/report/assets/report.css)
target_sources(interstice_viz PRIVATE ${viz_generated}/chart_js.cpp ${viz_generated}/report_js.cpp
                                      ${viz_generated}/report_css.cpp)
