/// @file
/// Specs and model descriptors as text.

#include "engine/scenario/describe_format.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

namespace interstice {

namespace {

std::string summary(const Spec& s) {
  using Kind = Spec::Kind;
  switch (s.kind) {
    case Kind::record:
      return "map";
    case Kind::map:
      return s.item->kind == Kind::record ? fmt::format("map: {} -> map", s.noun)
                                          : fmt::format("map: {} -> {}", s.noun, summary(*s.item));
    case Kind::list:
      return s.item->kind == Kind::record ? "list of maps" : fmt::format("list: {}", summary(*s.item));
    case Kind::one_of: {
      std::vector<std::string> all;
      for (const auto& option : s.options) {
        const bool wrapper = option->kind == Kind::record && option->fields.size() == 1;
        all.push_back(wrapper ? fmt::format("{{{}: ...}}", option->fields[0].name) : summary(*option));
      }
      return fmt::format("{}", fmt::join(all, " | "));
    }
    default:
      return expectation(s);
  }
}

/// May a line begin with this word? Not where Markdown would take it for an entry of a list.
bool may_begin_a_line(std::string_view word) {
  return !word.starts_with("+ ") && !word.starts_with("- ") && !word.starts_with("* ");
}

/// The entry of a list, broken at blanks; what follows its first line stands below its text.
std::string entry(int indent, const std::string& text) {
  constexpr std::size_t kColumns = 120;
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  std::string out, line = margin + "- " + text;
  while (line.size() > kColumns) {
    std::size_t blank = line.rfind(' ', kColumns);
    while (blank > margin.size() + 2 && blank != std::string::npos &&
           !may_begin_a_line(std::string_view(line).substr(blank + 1)))
      blank = line.rfind(' ', blank - 1);
    if (blank == std::string::npos || blank <= margin.size() + 2) break;
    out += line.substr(0, blank) + "\n";
    line = margin + "  " + line.substr(blank + 1);
  }
  return out + line + "\n";
}

/// What lies below a spec: fields, through lists, maps and alternatives.
void describe_below(const Spec& s, int indent, int depth, std::string& out);

void describe_field(const Field& f, int indent, int depth, std::string& out) {
  const Spec& s = *f.spec;
  const bool container = f.fallback == "{}" || f.fallback == "[]" || f.fallback.empty();
  std::string extra = f.needed ? "; needed" : container ? "" : fmt::format("; default {}", f.fallback);
  if (!s.mark.empty())
    extra += fmt::format(" ({}{}{})", s.mark,
                         s.range.first.empty() ? "" : fmt::format(", {} to {}", s.range.first, s.range.second),
                         s.source.empty() ? "" : ": " + s.source);
  out += entry(indent, fmt::format("`{}`: {} ({}{})", f.name, s.doc, summary(s), extra));
  describe_below(s, indent + 2, depth - 1, out);
}

/// Keys that mean the same (the faces of the domain) are explained once.
void describe_fields(const Spec& s, int indent, int depth, std::string& out) {
  std::set<const Spec*> explained;
  for (const Field& f : s.fields) {
    if (explained.contains(f.spec.get())) continue;
    explained.insert(f.spec.get());
    describe_field(f, indent, depth, out);
    std::vector<std::string> twins;
    for (const Field& other : s.fields)
      if (other.spec == f.spec && other.name != f.name) twins.push_back("`" + other.name + "`");
    if (!twins.empty()) out += entry(indent, fmt::format("{}: as `{}`", fmt::join(twins, ", "), f.name));
  }
}

void describe_below(const Spec& s, int indent, int depth, std::string& out) {
  if (depth <= 0) return;
  switch (s.kind) {
    case Spec::Kind::record:
      describe_fields(s, indent, depth, out);
      break;
    case Spec::Kind::map:
    case Spec::Kind::list:
      describe_below(*s.item, indent, depth, out);
      break;
    case Spec::Kind::one_of:
      for (const auto& option : s.options) {
        if (option->kind == Spec::Kind::list && s.options.front()->kind == Spec::Kind::record)
          continue;  // the same again
        describe_below(*option, indent, depth, out);
      }
      break;
    case Spec::Kind::quantity:
      if (!s.edge) break;
      out += entry(indent, fmt::format("`edge`: {} (map)", s.edge->doc));
      describe_below(*s.edge, indent + 2, depth - 1, out);
      break;
    default:
      break;
  }
}

}  // namespace

std::string describe_spec(const Spec& spec, const std::string& name, int depth) {
  std::string out = name.empty() ? "" : fmt::format("{}: {} ({})\n", name, spec.doc, summary(spec));
  describe_below(spec, name.empty() ? 0 : 2, depth, out);
  return out;
}

const Spec* find_spec(const Spec& root, const std::string& key_path) {
  if (key_path.empty()) return &root;
  if (root.kind == Spec::Kind::one_of) {
    for (const auto& option : root.options)
      if (const Spec* found = find_spec(*option, key_path)) return found;
    return nullptr;
  }
  if (root.kind == Spec::Kind::map || root.kind == Spec::Kind::list) {
    if (const Spec* found = find_spec(*root.item, key_path)) return found;
    const auto dot = key_path.find('.');
    return dot == std::string::npos ? nullptr : find_spec(*root.item, key_path.substr(dot + 1));
  }
  const auto dot = key_path.find('.');
  const Field* field = root.field(key_path.substr(0, dot));
  if (field == nullptr) return nullptr;
  return find_spec(*field->spec, dot == std::string::npos ? "" : key_path.substr(dot + 1));
}

std::string describe_model(const ModelDescriptor& m, const std::string& origin) {
  std::string out =
      fmt::format("{} (version {}, {})\n  {}\n  source: {}\n", m.name, m.version, origin, m.summary, m.citation);
  out += fmt::format("  mechanism: {}\n", kMechanismNames[static_cast<std::size_t>(m.mechanism)]);
  if (m.delay > 0) out += fmt::format("  own delay before an effect can show: {} s\n", m.delay);
  for (const ParameterSpec& p : m.parameters)
    out += fmt::format("  {} = {} {} ({} to {}, {}: {}) {}\n", p.name, p.default_value, p.unit == "1" ? "" : p.unit,
                       p.minimum, p.maximum, p.mark, p.source, p.description);
  for (const ChoiceSpec& c : m.choices)
    out += fmt::format("  {}: {} (default {}) {}\n", c.name, fmt::join(c.options, " | "), c.options.front(),
                       c.description);
  for (const ModelColumnSpec& c : m.columns)
    out += fmt::format("  gives cells the column {} [{}] {}\n", c.name, c.unit, c.description);
  if (!m.fields.empty()) out += fmt::format("  species: {}\n", fmt::join(m.fields, ", "));
  if (!m.proteins.empty()) out += fmt::format("  vesicle proteins: {}\n", fmt::join(m.proteins, ", "));
  for (const ModelReactionSpec& r : m.reactions) out += fmt::format("  reaction: {} -> {}\n", r.substrate, r.product);
  return out;
}

}  // namespace interstice
