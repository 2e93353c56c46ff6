/// @file
/// The parameter tables against numbers copied from the literature summary by hand, independently of the models.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "models/builtin.h"

namespace interstice {
namespace {

struct Row {
  std::string model, parameter, unit;
  double value, low, high;
  std::string mark;
};

const std::vector<Row> kTable = {
    {"cd73", "kcat", "1/s", 100, 10, 500, "L"},
    {"cd73", "Km", "uM", 15, 3, 60, "L"},
    {"cd73", "Ki_ADP", "uM", 0.5, 0.05, 5, "L"},
    {"cd73", "Ki_ATP", "uM", 5, 0.4, 10, "L"},
    {"cd39", "kcat", "1/s", 20, 5, 300, "L"},
    {"cd39", "Km_ATP", "uM", 15, 5, 50, "L"},
    {"cd39", "Km_ADP", "uM", 10, 5, 50, "L"},
    {"cargo_delivery", "copies_signalling_protein", "molecule/EV", 10, 0.1, 100, "A"},
    {"cargo_delivery", "threshold_signalling_protein", "molecule/cell", 1000, 100, 10000, "A"},
    {"cargo_delivery", "copies_mirna", "molecule/EV", 0.00825, 0.0001, 1, "V"},
    {"cargo_delivery", "threshold_mirna", "molecule/cell", 1000, 100, 10000, "L"},
    {"cargo_delivery", "copies_enzyme", "molecule/EV", 10, 0.1, 100, "A"},
    {"cargo_delivery", "threshold_enzyme", "molecule/cell", 10, 4, 100, "A"},
    {"cargo_delivery", "half_life", "h", 24, 1, 168, "A"},
    {"cargo_delivery", "hill_exponent", "1", 2, 1, 4, "A"},
    {"surface_contact", "K_EV", "EV", 50, 5, 500, "A"},
    {"surface_contact", "MyD88", "1", 1, 0, 1, "V"},
    {"surface_contact", "t_bound", "s", 500, 50, 5000, "calc"},
    {"surface_contact", "signal_time", "h", 2, 0.3, 24, "A"},
    {"surface_contact", "fast_time", "h", 1, 0.25, 4, "A"},
    {"surface_contact", "slow_time", "h", 24, 6, 72, "A"},
    {"surface_contact", "licence_gain_time", "h", 3, 1, 12, "A"},
    {"surface_contact", "licence_loss_time", "h", 72, 24, 240, "A"},
    {"ligand_sink", "sites", "molecule/EV", 10, 1, 1000, "A"},
    {"ligand_sink", "kon", "1/uM/s", 1, 0.01, 10, "A"},
    {"ligand_sink", "koff", "1/s", 1e-3, 1e-5, 0.1, "A"},
    {"cd59", "capture", "um^3/s", 25.8, 1, 60, "calc"},
    {"cd59", "membrane_area", "um^2", 0.0477, 0.008, 0.13, "calc"},
    {"cd59", "kinh", "um^2/molecule/s", 9e-4, 9e-5, 9e-3, "A"},
    {"cd59", "k9a", "1/s", 0.01, 0.003, 0.1, "A"},
    {"cd59", "rupture_after", "1", 1, 1, 10, "A"},
    {"cd59", "f_transfer", "1", 0.1, 0.01, 1, "A"},
    {"cd59", "transfer_half_time", "h", 2, 0.5, 8, "A"},
    {"cd59", "contact_area", "um^2", 0.01, 0.001, 0.02, "A"},
};

TEST(ModelParameters, AreThoseOfTheLiteratureSummary) {
  ModelRegistry registry;
  register_builtin_models(registry);
  std::map<std::string, std::size_t> expected_count;
  for (const Row& row : kTable) {
    ++expected_count[row.model];
    const RegisteredModel* model = registry.find(row.model);
    ASSERT_NE(model, nullptr) << row.model;
    const auto& specs = model->descriptor.parameters;
    const auto found = std::find_if(specs.begin(), specs.end(), [&](const auto& p) { return p.name == row.parameter; });
    ASSERT_NE(found, specs.end()) << row.model << "." << row.parameter;
    EXPECT_EQ(found->unit, row.unit) << row.parameter;
    EXPECT_EQ(found->default_value, row.value) << row.parameter;
    EXPECT_EQ(found->minimum, row.low) << row.parameter;
    EXPECT_EQ(found->maximum, row.high) << row.parameter;
    EXPECT_EQ(found->mark, row.mark) << row.parameter;
    EXPECT_FALSE(found->source.empty()) << row.parameter;
    EXPECT_FALSE(found->description.empty()) << row.parameter;
  }
  for (const auto& [name, count] : expected_count)
    EXPECT_EQ(registry.find(name)->descriptor.parameters.size(), count) << name << " has parameters not listed here";
}

TEST(ModelParameters, DelaysAreThoseOfTheMechanisms) {
  EXPECT_EQ(models::cargo_delivery().delay, 4 * 3600);
  EXPECT_EQ(models::surface_contact().delay, 3600);
  EXPECT_EQ(models::cd73().delay, 0);
  EXPECT_EQ(models::cd39().delay, 0);
}

TEST(ModelParameters, ColumnsThatFormulasNameExist) {
  std::vector<std::string_view> names;
  for (const auto* model : {&models::cargo_delivery(), &models::surface_contact()})
    for (const ModelColumnSpec& column : model->columns) names.push_back(column.name);
  for (const std::string_view name : {"R_cargo", "ev_signal", "ev_fast", "ev_slow", "ev_monocyte"})
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
}

}  // namespace
}  // namespace interstice
