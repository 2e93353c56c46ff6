/// @file
/// Self-describing specs: what a scenario may hold, said once. Checking, defaults, `describe`, the JSON Schema and the
/// resolved text all walk the same tree.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/scenario/yaml/diagnostics.h"
#include "engine/scenario/yaml/yaml_node.h"

namespace interstice {

struct Spec;
using SpecPointer = std::shared_ptr<const Spec>;

/// One key of a record.
struct Field {
  std::string name;
  SpecPointer spec;
  bool needed = false;
  std::string fallback{};  ///< YAML text of the default, "" = may be absent
};

struct Spec {
  enum class Kind { record, map, list, quantity, integer, boolean, text, choice, reference, formula, one_of, anything };
  Kind kind = Kind::anything;
  std::string doc;
  std::string noun = "key";  ///< what a record's or map's keys are called in messages

  // quantity and integer
  std::string unit;                      ///< asked for; of a formula: of its result
  std::vector<std::string> other_units;  ///< other dimensions that are read as the same number
  bool any_unit = false;
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  bool above_minimum = false;                           ///< the minimum itself is refused
  std::vector<std::pair<std::string, double>> words{};  ///< for example unlimited = infinity
  std::string mark, source;                             ///< of the default
  std::pair<std::string, std::string> range{};          ///< plausible for what has the default, as written
  SpecPointer edge{};  ///< what may be said of the effect edge that the number is the strength of

  std::vector<std::string> choices;     ///< of a choice
  std::vector<std::string> refers;      ///< reference, or keys of a map: kinds of names ("species", "region", ...)
  std::string tolerates;                ///< names of this kind are accepted too, without being offered
  std::vector<std::string> also;        ///< words allowed besides those names; where names are defined: reserved
  std::string defines;                  ///< keys of a map, or a text, define names of this kind
  std::vector<Field> fields;            ///< of a record
  SpecPointer item;                     ///< of a map or list
  std::size_t minimum_items = 0;        ///< of a map or list
  std::size_t maximum_items = 1000000;  ///< of a map or list
  std::vector<SpecPointer> options;     ///< of one_of: told apart by their shape

  [[nodiscard]] const Field* field(std::string_view name) const;
};

/// Builders, so that the specs read like a table.
namespace spec {

inline constexpr double kMostSeed = 18446744073709551616.0;  ///< 2^64, which itself is refused
inline constexpr double kNever =
    std::numeric_limits<double>::infinity();  ///< "never" of half-lives, "end" of what goes on

struct Number {
  std::string unit = "1";
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  bool above_minimum = false;
  std::vector<std::string> other_units{};
  std::vector<std::pair<std::string, double>> words{};
  std::string mark{}, source{};
  std::pair<std::string, std::string> range{};
};

SpecPointer record(std::string doc, std::vector<Field> fields, std::string noun = "key");
SpecPointer quantity(std::string doc, Number number);
/// Above 0; the mark, its source and the range are those of the default.
SpecPointer positive(std::string doc, std::string unit, std::string mark = {}, std::string source = {},
                     std::pair<std::string, std::string> range = {});
/// 0 or more.
SpecPointer not_negative(std::string doc, std::string unit, std::string mark = {}, std::string source = {});
/// A time, or `never`.
SpecPointer half_life(std::string doc, std::string mark = {}, std::string source = {});
SpecPointer any_quantity(std::string doc, SpecPointer edge = nullptr);
SpecPointer integer(std::string doc, double minimum, double maximum);
SpecPointer boolean(std::string doc);
SpecPointer text(std::string doc);
SpecPointer choice(std::string doc, std::vector<std::string> words);
SpecPointer reference(std::string doc, std::vector<std::string> kinds, std::vector<std::string> also = {});
SpecPointer formula(std::string doc, std::string unit);
SpecPointer list(std::string doc, SpecPointer item, std::size_t minimum = 0, std::size_t maximum = 1000000);
/// Keys are new names of kind `defines`; `reserved` words are refused.
SpecPointer named(std::string doc, std::string defines, SpecPointer item, std::vector<std::string> reserved = {});
/// A text that is a new name, or one known already, of kind `defines`.
SpecPointer name_of(std::string doc, std::string defines);
/// Keys are names of the given kinds, or one of `also`.
SpecPointer map_of(std::string doc, std::vector<std::string> kinds, SpecPointer item,
                   std::vector<std::string> also = {});
SpecPointer one_of(std::string doc, std::vector<SpecPointer> options);
SpecPointer anything(std::string doc);

Field need(std::string name, SpecPointer spec);
Field may(std::string name, SpecPointer spec, std::string fallback = "");

}  // namespace spec

/// That vesicles act on a kind of cell by a mechanism, and how well that is known; the size of the effect is the number
/// that carries the note.
struct EdgeNote {
  std::string mechanism, mark, source;
};

/// What the annotated form {value, range, mark, source} says besides the value.
struct Annotation {
  std::string low, high;  ///< of the range, as written
  std::string mark, source;
  bool outside = false;  ///< the value lies outside the range, and is meant to
  std::optional<EdgeNote> edge{};
};

/// A checked value: the tree mirrors the spec, defaults included.
struct Value {
  const Spec* spec = nullptr;  ///< for one_of: the option that was taken
  std::size_t option = 0;      ///< which option of a one_of
  Place place;
  std::string path;         ///< key path
  bool valid = false;       ///< of the right type and in range; of containers: itself, not what it holds
  bool given = true;        ///< false for defaults
  double number = 0;        ///< quantity in the spec's unit (in its own where any unit goes), integer, boolean
  std::uint64_t whole = 0;  ///< an integer to its last digit, where it is not negative
  std::string text;         ///< scalar as written
  char style = ' ';         ///< as in YamlNode; '=' for an empty map, list or null where anything goes
  std::optional<Annotation> note;
  std::vector<std::string> keys;
  std::vector<Place> key_places;
  std::vector<Value> items;

  [[nodiscard]] const Value* find(std::string_view key) const;
  /// The entry, or an invalid empty value where it is absent or was refused.
  [[nodiscard]] const Value& operator[](std::string_view key) const;
  [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }
  /// Valid all the way down.
  [[nodiscard]] bool sound() const;
};

/// Names that references may use, by kind.
using Names = std::map<std::string, std::vector<std::string>, std::less<>>;

/// Collects the names that the maps with `defines` hold in `node`.
void collect_names(const YamlNode& node, const Spec& spec, Names& names);

/// Checks `node` against `spec` and fills in defaults. Mistakes go to `diagnostics`; the result is complete anyhow,
/// with `valid` false where something was refused.
Value check(const YamlNode& node, const SpecPointer& spec, const Names& names, Diagnostics& diagnostics);

/// Sets one value by its key path, for --set and parameter sets.
void override_value(YamlNode& root, const Spec& spec, const std::string& key_path, const YamlNode& value,
                    const std::string& source, Diagnostics& diagnostics);

/// Which option of a one_of the node's shape calls for.
std::optional<std::size_t> choose_option(const YamlNode& node, const Spec& one_of);

/// A value where anything goes, so that the resolved text can say it again.
void keep_as_written(const YamlNode& node, const Spec& spec, Value& v);

/// What is known of a default, in the annotated form.
std::optional<Annotation> default_annotation(const Spec& spec);

/// "10 um, above 0" and the like.
std::string expectation(const Spec& spec);

}  // namespace interstice
