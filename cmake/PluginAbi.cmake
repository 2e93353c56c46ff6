# Generates engine/model/abi.h, from which a model plug-in and the engine each compute their ABI number: a hash of the
# contract headers, mixed by the compiler itself with its major version, C++ ABI and sanitizers.

set(interstice_contract_headers engine/core/error.h engine/core/ids.h engine/core/noise.h engine/model/model_noise.h
                                engine/model/guarded_array.h engine/model/parameters.h
                                engine/model/interaction_model.h engine/model/plugin.h engine/core/pinned_math.h)
# What a plug-in may use besides, and the models that ship do: it does not shape the contract.
file(GLOB interstice_model_headers RELATIVE ${CMAKE_CURRENT_LIST_DIR}/.. CONFIGURE_DEPENDS
     ${CMAKE_CURRENT_LIST_DIR}/../models/*.h)
list(REMOVE_ITEM interstice_model_headers models/builtin.h)  # the list of those that ship
set(interstice_plugin_headers ${interstice_contract_headers} engine/core/constants.h ${interstice_model_headers})

function(interstice_abi_header)
  set(text "")
  foreach(header ${interstice_contract_headers})
    file(SHA256 ${PROJECT_SOURCE_DIR}/${header} hash)
    string(APPEND text "${header} ${hash}\n")
  endforeach()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${interstice_contract_headers})
  string(SHA256 contract "${text}")
  string(SUBSTRING ${contract} 0 16 contract)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/abi.h.in ${PROJECT_BINARY_DIR}/generated/engine/model/abi.h @ONLY)
endfunction()
