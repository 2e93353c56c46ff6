/// @file
/// CD73 and CD39: one mechanism, two tables of kinetics.
#include "models/ecto_enzyme.h"

#include <array>

namespace interstice::models {

namespace {

using Inhibition = ModelReactionSpec::Inhibition;

// CD73, 5'-nucleotidase: AMP -> adenosine, held back by ADP and ATP (feed-forward inhibition).
constexpr std::array kCd73Parameters = {
    ParameterSpec{"kcat", "1/s", 100, 10, 500, "turnovers per subunit",
                  "purified native 200-500, recombinant about 14 (13 umol/min/mg)", "L"},
    ParameterSpec{"Km", "uM", 15, 3, 60, "half-saturation by AMP", "human 3-20, rat about 50", "L"},
    ParameterSpec{"Ki_ADP", "uM", 0.5, 0.05, 5, "competitive inhibition by ADP",
                  "Naito & Lowenstein (rat heart); Zimmermann reviews", "L"},
    ParameterSpec{"Ki_ATP", "uM", 5, 0.4, 10, "competitive inhibition by ATP",
                  "Naito & Lowenstein (rat heart): weaker than ADP", "L"},
};
constexpr std::array kCd73Inhibition = {Inhibition{"ADP", "Ki_ADP"}, Inhibition{"ATP", "Ki_ATP"}};
constexpr std::array kCd73Reactions = {
    ModelReactionSpec{"AMP", "adenosine", "kcat", "Km", kCd73Inhibition},
};
constexpr std::array<std::string_view, 4> kCd73Fields = {"AMP", "adenosine", "ADP", "ATP"};
constexpr std::array<std::string_view, 1> kCd73Protein = {"CD73"};

// CD39, NTPDase1: ATP -> ADP -> AMP; ATP competes for the site in the second reaction, so that Ki = Km of ATP.
constexpr std::array kCd39Parameters = {
    ParameterSpec{"kcat", "1/s", 20, 5, 300, "turnovers per molecule, either reaction", "literature, spread 60-fold",
                  "L"},
    ParameterSpec{"Km_ATP", "uM", 15, 5, 50, "half-saturation by ATP, and its inhibition of the ADP reaction",
                  "micromolar, Kukulski 2005 Purinergic Signal 1:193", "L"},
    ParameterSpec{"Km_ADP", "uM", 10, 5, 50, "half-saturation by ADP", "Kukulski 2005 Purinergic Signal 1:193", "L"},
};
constexpr std::array kCd39Inhibition = {Inhibition{"ATP", "Km_ATP"}};
constexpr std::array kCd39Reactions = {
    ModelReactionSpec{"ATP", "ADP", "kcat", "Km_ATP", {}},
    ModelReactionSpec{"ADP", "AMP", "kcat", "Km_ADP", kCd39Inhibition},
};
constexpr std::array<std::string_view, 3> kCd39Fields = {"ATP", "ADP", "AMP"};
constexpr std::array<std::string_view, 1> kCd39Protein = {"CD39"};

}  // namespace

void EctoEnzyme::evaluate(const ModelView&, Effects& effects) const {
  for (std::size_t r = 0; r < reactions_; ++r) effects.catalyse(r, 0);
}

const ModelDescriptor& cd73() {
  static const ModelDescriptor descriptor = {
      .name = "cd73",
      .version = "1",
      .summary = "extracellular: CD73 on EVs, AMP -> adenosine, v = kcat N AMP/(Km (1 + ADP/Ki + ATP/Ki) + AMP)",
      .citation = "Giebel & Lim 2025 Cytotherapy 10.1016/j.jcyt.2025.03.505; Naito & Lowenstein (kinetics)",
      .mechanism = Mechanism::enzyme,
      .parameters = kCd73Parameters,
      .choices = {},
      .columns = {},
      .fields = kCd73Fields,
      .proteins = kCd73Protein,
      .reactions = kCd73Reactions,
      .delay = 0,
      .make = [](const ModelSettings&) -> std::unique_ptr<InteractionModel> {
        return std::make_unique<EctoEnzyme>(1);
      }};
  return descriptor;
}

const ModelDescriptor& cd39() {
  static const ModelDescriptor descriptor = {
      .name = "cd39",
      .version = "1",
      .summary = "extracellular: CD39 on EVs, ATP -> ADP -> AMP, ATP competing with ADP",
      .citation = "Giebel & Lim 2025 Cytotherapy 10.1016/j.jcyt.2025.03.505; Kukulski 2005 (kinetics)",
      .mechanism = Mechanism::enzyme,
      .parameters = kCd39Parameters,
      .choices = {},
      .columns = {},
      .fields = kCd39Fields,
      .proteins = kCd39Protein,
      .reactions = kCd39Reactions,
      .delay = 0,
      .make = [](const ModelSettings&) -> std::unique_ptr<InteractionModel> {
        return std::make_unique<EctoEnzyme>(2);
      }};
  return descriptor;
}

}  // namespace interstice::models
