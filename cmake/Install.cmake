# cmake --install: the program, the engine, the plug-in contract with its CMake package, models and scenarios.
include(CMakePackageConfigHelpers)
include(PluginAbi)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Interstice)

install(TARGETS interstice EXPORT IntersticeTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET interstice_cli)
  install(TARGETS interstice_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  # The program itself writes its man page and what shells complete.
  foreach(page "man|man/man1/interstice.1" "completion bash|bash-completion/completions/interstice"
               "completion zsh|zsh/site-functions/_interstice" "completion fish|fish/vendor_completions.d/interstice.fish")
    string(REGEX REPLACE "\\|.*" "" words "${page}")
    string(REGEX REPLACE ".*\\|" "${CMAKE_INSTALL_DATADIR}/" file "${page}")
    cmake_path(GET file PARENT_PATH folder)
    install(CODE "file(MAKE_DIRECTORY \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${folder}\")
                  separate_arguments(words UNIX_COMMAND \"${words}\")
                  execute_process(COMMAND \"$<TARGET_FILE:interstice_cli>\" \${words} COMMAND_ERROR_IS_FATAL ANY
                                  OUTPUT_FILE \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${file}\")")
  endforeach()
endif()

if(TARGET interstice_render)
  install(TARGETS interstice_render RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

foreach(header ${interstice_plugin_headers})
  cmake_path(GET header PARENT_PATH folder)
  install(FILES ${PROJECT_SOURCE_DIR}/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/interstice/${folder})
endforeach()
install(FILES ${PROJECT_BINARY_DIR}/generated/engine/model/abi.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/interstice/engine/model)

install(DIRECTORY models scenarios viz DESTINATION ${CMAKE_INSTALL_DATADIR}/interstice
        FILES_MATCHING PATTERN "*.yaml" PATTERN "*.md" PATTERN "*.py" PATTERN "pyproject.toml" PATTERN "template/*"
        PATTERN "report" EXCLUDE PATTERN "render" EXCLUDE)

install(EXPORT IntersticeTargets NAMESPACE interstice:: DESTINATION ${package_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/IntersticeConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/IntersticeConfig.cmake INSTALL_DESTINATION ${package_dir}
                              PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/IntersticeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/IntersticeConfig.cmake ${PROJECT_BINARY_DIR}/IntersticeConfigVersion.cmake
        DESTINATION ${package_dir})
