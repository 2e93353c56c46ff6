/// @file
/// Ecto-enzymes hand their copies to their reactions, and declare the published kinetics.
#include <gtest/gtest.h>

#include <vector>

#include "hand_made_view.h"
#include "models/builtin.h"

namespace interstice {
namespace {

TEST(EctoEnzyme, LetsItsProteinCatalyseEveryReaction) {
  for (const ModelDescriptor* model : {&models::cd39(), &models::cd73()}) {
    ArraysOnDemand copies(model->reactions.size(), 4);
    std::vector<std::vector<std::size_t>> catalysed(model->proteins.size());
    Effects effects;
    effects.copies_ = &copies;
    effects.catalysed_ = &catalysed;
    interstice::testing::Settings(*model).make()->evaluate(ModelView(), effects);
    ASSERT_EQ(catalysed.size(), 1U);
    EXPECT_EQ(catalysed[0],
              model->reactions.size() == 2 ? std::vector<std::size_t>({0, 1}) : std::vector<std::size_t>({0}));
    EXPECT_TRUE(copies.asked(0).empty()) << "copied what the engine has already";
  }
}

TEST(EctoEnzyme, Cd73IsHeldBackByAdpAndAtp) {
  ASSERT_EQ(models::cd73().reactions.size(), 1U);
  const auto& reaction = models::cd73().reactions[0];
  EXPECT_EQ(reaction.substrate, "AMP");
  EXPECT_EQ(reaction.product, "adenosine");
  interstice::testing::Settings value(models::cd73());
  const auto rate = [&](double AMP, double ADP, double ATP) {  // per copy [1/s]
    double factor = 1;
    for (const auto& inhibition : reaction.inhibitors)
      factor += (inhibition.species == "ADP" ? ADP : inhibition.species == "ATP" ? ATP : 1e9) / value[inhibition.Ki];
    return value[reaction.kcat] * AMP / (value[reaction.Km] * factor + AMP);
  };
  EXPECT_NEAR(rate(10, 0, 0), 40, 1e-12);
  EXPECT_NEAR(rate(10, 0.5, 0) / rate(10, 0, 0), 0.625, 1e-12);  // feed-forward inhibition at [ADP] = Ki
  EXPECT_NEAR(rate(10, 0, 5) / rate(10, 0, 0), 0.625, 1e-12);
}

TEST(EctoEnzyme, Cd39PassesAtpToAmpThroughAdp) {
  const auto reactions = models::cd39().reactions;
  ASSERT_EQ(reactions.size(), 2U);
  EXPECT_EQ(reactions[0].substrate, "ATP");
  EXPECT_EQ(reactions[0].product, "ADP");
  EXPECT_TRUE(reactions[0].inhibitors.empty());
  EXPECT_EQ(reactions[1].substrate, "ADP");
  EXPECT_EQ(reactions[1].product, "AMP");
  ASSERT_EQ(reactions[1].inhibitors.size(), 1U);
  EXPECT_EQ(reactions[1].inhibitors[0].species, "ATP");
  EXPECT_EQ(reactions[1].inhibitors[0].Ki, reactions[0].Km);  // one site: Ki of ATP is its Km
}

}  // namespace
}  // namespace interstice
