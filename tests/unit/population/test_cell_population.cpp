/// @file
/// Division and removal: nobody is lost, ids stay unique, unrelated cells notice nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/population/cell_population.h"
#include "unit/cells/cell_world.h"

namespace interstice {
namespace {

using testing::CellWorld;

constexpr auto kRemove = static_cast<std::uint8_t>(CellFate::remove);
constexpr auto kDivide = static_cast<std::uint8_t>(CellFate::divide);

struct Tissue : CellWorld {
  Vesicles vesicles;
  std::vector<VesicleClass> classes;
  std::vector<VesicleLedger> ledger;
  std::vector<std::vector<Arrival>> arrivals;

  explicit Tissue(std::uint64_t cell_count) {
    add_column("akt", "1", 0.25);
    add_column("cargo", "molecule", 0);
    columns[1].at_division = AtDivision::halve;
    CellType& type = add_type();
    type.motility.speed = formula("10 [um/min]", "um/s");
    type.motility.persistence = 120;
    build();
    seed(cell_count);
    classes.resize(2);
    classes[1].weight = 10;
    ledger.resize(2);
    vesicles.proteins.resize(1);
  }
  void add_vesicle(VesicleState state, std::uint32_t host, std::uint8_t klass, Vec3 offset) {
    const Vec3 p = host == kNoHost ? offset : into_box(cells.position(host) + offset, environment().box, 0);
    vesicles.id.push_back(vesicles.size() + 1000);
    vesicles.x.push_back(p.x);
    vesicles.y.push_back(p.y);
    vesicles.z.push_back(p.z);
    vesicles.host.push_back(host);
    vesicles.state.push_back(state);
    vesicles.klass.push_back(VesicleClassId{klass});
    vesicles.cargo.push_back(1);
    vesicles.diffusivity.push_back(5);
    vesicles.clearance_left.push_back(1);
    vesicles.proteins[0].push_back(static_cast<std::uint16_t>(vesicles.size()));
    const auto number = classes[klass].weight;
    ledger[klass].dosed += number;
    (state == VesicleState::free       ? ledger[klass].free
     : state == VesicleState::adsorbed ? ledger[klass].adsorbed
                                       : ledger[klass].endosomal) += number;
    if (state == VesicleState::adsorbed) cells.bound[host] += number;
    if (state == VesicleState::endosomal) cells.internal[host] += number;
  }
  /// On every cell: 40 adsorbed around it and 60 inside, of both classes; some free ones between.
  void load() {
    for (std::uint32_t c = 0; c < cells.size(); ++c)
      for (int k = 0; k < 100; ++k) {
        const Vec3 u = unit_vector((k + 0.5) / 100, std::fmod(k * 0.618034, 1.0));
        add_vesicle(k < 40 ? VesicleState::adsorbed : VesicleState::endosomal, c, k % 2, k < 40 ? 5.0 * u : u);
        if (k % 10 == 0) add_vesicle(VesicleState::free, kNoHost, k % 2, {k * 1.0, 2, 3});
      }
  }
  bool update_numbers(std::uint64_t step = 3) {
    const bool changed =
        update_population(cells, vesicles, ledger, fate, arrivals, environment(), classes, {step, 0, 30});
    fate.assign(cells.size(), 0);
    return changed;
  }
  /// Real vesicles per class by their place, from the arrays, must be what the ledger says.
  void expect_consistent() const {
    std::vector<VesicleLedger> found(2);
    std::vector<std::uint64_t> bound(cells.size(), 0), internal(cells.size(), 0);
    for (std::size_t v = 0; v < vesicles.size(); ++v) {
      const std::size_t k = index(vesicles.klass[v]);
      const auto number = classes[k].weight;
      if (vesicles.state[v] == VesicleState::free) {
        found[k].free += number;
        EXPECT_EQ(vesicles.host[v], kNoHost);
        continue;
      }
      ASSERT_LT(vesicles.host[v], cells.size());
      (vesicles.state[v] == VesicleState::adsorbed ? found[k].adsorbed : found[k].endosomal) += number;
      (vesicles.state[v] == VesicleState::adsorbed ? bound : internal)[vesicles.host[v]] += number;
    }
    EXPECT_EQ(bound, cells.bound);
    EXPECT_EQ(internal, cells.internal);
    for (std::size_t k = 0; k < 2; ++k) {
      EXPECT_EQ(found[k].free, ledger[k].free);
      EXPECT_EQ(found[k].adsorbed, ledger[k].adsorbed);
      EXPECT_EQ(found[k].endosomal, ledger[k].endosomal);
      EXPECT_EQ(ledger[k].total(), ledger[k].dosed);
    }
  }
};

TEST(CellPopulation, NothingHappensWithoutFates) {
  Tissue tissue(10);
  tissue.load();
  const auto ids = tissue.cells.id;
  EXPECT_FALSE(tissue.update_numbers());
  EXPECT_EQ(tissue.cells.id, ids);
  tissue.expect_consistent();
}

TEST(CellPopulation, EveryVesicleIsAccountedForThroughBirthsAndDeaths) {
  Tissue tissue(60);
  tissue.load();
  for (std::uint64_t step = 0; step < 6; ++step) {
    for (std::size_t c = 0; c < tissue.cells.size(); ++c) tissue.fate[c] = mix64(c + 1000 * step) % 5 % 3;
    ASSERT_TRUE(tissue.update_numbers(step));
    tissue.expect_consistent();
    const std::set<AgentId> ids(tissue.cells.id.begin(), tissue.cells.id.end());
    EXPECT_EQ(ids.size(), tissue.cells.size());
  }
  EXPECT_GT(tissue.ledger[1].degraded, 0u);
}

TEST(CellPopulation, DaughtersShareAsTheySay) {
  Tissue tissue(3);
  tissue.load();
  const Vec3 centre = tissue.cells.position(1);
  const AgentId parent = tissue.cells.id[1];
  tissue.cells.columns[0][1] = 0.7;
  tissue.cells.columns[1][1] = 30;
  tissue.cells.adsorptions[1] = 55;
  tissue.fate[1] = kDivide;
  ASSERT_TRUE(tissue.update_numbers());
  const Cells& cells = tissue.cells;
  ASSERT_EQ(cells.size(), 4u);
  EXPECT_EQ(cells.id[1], parent);
  EXPECT_EQ(cells.id[3], child_id(parent, 0));
  EXPECT_EQ(cells.ancestor[3], cells.ancestor[1]);
  EXPECT_EQ(cells.births[1], 1u);
  EXPECT_EQ(cells.births[3], 0u);
  EXPECT_EQ(cells.columns[0][3], 0.7);
  EXPECT_EQ(cells.columns[1][1], 15);
  EXPECT_EQ(cells.columns[1][3], 15);
  EXPECT_EQ(cells.adsorptions[3], 55u);
  const Box box = tissue.environment().box;
  EXPECT_NEAR(norm(box.separation(cells.position(1), cells.position(3))), 5, 1e-9);
  const Vec3 middle = cells.position(1) + 0.5 * box.separation(cells.position(1), cells.position(3));
  EXPECT_NEAR(norm(box.separation(centre, middle)), 0, 1e-9);
  std::uint64_t inside_daughter = 0;
  for (std::size_t v = 0; v < tissue.vesicles.size(); ++v) {
    const std::uint32_t host = tissue.vesicles.host[v];
    if (host != 1 && host != 3) continue;
    const Vec3 p = tissue.vesicles.position(v);
    const double own = norm(box.separation(cells.position(host), p));
    if (tissue.vesicles.state[v] == VesicleState::adsorbed) {
      EXPECT_NEAR(own, 5, 1e-9) << "on the surface";
      EXPECT_LE(own, norm(box.separation(cells.position(4 - host), p)) + 1e-9) << "of the nearer daughter";
    } else {
      EXPECT_NEAR(own, 1, 1e-9) << "as deep inside as before";
      inside_daughter += host == 3;
    }
  }
  EXPECT_NEAR(static_cast<double>(inside_daughter), 30, 3.5 * std::sqrt(60 * 0.25));
}

TEST(CellPopulation, ADyingCellFreesWhatSticksAndDegradesWhatItAte) {
  Tissue tissue(4);
  tissue.load();
  const Vec3 centre = tissue.cells.position(2);
  const std::uint64_t inside = tissue.ledger[1].endosomal;
  tissue.fate[2] = kRemove;
  ASSERT_TRUE(tissue.update_numbers());
  EXPECT_EQ(tissue.cells.size(), 3u);
  tissue.expect_consistent();
  EXPECT_EQ(tissue.ledger[0].degraded, 30u);
  EXPECT_EQ(tissue.ledger[1].degraded, 300u);
  EXPECT_EQ(tissue.ledger[1].endosomal, inside - 300);
  const Box box = tissue.environment().box;
  int freed = 0;
  for (std::size_t v = 0; v < tissue.vesicles.size(); ++v) {
    EXPECT_EQ(tissue.vesicles.proteins[0][v], tissue.vesicles.id[v] - 999) << "all arrays together";
    if (tissue.vesicles.state[v] != VesicleState::free) continue;
    const double distance = norm(box.separation(centre, tissue.vesicles.position(v)));
    EXPECT_GT(distance, 5) << "outside of where the cell was";
    freed += std::abs(distance - 5.001) < 1e-9;
  }
  EXPECT_EQ(freed, 40);
}

TEST(CellPopulation, RemovalKeepsTheOrderOfTheOthers) {
  Tissue tissue(50);
  std::vector<AgentId> expected;
  for (std::size_t c = 0; c < 50; ++c) {
    tissue.fate[c] = c % 3 == 0 ? kRemove : 0;
    if (c % 3 != 0) expected.push_back(tissue.cells.id[c]);
  }
  ASSERT_TRUE(tissue.update_numbers());
  EXPECT_EQ(tissue.cells.id, expected);
  EXPECT_EQ(tissue.cells.columns[0].size(), expected.size());
}

TEST(CellPopulation, ResolvesIdCollisionsTheSameWayEveryTime) {
  std::vector<AgentId> newborn;
  for (int repetition = 0; repetition < 2; ++repetition) {
    Tissue tissue(5);
    tissue.cells.id[4] = child_id(tissue.cells.id[0], 0);
    tissue.fate[0] = kDivide;
    ASSERT_TRUE(tissue.update_numbers());
    newborn.push_back(tissue.cells.id.back());
    EXPECT_NE(tissue.cells.id.back(), tissue.cells.id[4]);
  }
  EXPECT_EQ(newborn[0], newborn[1]);
}

TEST(CellPopulation, ASpillingCellDoesNotDivide) {
  Tissue tissue(2);
  tissue.add_species("ATP");
  tissue.types[0].states[0].spills.push_back({SpeciesId{0}, 1e6});
  tissue.types[0].states[0].duration = {Distribution::Kind::constant, 60, 0};
  tissue.build();
  tissue.cells.state_until = {60, 60};
  tissue.fate = {kDivide, kDivide};
  EXPECT_FALSE(tissue.update_numbers());
  EXPECT_EQ(tissue.cells.size(), 2u);
}

TEST(CellPopulation, AnExtraBirthLeavesTheNoiseOfUnrelatedCellsAlone) {
  Tissue plain(200), other(200);
  for (Tissue* tissue : {&plain, &other})
    for (double& z : tissue->cells.z) z = std::min(z, 60.0);
  other.fate[20] = kDivide;
  ASSERT_TRUE(other.update_numbers());
  // volume exclusion is a true interaction, not noise: take it away
  for (Tissue* tissue : {&plain, &other}) std::fill(tissue->cells.radius.begin(), tissue->cells.radius.end(), 0.0);
  for (std::uint64_t s = 0; s < 20; ++s)
    for (Tissue* tissue : {&plain, &other}) {
      tissue->update(s, 30);
      tissue->advance(30);
    }
  for (std::size_t c = 0; c < 200; ++c) {
    if (c == 20) continue;
    EXPECT_EQ(plain.cells.position(c), other.cells.position(c));
    EXPECT_EQ(plain.cells.heading_x[c], other.cells.heading_x[c]);
  }
  EXPECT_NE(other.cells.heading_x[200], other.cells.heading_x[20]) << "the daughter walks her own way";
}

TEST(CellPopulation, NewcomersStandBesideTheCellThatDrewThemIn) {
  Tissue t(20);
  t.load();
  t.fate[2] = kDivide;
  t.fate[5] = kRemove;
  t.arrivals = {{}, {{.beside = 5, .type = {}, .number = 3}, {.beside = 7, .type = {}, .number = 1}}};
  const Vec3 of_removed = t.cells.position(5), of_other = t.cells.position(7);
  ASSERT_TRUE(t.update_numbers());
  ASSERT_EQ(t.cells.size(), 20U + 4 + 1 - 1);
  t.expect_consistent();
  const std::set<AgentId> ids(t.cells.id.begin(), t.cells.id.end());
  EXPECT_EQ(ids.size(), t.cells.size());
  for (std::size_t c = 19; c < 23; ++c) {  // behind those that were there, before the daughter
    const Vec3 away = t.environment().box.separation(c < 22 ? of_removed : of_other, t.cells.position(c));
    EXPECT_NEAR(norm(away), 10, 1e-9) << "two radii";
    EXPECT_EQ(t.cells.state_since[c], 30);
    EXPECT_EQ(t.cells.ancestor[c], t.cells.id[c]);
    EXPECT_EQ(t.cells.bound[c] + t.cells.internal[c], 0U);
  }
}

TEST(CellPopulation, DaughtersInheritAsTheColumnSays) {
  Tissue tissue(1);
  tissue.add_column("generation");
  tissue.add_column("phase");
  tissue.columns[2].at_division = AtDivision::increment;
  tissue.columns[3].at_division = AtDivision::clear;
  tissue.build();
  tissue.seed(1);
  tissue.cells.columns[0][0] = 0.25;
  tissue.cells.columns[1][0] = 8;
  tissue.cells.columns[2][0] = 3;
  tissue.cells.columns[3][0] = 0.9;
  tissue.fate = {kDivide};
  tissue.update_numbers();
  ASSERT_EQ(tissue.cells.size(), 2u);
  for (const std::size_t c : {0, 1}) {
    EXPECT_EQ(tissue.cells.columns[0][c], 0.25);
    EXPECT_EQ(tissue.cells.columns[1][c], 4);
    EXPECT_EQ(tissue.cells.columns[2][c], 4);
    EXPECT_EQ(tissue.cells.columns[3][c], 0);
  }
}

TEST(CellPopulation, ACellBecomesOneOfAnotherType) {
  Tissue tissue(3);
  CellState changing{.name = "changing"};
  changing.becomes = CellTypeId{1};
  tissue.types[0].states.push_back(changing);
  tissue.types[0].columns = {{.column = ColumnId{0}}};
  CellType& other = tissue.add_type("other");
  other.radius = 9;
  other.initial_state = 0;
  other.columns = {{.column = ColumnId{0}, .initial = {Distribution::Kind::constant, 0.5}},
                   {.column = ColumnId{1}, .initial = {Distribution::Kind::constant, 7}}};
  tissue.build();
  tissue.seed(3);
  tissue.cells.state[1] = 1;
  tissue.add_vesicle(VesicleState::adsorbed, 1, 0, {5, 0, 0});
  tissue.cells.columns[0][1] = 0.25;
  tissue.fate = {0, static_cast<std::uint8_t>(CellFate::become), 0};
  EXPECT_TRUE(tissue.update_numbers());
  ASSERT_EQ(tissue.cells.size(), 3u);
  EXPECT_EQ(tissue.cells.type[1], CellTypeId{1});
  EXPECT_EQ(tissue.cells.type[0], CellTypeId{0});
  EXPECT_EQ(tissue.cells.state[1], 0);
  EXPECT_EQ(tissue.cells.radius[1], 9);
  EXPECT_EQ(tissue.cells.columns[0][1], 0.25);  // both types drive it
  EXPECT_EQ(tissue.cells.columns[1][1], 7);     // begins anew
  const Vec3 apart = tissue.environment().box.separation(tissue.cells.position(1), tissue.vesicles.position(0));
  EXPECT_NEAR(norm(apart), 9, 1e-9);
}

}  // namespace
}  // namespace interstice
