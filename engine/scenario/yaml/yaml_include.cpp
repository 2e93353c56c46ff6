/// @file
/// Includes: search, cycles, merging. Maps are merged key by key; lists and scalars are replaced as a whole; an empty
/// value in the including file takes a key away.

#include "engine/scenario/yaml/yaml_include.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "engine/scenario/yaml/former_words.h"

namespace interstice {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLargestFile = std::size_t{64} << 20;

std::string up_to(std::size_t size, std::istream& stream) {
  std::string text;
  constexpr std::size_t kChunk = 1 << 20;
  while (stream && text.size() < size) {
    const std::size_t before = text.size();
    text.resize(before + std::min(kChunk, size - before));
    stream.read(text.data() + before, static_cast<std::streamsize>(text.size() - before));
    text.resize(before + static_cast<std::size_t>(stream.gcount()));
  }
  return text;
}

/// Two included files that give one key different values.
struct Conflict {
  std::vector<std::string> path;
  Place place, other;
  bool kinds_differ = false;  ///< a map and something else
};

std::string joined(const std::vector<std::string>& path) { return fmt::format("{}", fmt::join(path, ".")); }

/// Adds the entries of `added` to `base`; of two different values the first stays and a conflict is noted.
void merge_siblings(YamlNode& base, const YamlNode& added, std::vector<std::string>& path,
                    std::vector<Conflict>& conflicts) {
  for (std::size_t i = 0; i < added.keys.size(); ++i) {
    YamlNode* present = base.find(added.keys[i]);
    if (present == nullptr) {
      base.add(added.keys[i], added.key_places[i], added.items[i]);
      continue;
    }
    path.push_back(added.keys[i]);
    if (present->is_map() && added.items[i].is_map())
      merge_siblings(*present, added.items[i], path, conflicts);
    else if (!same_content(*present, added.items[i]))
      conflicts.push_back({path, added.items[i].place, present->place, present->is_map() != added.items[i].is_map()});
    path.pop_back();
  }
}

/// What stands for a number in place of an annotated one. Whose effect the number is (`edge`) stays true of another
/// size, and so does how well it is known that there is such an effect. A key that no annotated number has stays too,
/// so that it is told as a mistake.
YamlNode in_place_of(const YamlNode& annotated, const YamlNode& over) {
  const bool number = over.is_scalar() || (over.is_map() && over.find("value") != nullptr);
  if (!number || !annotated.is_map() || std::ranges::none_of(annotated.keys, is_note)) return over;
  YamlNode kept = over;
  for (std::size_t i = 0; i < annotated.keys.size(); ++i) {
    if (is_note(annotated.keys[i]) || over.find(annotated.keys[i]) != nullptr) continue;
    if (kept.is_scalar()) {
      kept = YamlNode::empty_map(over.place);
      kept.add("value", over.place, over);
    }
    kept.add(annotated.keys[i], annotated.key_places[i], annotated.items[i]);
  }
  return kept;
}

/// Does the including file decide this key itself? Its map would go over one of two values that are not both maps, so
/// it does not tell which.
bool decides(const YamlNode& file, const Conflict& conflict) {
  const YamlNode* node = &file;
  for (const std::string& key : conflict.path) {
    if (!node->is_map()) return true;
    node = node->find(key);
    if (node == nullptr) return false;
  }
  return !conflict.kinds_differ || !node->is_map() || node->find("value") != nullptr;
}

class IncludeReader {
 public:
  IncludeReader(const std::vector<std::string>& directories, std::vector<SourceFile>& files, Diagnostics& diagnostics)
      : files_(files), diagnostics_(diagnostics), directories_(model_directories()) {
    for (const fs::path models : std::vector<std::string>(directories_)) {  // the scenarios that ship stand beside
      std::error_code ignored;
      const fs::path scenarios = models.parent_path() / "scenarios";
      if (fs::is_directory(scenarios, ignored)) directories_.push_back(scenarios.string());
    }
    directories_.insert(directories_.end(), directories.begin(), directories.end());
  }

  YamlNode read_text(const std::string& text, const fs::path& path) {
    YamlNode root = parse_yaml(text, path.string(), diagnostics_);
    if (root.kind == YamlNode::Kind::null) {
      root.kind = YamlNode::Kind::map;
      if (!root.place.file) root.place = {std::make_shared<const std::string>(path.string()), 1, 1};
    }
    if (!root.is_map()) {
      diagnostics_.report(root.place, "", "a scenario is a map (expected lines such as 'title: ...')");
      diagnostics_.incomplete = true;
      root = YamlNode::empty_map(root.place);
    }
    for (const FormerWordUse& use : replace_former_words(root)) report_former_word(use);
    const YamlNode* include = root.find("include");
    if (include == nullptr) return root;
    const YamlNode list = *include;
    root.remove("include");
    return merge(read_list(list, path), root);
  }

  YamlNode read_file(const fs::path& path, const Place& asked_at) {
    std::error_code ignored;
    std::ifstream stream(path, std::ios::binary);
    std::string text;
    if (!fs::is_directory(path, ignored) && stream) text = up_to(kLargestFile + 1, stream);
    if (text.size() > kLargestFile) {
      diagnostics_.report(asked_at, "",
                          fmt::format("'{}' has more than {} MiB (expected a scenario; is it another file?)",
                                      path.string(), kLargestFile >> 20));
      diagnostics_.incomplete = true;
      return YamlNode::empty_map(asked_at);
    }
    if (text.empty()) {
      if (fs::is_regular_file(path, ignored) && fs::file_size(path, ignored) == 0) return read_text("", path);
      const char* why = fs::is_directory(path, ignored)      ? "it is a directory; give a scenario file"
                        : fs::is_regular_file(path, ignored) ? "may you read it?"
                                                             : "no such file?";
      diagnostics_.report(asked_at, "", fmt::format("'{}' cannot be read ({})", path.string(), why));
      diagnostics_.incomplete = true;
      return YamlNode::empty_map(asked_at);
    }
    return read_text(text, path);
  }

  void enter(const fs::path& path) { stack_.push_back(fs::weakly_canonical(path)); }

 private:
  void report_former_word(const FormerWordUse& use) {
    const std::string what = use.key_path == "schema"
                                 ? "this file is of schema 1 (expected schema 2)"
                                 : fmt::format("`{}` is called `{}` since schema 2", use.old_word, use.new_word);
    diagnostics_.report(use.place, use.key_path,
                        fmt::format("{}; `interstice upgrade {}` rewrites it", what, *use.place.file));
  }

  struct Included {
    YamlNode tree;
    std::vector<Conflict> conflicts;
  };

  Included read_list(const YamlNode& list, const fs::path& includer) {
    Included all{YamlNode::empty_map(list.place), {}};
    const auto one = [&](const YamlNode& entry) {
      if (!entry.is_scalar()) {
        diagnostics_.report(entry.place, "include", "expected the name of a file");
        return;
      }
      std::vector<std::string> path;
      merge_siblings(all.tree, include_one(entry, includer), path, all.conflicts);
    };
    if (list.kind == YamlNode::Kind::list)
      for (const YamlNode& entry : list.items) one(entry);
    else if (list.kind != YamlNode::Kind::null)
      one(list);
    return all;
  }

  YamlNode merge(Included included, const YamlNode& root) {
    for (const Conflict& c : included.conflicts) {
      const bool about_the_file = c.path.size() == 1 && (c.path[0] == "title" || c.path[0] == "description");
      if (about_the_file || decides(root, c)) continue;
      diagnostics_.report(c.place, joined(c.path),
                          fmt::format("two included files disagree (the other is {}); set it in the file that "
                                      "includes both",
                                      c.other.text()));
    }
    const Place place = root.place;
    overlay(included.tree, root);
    included.tree.place = place;
    return std::move(included.tree);
  }

  YamlNode include_one(const YamlNode& entry, const fs::path& includer) {
    YamlNode nothing = YamlNode::empty_map(entry.place);
    const auto found = search(entry.text, includer);
    if (!found) {
      report_missing(entry, includer);
      return nothing;
    }
    const fs::path canonical = fs::weakly_canonical(*found);
    if (std::ranges::find(stack_, canonical) != stack_.end()) {
      diagnostics_.report(entry.place, "include", fmt::format("'{}' includes itself", entry.text));
      diagnostics_.incomplete = true;
      return nothing;
    }
    if (const auto known = read_.find(canonical); known != read_.end()) return known->second;
    files_.push_back({found->string(), entry.text, includer.string()});
    stack_.push_back(canonical);
    YamlNode tree = read_file(*found, entry.place);
    stack_.pop_back();
    return read_[canonical] = std::move(tree);
  }

  [[nodiscard]] std::vector<fs::path> places(const fs::path& includer) const {
    std::vector<fs::path> folders{includer.parent_path()};
    std::error_code ignored;
    const fs::path target = fs::canonical(includer, ignored).parent_path();  // of a symbolic link: also beside its file
    if (!ignored && target != fs::weakly_canonical(fs::absolute(includer).parent_path(), ignored))
      folders.push_back(target);
    folders.insert(folders.end(), directories_.begin(), directories_.end());
    return folders;
  }

  [[nodiscard]] std::optional<fs::path> search(const std::string& name, const fs::path& includer) const {
    std::error_code ignored;
    if (name.empty() || name.size() > 1000 || name.find('\0') != std::string::npos) return std::nullopt;
    if (fs::path(name).is_absolute())
      return fs::is_regular_file(name, ignored) ? std::optional<fs::path>(name) : std::nullopt;
    for (const fs::path& folder : places(includer))
      if (fs::is_regular_file(folder / name, ignored)) return (folder / name).lexically_normal();
    return std::nullopt;
  }

  void report_missing(const YamlNode& entry, const fs::path& includer) {
    std::vector<std::string> candidates, looked;
    for (const fs::path& folder : places(includer)) {
      looked.push_back(folder.empty() ? "." : folder.string());
      std::error_code ignored;
      const fs::path inside = folder / fs::path(entry.text).parent_path();
      for (fs::directory_iterator it(inside.empty() ? fs::path(".") : inside, ignored), end; !ignored && it != end;
           it.increment(ignored))
        if (it->path().extension() == ".yaml")
          candidates.push_back((fs::path(entry.text).parent_path() / it->path().filename()).string());
    }
    std::ranges::sort(candidates);
    diagnostics_.report(entry.place, "include",
                        fmt::format("no file '{}' (looked in {}){}", entry.text.substr(0, 200), fmt::join(looked, ", "),
                                    did_you_mean(entry.text, candidates)));
    diagnostics_.incomplete = true;
  }

  std::vector<SourceFile>& files_;
  Diagnostics& diagnostics_;
  std::vector<std::string> directories_;
  std::vector<fs::path> stack_;
  std::map<fs::path, YamlNode> read_;
};

}  // namespace

void overlay(YamlNode& base, const YamlNode& over) {
  for (std::size_t i = 0; i < over.keys.size(); ++i) {
    YamlNode* present = base.find(over.keys[i]);
    if (present == nullptr) {
      base.add(over.keys[i], over.key_places[i], over.items[i]);
    } else if (over.items[i].kind == YamlNode::Kind::null) {
      base.remove(over.keys[i]);
    } else if (present->is_map() && over.items[i].is_map() && over.items[i].find("value") == nullptr &&
               !unlike(over.items[i], *present)) {
      overlay(*present, over.items[i]);
    } else {
      *present = in_place_of(*present, over.items[i]);
      const auto at = static_cast<std::size_t>(present - base.items.data());
      base.key_places[at] = over.key_places[i];
    }
  }
}

std::vector<std::string> model_directories() {
  std::vector<std::string> found;
  std::error_code ignored;
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&model_directories), &info) != 0 && info.dli_fname != nullptr) {
    fs::path folder = fs::weakly_canonical(info.dli_fname, ignored).parent_path();
    for (int up = 0; up < 5 && folder.has_relative_path(); ++up, folder = folder.parent_path()) {
      const fs::path source = folder / "models", share = folder / "share" / "interstice" / "models";
      if (fs::is_directory(source, ignored) && fs::is_directory(folder / "engine" / "core", ignored))
        found.push_back(source.string());
      if (fs::is_directory(share, ignored)) found.push_back(share.string());
    }
  }
#ifdef INTERSTICE_MODEL_DIRECTORY
  if (found.empty() && fs::is_directory(INTERSTICE_MODEL_DIRECTORY, ignored))
    found.emplace_back(INTERSTICE_MODEL_DIRECTORY);
#endif
  return found;
}

YamlNode read_with_includes(const std::string& path, const std::string* text,
                            const std::vector<std::string>& include_directories, std::vector<SourceFile>& files,
                            Diagnostics& diagnostics) {
  IncludeReader reader(include_directories, files, diagnostics);
  files.push_back({path, "", ""});
  reader.enter(path);
  if (text != nullptr) return reader.read_text(*text, path);
  return reader.read_file(path, {std::make_shared<const std::string>(path), 0, 0});
}

}  // namespace interstice
