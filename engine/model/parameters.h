/// @file
/// How an interaction model declares itself. Part of the plug-in contract: fixed-width scalars and string views only.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace interstice {

/// How vesicles act by a model. Analysis counts by it which vesicles acted.
enum class Mechanism : std::uint8_t {
  unstated,  ///< refused when the model is registered
  none,      ///< vesicles do not act by it: none is counted
  enzyme,    ///< enzymes on vesicles change the fluid: counted are those that carry one of ModelDescriptor::proteins
  binding,   ///< vesicles bind what is in the fluid: all that are present are counted
  contact,   ///< vesicles touch cells: those that have adsorbed are counted
  cargo,     ///< vesicles release cargo into cells: those that have released it are counted
};
inline constexpr std::array<std::string_view, 6> kMechanismNames = {"unstated", "none",    "enzyme",
                                                                    "binding",  "contact", "cargo"};

/// One number a user may set in YAML under models.<model>.<name>.
struct ParameterSpec {
  std::string_view name;
  std::string_view unit;     ///< UDUNITS text; "1" for pure numbers
  double default_value = 0;  ///< in `unit`
  double minimum = 0, maximum = 0;
  std::string_view description;
  std::string_view source;  ///< where the default comes from
  std::string_view mark;    ///< "V" verified, "L" literature, "A" assumption, "calc"
};

/// A choice among words, for example cargo: signalling_protein.
struct ChoiceSpec {
  std::string_view name;
  std::span<const std::string_view> options;  ///< the first is the default
  std::string_view description;
  bool names_species = false;  ///< any species of the scenario; `options` holds the default, and a field of this name
                               ///< in ModelDescriptor::fields is the species that is chosen
};

/// A cell column that the model owns: declared, kept, hashed and shown by the engine.
struct ModelColumnSpec {
  std::string_view name;
  std::string_view unit;
  double initial = 0;
  std::string_view description;
  bool amount = false;  ///< daughters share it at division; else both have what the parent had
};

/// A number that every vesicle agent carries for the model; it starts at 0 and is kept and saved by the engine. What
/// leaves into a reservoir forgets it.
struct ModelVesicleColumnSpec {
  std::string_view name;
  std::string_view unit;
  std::string_view description;
};

/// A number of the model as a whole, cumulated since the start: a column of the time series.
struct ModelTallySpec {
  std::string_view name;
  std::string_view unit;
  std::string_view description;
};

/// An enzyme reaction that the model adds to the chemistry: substrate -> product by Michaelis-Menten.
/// Numbers are read from the named parameters of the model.
struct ModelReactionSpec {
  std::string_view substrate, product;
  std::string_view kcat, Km;  ///< parameter names
  struct Inhibition {
    std::string_view species, Ki;  ///< Ki is a parameter name
  };
  std::span<const Inhibition> inhibitors;
};

}  // namespace interstice
