/// @file
/// compare.json as the report reads it. The file is described in viz/README.md; nothing of the engine is needed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace interstice::viz {

struct ArmInfo {
  std::string name;
  bool vesicles = true, sham = false;
  std::vector<std::string> models;
  double delay = 0;                         ///< of its fastest model [s]
  std::vector<std::string> changes;         ///< "key.path = value", what differs in the scenario itself
  std::string control;                      ///< arm that it is compared with, "" if none
  std::string direct;                       ///< arm in which only its direct effects act, "" if none
  std::string of;                           ///< of an arm with published edges alone: the arm with all of them
  std::vector<std::string> edges_left_out;  ///< then: "contact on chondrocyte"
  std::string side;                         ///< uptake, contact, extracellular, several; "" without mechanisms
};

/// As in the engine (analysis/metric.h).
enum class Status : std::uint8_t { measured, not_reached, not_observable, no_mechanism, undefined };

/// A metric of an arm over replicates. No mean: nothing to say (see status and note).
struct ArmValue {
  std::size_t n = 0;  ///< replicates that have a value
  std::optional<double> mean;
  double low = 0, high = 0;
  Status status = Status::measured;
  std::string note;
};

/// A picture of the tissue: the bytes of a JPEG, and what it shows; empty where there is none.
struct Still {
  std::string jpeg, caption;
};

class Comparison {
 public:
  explicit Comparison(nlohmann::json document);
  static Comparison read(const std::filesystem::path& path);  ///< throws std::filesystem::filesystem_error

  [[nodiscard]] const nlohmann::json& document() const { return document_; }
  [[nodiscard]] const std::vector<ArmInfo>& arms() const { return arms_; }
  /// Whether an arm is the run with published edges alone of another that is in the comparison too.
  [[nodiscard]] bool is_second_run(const ArmInfo& arm) const;
  [[nodiscard]] const std::string& reference() const { return reference_; }  ///< arm without vesicles, "" if none
  [[nodiscard]] double horizon() const { return document_.at("horizon"); }   ///< [s]
  [[nodiscard]] std::size_t replicates() const { return document_.at("replicates"); }

  [[nodiscard]] std::optional<ArmValue> value(std::string_view arm, std::string_view metric) const;
  /// Names of the metrics of these families, family by family, each in the order of the file.
  [[nodiscard]] std::vector<std::string> metrics(std::initializer_list<std::string_view> families) const;
  [[nodiscard]] std::vector<std::string> metrics(std::string_view family) const { return metrics({family}); }
  [[nodiscard]] std::string subject(std::string_view metric) const;
  [[nodiscard]] std::string label(std::string_view metric) const;
  [[nodiscard]] std::string of(std::string_view metric) const;
  [[nodiscard]] std::string unit(std::string_view metric) const;
  [[nodiscard]] std::string description(std::string_view metric) const;

 private:
  [[nodiscard]] std::string about(std::string_view metric, const char* key) const;

  nlohmann::json document_;
  std::vector<ArmInfo> arms_;
  std::string reference_;
};

}  // namespace interstice::viz
