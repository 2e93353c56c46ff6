/// @file
/// A reduced model of EVs among cells, well mixed, of which the truth is known to the last digit: what verdicts and
/// break-even factors are tried on. ATP to adenosine by enzymes of the host and of EVs; EVs that bind to cells up to
/// their sites, are taken up and release cargo; AKT of the cells as the phenotype, driven by A2A receptors, by cargo
/// above a threshold, and by what touched the cell.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace interstice::cli {

/// Concentrations [uM], times [s], EVs and cells per um^3.
struct PlantedParameters {
  double vesicles = 1e-1, half_life = 8.64e4;  ///< given, and lost without cells
  double cells = 1e-4;
  double copies_CD73 = 5, kcat_CD73 = 100, Km_CD73 = 15, Ki_ADP = 0.5, Ki_ATP = 5;
  double copies_CD39 = 0.2, kcat_CD39 = 20, Km_ATP = 15, Km_ADP = 10;
  double host_CD73 = 0.033, host_ATPase = 0.01, host_ADPase = 0.02;  ///< [uM/s], [1/s]
  double loss = 0.01, washout = 2e-4;                                ///< of adenosine, of nucleotides [1/s]
  double ATP = 6, AMP = 0.05, source = 1e-3, source_time = 3600;     ///< at the start; ATP that comes [uM/s], until
  double K_A2A = 0.7, t_kinase = 600;
  double reactivity = 0.02, desorption = 1e-3, internalisation = 1e-3, sites = 1570;  ///< [um/s], [1/s], per cell
  double lysis = 4.8e-5, release = 0.05, recycled = 0.3, cargo = 10, cargo_half_life = 8.64e4, threshold = 1000;
  double half_signal = 50;                             ///< EVs felt at half response
  double w_A2A = 0.7, w_cargo = 0.7, w_contact = 0.7;  ///< ceilings of the three ways
};

enum class PlantedArm : std::uint8_t { vehicle, uptake, contact, enzymes };

/// Phenotype at the horizons.
inline constexpr std::array<double, 2> kPlantedHorizons{600, 86400};
using AtHorizons = std::array<double, 2>;

/// Everything that follows from parameters but the factor of release, worked out once.
class PlantedTruth {
 public:
  explicit PlantedTruth(const PlantedParameters& parameters);

  /// Less the vehicle's. `factor`: of the release of cargo, which cannot exceed all that was taken up.
  [[nodiscard]] AtHorizons effect(PlantedArm arm, double factor = 1) const;
  /// The least factor within [low, high] at which uptake does as much as enzymes at that horizon; below `low` where it
  /// does so there, empty where it never does.
  [[nodiscard]] std::optional<double> break_even(std::size_t horizon, double low, double high) const;

 private:
  [[nodiscard]] AtHorizons phenotype(PlantedArm arm, double factor) const;

  PlantedParameters p_;
  std::vector<double> host_ado_, ev_ado_;  ///< adenosine over time, without and with enzymes of EVs
  std::vector<double> copies_, touched_;   ///< per cell: cargo were all released; response to contact
  AtHorizons vehicle_{}, enzymes_{};
};

/// The purines alone, for tests: ATP, ADP, AMP and adenosine after `time`, with or without enzymes of EVs.
std::array<double, 4> planted_purines(const PlantedParameters& parameters, bool enzymes, double time);

}  // namespace interstice::cli
