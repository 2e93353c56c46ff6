/// @file
/// An enzyme on the outside of an EV: it turns over what diffuses by, whichever cells are near.
///
///     v = kcat N S / (Km (1 + sum I/Ki) + S)   per voxel, N = active copies on free and adsorbed EVs
///
/// The concentration of the voxel is the concentration at the EV: the Damkohler number
/// N kcat / (4 pi D R_EV Km NA) is about 1e-4, so no depleted shell forms around one EV. Inside an endosome the enzyme
/// meets no substrate. The engine solves the declared reactions with all others, conserving every purine.
#pragma once

#include "engine/model/interaction_model.h"

namespace interstice::models {

const ModelDescriptor& cd73();
const ModelDescriptor& cd39();

/// Reads one protein and offers its copies to every declared reaction.
class EctoEnzyme final : public InteractionModel {
 public:
  explicit EctoEnzyme(std::size_t reactions) : reactions_(reactions) {}
  void evaluate(const ModelView& view, Effects& effects) const override;

 private:
  std::size_t reactions_;
};

}  // namespace interstice::models
