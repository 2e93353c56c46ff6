/// @file
/// Builders of specs, access to checked values, and how a spec says what it expects.

#include "engine/scenario/spec/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace interstice {

const Field* Spec::field(std::string_view name) const {
  const auto found = std::ranges::find_if(fields, [name](const Field& f) { return f.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

namespace spec {

namespace {

std::shared_ptr<Spec> make(Spec::Kind kind, std::string doc) {
  auto s = std::make_shared<Spec>();
  s->kind = kind;
  s->doc = std::move(doc);
  return s;
}

}  // namespace

SpecPointer record(std::string doc, std::vector<Field> fields, std::string noun) {
  auto s = make(Spec::Kind::record, std::move(doc));
  s->fields = std::move(fields);
  s->noun = std::move(noun);
  return s;
}

SpecPointer quantity(std::string doc, Number number) {
  auto s = make(Spec::Kind::quantity, std::move(doc));
  s->unit = std::move(number.unit);
  s->minimum = number.minimum;
  s->maximum = number.maximum;
  s->above_minimum = number.above_minimum;
  s->other_units = std::move(number.other_units);
  s->words = std::move(number.words);
  s->mark = std::move(number.mark);
  s->source = std::move(number.source);
  s->range = std::move(number.range);
  return s;
}

SpecPointer positive(std::string doc, std::string unit, std::string mark, std::string source,
                     std::pair<std::string, std::string> range) {
  return quantity(std::move(doc), {.unit = std::move(unit),
                                   .minimum = 0,
                                   .above_minimum = true,
                                   .mark = std::move(mark),
                                   .source = std::move(source),
                                   .range = std::move(range)});
}

SpecPointer half_life(std::string doc, std::string mark, std::string source) {
  return quantity(std::move(doc), {.unit = "s",
                                   .minimum = 0,
                                   .above_minimum = true,
                                   .words = {{"never", kNever}},
                                   .mark = std::move(mark),
                                   .source = std::move(source)});
}

SpecPointer not_negative(std::string doc, std::string unit, std::string mark, std::string source) {
  return quantity(std::move(doc),
                  {.unit = std::move(unit), .minimum = 0, .mark = std::move(mark), .source = std::move(source)});
}

SpecPointer any_quantity(std::string doc, SpecPointer edge) {
  auto s = make(Spec::Kind::quantity, std::move(doc));
  s->any_unit = true;
  s->edge = std::move(edge);
  return s;
}

SpecPointer integer(std::string doc, double minimum, double maximum) {
  auto s = make(Spec::Kind::integer, std::move(doc));
  s->minimum = minimum;
  s->maximum = maximum;
  return s;
}

SpecPointer boolean(std::string doc) { return make(Spec::Kind::boolean, std::move(doc)); }
SpecPointer text(std::string doc) { return make(Spec::Kind::text, std::move(doc)); }
SpecPointer anything(std::string doc) { return make(Spec::Kind::anything, std::move(doc)); }

SpecPointer choice(std::string doc, std::vector<std::string> words) {
  auto s = make(Spec::Kind::choice, std::move(doc));
  s->choices = std::move(words);
  return s;
}

SpecPointer reference(std::string doc, std::vector<std::string> kinds, std::vector<std::string> also) {
  auto s = make(Spec::Kind::reference, std::move(doc));
  s->refers = std::move(kinds);
  s->also = std::move(also);
  return s;
}

SpecPointer formula(std::string doc, std::string unit) {
  auto s = make(Spec::Kind::formula, std::move(doc));
  s->unit = std::move(unit);
  return s;
}

SpecPointer list(std::string doc, SpecPointer item, std::size_t minimum, std::size_t maximum) {
  auto s = make(Spec::Kind::list, std::move(doc));
  s->item = std::move(item);
  s->minimum_items = minimum;
  s->maximum_items = maximum;
  return s;
}

SpecPointer named(std::string doc, std::string defines, SpecPointer item, std::vector<std::string> reserved) {
  auto s = make(Spec::Kind::map, std::move(doc));
  s->noun = defines;
  s->defines = std::move(defines);
  s->item = std::move(item);
  s->also = std::move(reserved);
  return s;
}

SpecPointer name_of(std::string doc, std::string defines) {
  auto s = make(Spec::Kind::text, std::move(doc));
  s->defines = std::move(defines);
  return s;
}

SpecPointer map_of(std::string doc, std::vector<std::string> kinds, SpecPointer item, std::vector<std::string> also) {
  auto s = make(Spec::Kind::map, std::move(doc));
  s->noun = fmt::format("{}", fmt::join(kinds, " or "));
  s->refers = std::move(kinds);
  s->also = std::move(also);
  s->item = std::move(item);
  return s;
}

SpecPointer one_of(std::string doc, std::vector<SpecPointer> options) {
  auto s = make(Spec::Kind::one_of, std::move(doc));
  s->options = std::move(options);
  return s;
}

Field need(std::string name, SpecPointer spec) { return {std::move(name), std::move(spec), true, ""}; }
Field may(std::string name, SpecPointer spec, std::string fallback) {
  return {std::move(name), std::move(spec), false, std::move(fallback)};
}

}  // namespace spec

const Value* Value::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i] == key) return &items[i];
  return nullptr;
}

const Value& Value::operator[](std::string_view key) const {
  static const Value nothing;
  const Value* found = find(key);
  return found == nullptr ? nothing : *found;
}

bool Value::sound() const {
  return valid && std::ranges::all_of(items, [](const Value& item) { return item.sound(); });
}

namespace {

std::string limit_text(double limit) {
  return limit == spec::kMostSeed ? fmt::format("{}", std::numeric_limits<std::uint64_t>::max())
                                  : fmt::format("{:g}", limit);
}

std::string limits_text(const Spec& s) {
  const bool low = std::isfinite(s.minimum), high = std::isfinite(s.maximum);
  const std::string unit = s.kind == Spec::Kind::integer || s.unit == "1" ? "" : " " + s.unit;
  if (low && s.minimum == s.maximum) return fmt::format(", {:g}{}", s.minimum, unit);
  if (low && high)
    return fmt::format(", {}{:g} to {}{}", s.above_minimum ? "above " : "", s.minimum, limit_text(s.maximum), unit);
  if (low)
    return s.above_minimum ? fmt::format(", above {:g}{}", s.minimum, unit)
                           : fmt::format(", at least {:g}{}", s.minimum, unit);
  if (high) return fmt::format(", at most {:g}{}", s.maximum, unit);
  return "";
}

std::string quantity_expectation(const Spec& s) {
  if (s.any_unit) return "a number with its unit";
  std::string text = s.unit == "1" ? "a number" : fmt::format("a number with a unit like {}", s.unit);
  for (const std::string& other : s.other_units)
    text += other == "1" ? " or without one" : fmt::format(" or with one like {}", other);
  text += limits_text(s);
  for (const auto& [word, value] : s.words) text += fmt::format(", or '{}'", word);
  return text;
}

}  // namespace

std::optional<Annotation> default_annotation(const Spec& s) {
  if (s.mark.empty() && s.source.empty()) return std::nullopt;
  Annotation note;
  note.mark = s.mark;
  note.source = s.source;
  note.low = s.range.first;
  note.high = s.range.second;
  return note;
}

std::string expectation(const Spec& s) {
  switch (s.kind) {
    case Spec::Kind::record: {
      std::vector<std::string> names;
      for (const Field& f : s.fields) names.push_back(f.name);
      return fmt::format("a map with {}", fmt::join(names, ", "));
    }
    case Spec::Kind::map:
      return fmt::format("a map: {} -> {}", s.noun, expectation(*s.item));
    case Spec::Kind::list:
      return fmt::format("a list of {}", expectation(*s.item));
    case Spec::Kind::quantity:
      return quantity_expectation(s);
    case Spec::Kind::integer:
      return "a whole number" + limits_text(s);
    case Spec::Kind::boolean:
      return "true or false";
    case Spec::Kind::text:
      return "a text";
    case Spec::Kind::choice:
      return fmt::format("{}", fmt::join(s.choices, " or "));
    case Spec::Kind::reference: {
      const bool vowel =
          !s.refers.empty() && std::string_view("aeiou").find(s.refers.front().front()) != std::string_view::npos;
      std::string text = fmt::format("the name of {} {}", vowel ? "an" : "a", fmt::join(s.refers, " or "));
      for (const std::string& word : s.also) text += fmt::format(", or '{}'", word);
      return text;
    }
    case Spec::Kind::formula:
      return s.unit.empty() ? "a formula" : fmt::format("a formula in {}", s.unit);
    case Spec::Kind::one_of: {
      std::vector<std::string> all;
      for (const auto& o : s.options) all.push_back(expectation(*o));
      return fmt::format("{}", fmt::join(all, "; or "));
    }
    case Spec::Kind::anything:
      return "a value";
  }
  return "";
}

}  // namespace interstice
