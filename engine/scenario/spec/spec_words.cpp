#include "engine/scenario/spec/spec_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "engine/core/error.h"
#include "engine/core/units.h"

namespace interstice {

const char* kind_text(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::scalar:
      return "a single value";
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::map:
      return "a map";
  }
  return "";
}

bool is_identifier(std::string_view s) {
  if (s.empty() || s.size() > 60 || std::isdigit(static_cast<unsigned char>(s.front())) != 0) return false;
  return std::ranges::all_of(s, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

std::string unknown_name(const std::string& noun, const std::string& name, const std::vector<std::string>& known) {
  const std::string expected = known.empty()       ? noun == "key" ? "expected none here" : "the scenario defines none"
                               : known.size() > 16 ? fmt::format("{} are known", known.size())
                                                   : fmt::format("expected one of: {}", fmt::join(known, ", "));
  if (name == "<<")
    return "merge keys (<<) are not read (a scenario says where each value comes from) write the keys here, or put "
           "them into a file and `include` it";
  return fmt::format("unknown {} '{}' ({}){}", noun, name.substr(0, 60), expected, did_you_mean(name, known));
}

std::optional<std::vector<double>> native_numbers(const std::vector<std::string>& quantities) {
  std::vector<double> numbers;
  std::optional<Unit> first;
  for (const std::string& text : quantities) {
    const Quantity q = parse_quantity(text);
    if (!first) first = q.unit;
    if (q.unit.dimension != first->dimension) return std::nullopt;
    numbers.push_back(q.value * q.unit.scale + q.unit.offset);
  }
  return numbers;
}

std::optional<std::uint64_t> unsigned_number(std::string_view text, double number) {
  constexpr double kTooMany = 18446744073709551616.0;  // 2^64
  std::uint64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error == std::errc{} && end == text.data() + text.size()) return whole;
  if (number < 0 || number >= kTooMany) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

namespace {

/// Where only what is counted differs, such as cell/ml where EV/um^3 is meant: a hint at EV/ml. Else nothing.
std::string unit_in_the_writers_words(const std::string& written, const std::string& wanted) {
  const auto per = written.find('/'), wanted_per = wanted.find('/');
  if (per == std::string::npos || wanted_per == std::string::npos) return "";
  const std::string meant = wanted.substr(0, wanted_per) + written.substr(per);
  try {
    return parse_unit(meant).dimension == parse_unit(wanted).dimension
               ? fmt::format(" did you mean a number of {}?", meant)
               : "";
  } catch (const InputError&) {
    return "";
  }
}

}  // namespace

std::string wrong_unit(const std::string& text, const Quantity& quantity, const Spec& spec, const Spec* record) {
  if (quantity.unit_text.empty())
    return fmt::format("'{0}' has no unit (expected {1}) did you mean '{0} {2}'?", text, expectation(spec),
                       spec.unit == "K" ? "degC" : spec.unit);
  std::string hint;
  for (const Field& field : record == nullptr ? std::vector<Field>{} : record->fields) {
    const Spec& other = *field.spec;
    if (other.kind == Spec::Kind::quantity && !other.any_unit &&
        parse_unit(other.unit).dimension == quantity.unit.dimension && hint.empty())
      hint = fmt::format(" did you mean '{}: {}'?", field.name, text);
  }
  if (hint.empty()) hint = unit_in_the_writers_words(quantity.unit_text, spec.unit);
  return fmt::format("'{}' has the wrong unit (expected {}){}", text, expectation(spec), hint);
}

void read_mark_and_source(const YamlNode& annotated, const std::string& path, Annotation& note,
                          Diagnostics& diagnostics) {
  if (const YamlNode* mark = annotated.find("mark")) {
    static const std::vector<std::string> marks{"V", "L", "A", "calc"};
    note.mark = mark->text;
    if (!mark->is_scalar() || std::ranges::find(marks, mark->text) == marks.end())
      diagnostics.report(mark->place, path + ".mark",
                         fmt::format("'{}' is no mark (expected V verified, L literature, A assumption, or calc)",
                                     mark->text.substr(0, 60)));
  }
  if (const YamlNode* source = annotated.find("source")) {
    note.source = source->text;
    if (!source->is_scalar()) diagnostics.report(source->place, path + ".source", "expected a text");
  }
}

}  // namespace interstice
