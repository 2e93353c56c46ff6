/// @file
/// The right contract number, but a default outside its range.
#include <array>

#include "engine/model/plugin.h"

namespace {

using namespace interstice;

constexpr std::array kParameters = {ParameterSpec{"rate", "1/s", 5, 0, 1, "not used", "test", "A"}};

ModelDescriptor bad() {
  ModelDescriptor model;
  model.name = "bad_descriptor";
  model.mechanism = Mechanism::none;
  model.parameters = kParameters;
  model.make = [](const ModelSettings&) -> std::unique_ptr<InteractionModel> { return nullptr; };
  return model;
}

const ModelDescriptor kDescriptor = bad();

}  // namespace

INTERSTICE_EXPORT_MODEL(kDescriptor);
