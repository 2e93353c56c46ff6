/// @file
/// A plug-in for the tests of the loader: divides cells whose id is odd.
#include <array>

#include "engine/model/plugin.h"

namespace {

using namespace interstice;

class DivideOdd final : public InteractionModel {
 public:
  void evaluate(const ModelView& view, Effects& effects) const override {
    for (std::size_t c = 0; c < view.cell_id.size(); ++c) effects.fate()[c] = view.cell_id[c] % 2 == 1 ? 2 : 0;
  }
};

constexpr std::array kParameters = {ParameterSpec{"rate", "1/s", 0.5, 0, 1, "not used", "test", "A"}};

const ModelDescriptor kDescriptor = {
    .name = "sound_plugin",
    .version = "3",
    .summary = "test",
    .citation = "test",
    .mechanism = Mechanism::none,
    .parameters = kParameters,
    .choices = {},
    .columns = {},
    .fields = {},
    .proteins = {},
    .reactions = {},
    .delay = 0,
    .make = [](const ModelSettings&) -> std::unique_ptr<InteractionModel> { return std::make_unique<DivideOdd>(); }};

}  // namespace

INTERSTICE_EXPORT_MODEL(kDescriptor);
