/// @file
/// The one header that a plug-in includes: the contract, its number, and the macro that exports both.
#pragma once

#include "engine/model/abi.h"
#include "engine/model/interaction_model.h"

#define INTERSTICE_PLUGIN_SYMBOL __attribute__((visibility("default")))

/// Exports `descriptor`, a ModelDescriptor with static storage, from a shared object. Use it once, outside any
/// namespace. The number stands in a symbol of its own because it must be readable before the layout is trusted.
#define INTERSTICE_EXPORT_MODEL(descriptor)                                       \
  extern "C" {                                                                    \
  extern INTERSTICE_PLUGIN_SYMBOL const std::uint64_t interstice_model_abi;       \
  INTERSTICE_PLUGIN_SYMBOL const interstice::ModelDescriptor* interstice_model(); \
  }                                                                               \
  const std::uint64_t interstice_model_abi = interstice::model_abi_number();      \
  const interstice::ModelDescriptor* interstice_model() { return &(descriptor); } \
  static_assert(true, "")
