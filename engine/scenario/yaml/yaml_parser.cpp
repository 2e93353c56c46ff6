/// @file
/// yaml-cpp's events to YamlNodes. The event interface is used because its document tree keeps duplicate keys silently
/// and follows aliases without limit.

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "engine/scenario/yaml/yaml_node.h"

namespace interstice {

bool same_content(const YamlNode& a, const YamlNode& b) {
  if (a.kind != b.kind || a.text != b.text || a.keys.size() != b.keys.size() || a.items.size() != b.items.size())
    return false;
  if (!a.is_map()) {
    for (std::size_t i = 0; i < a.items.size(); ++i)
      if (!same_content(a.items[i], b.items[i])) return false;
    return true;
  }
  for (std::size_t i = 0; i < a.keys.size(); ++i) {
    const YamlNode* other = b.find(a.keys[i]);
    if (other == nullptr || !same_content(a.items[i], *other)) return false;
  }
  return true;
}

bool is_note(const std::string& key) {
  static constexpr std::array<std::string_view, 5> notes{"value", "range", "mark", "source", "outside"};
  return std::ranges::find(notes, key) != notes.end();
}

namespace {

bool is_number_with_notes(const YamlNode& node) {
  const YamlNode* value = node.is_map() ? node.find("value") : nullptr;
  return value != nullptr && value->is_scalar() && !value->text.empty() &&
         std::string_view("0123456789.+-").find(value->text[0]) != std::string_view::npos &&
         std::ranges::all_of(node.keys, is_note);
}

bool without_notes(const YamlNode& node) {
  return node.is_map() && !node.keys.empty() && std::ranges::none_of(node.keys, is_note);
}

}  // namespace

bool unlike(const YamlNode& a, const YamlNode& b) {
  return (is_number_with_notes(a) && without_notes(b)) || (is_number_with_notes(b) && without_notes(a));
}

namespace {

constexpr std::size_t kMaximumDepth = 100;
constexpr std::size_t kMaximumNodes = 200000;  ///< also what aliases may unfold to

/// Ends the parsing of this file after the mistake has been reported.
struct GiveUp {};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const std::string& text, std::shared_ptr<const std::string> file, Diagnostics& diagnostics)
      : text_(text), file_(std::move(file)), diagnostics_(diagnostics) {}

  /// After a syntax error: the top-level entries that were complete.
  [[nodiscard]] YamlNode take() { return open_.empty() ? std::move(root_) : std::move(open_.front().node); }
  [[nodiscard]] Place place(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { leaf(mark, anchor, {}); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) give_up(mark, "this alias refers to itself");
    YamlNode copy = known->second;
    count(mark, size(copy));
    accept(std::move(copy));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node;
    node.kind = YamlNode::Kind::scalar;
    const auto at = static_cast<std::size_t>(mark.pos);
    if (tag == "!" && at < text_.size() && std::string_view("'\"|>").find(text_[at]) != std::string_view::npos)
      node.style = text_[at];
    node.text = value;
    leaf(mark, anchor, std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, YamlNode::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, YamlNode::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    bool has_key = false;
    bool duplicate = false;
    std::string key;
    Place key_place;
  };

  [[noreturn]] void give_up(const YAML::Mark& mark, std::string message) {
    diagnostics_.report(place(mark), "", std::move(message));
    diagnostics_.incomplete = true;
    throw GiveUp{};
  }

  void count(const YAML::Mark& mark, std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > kMaximumNodes) give_up(mark, fmt::format("more than {} values in one file", kMaximumNodes));
  }

  static std::size_t size(const YamlNode& node) {
    std::size_t n = 1;
    for (const YamlNode& item : node.items) n += size(item);
    return n;
  }

  void leaf(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode node) {
    count(mark, 1);
    node.place = place(mark);
    if (anchor != 0) anchors_[anchor] = node;
    accept(std::move(node));
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
    count(mark, 1);
    if (open_.size() >= kMaximumDepth) give_up(mark, fmt::format("nested more than {} levels deep", kMaximumDepth));
    open_.push_back({});
    open_.back().node.kind = kind;
    open_.back().node.place = place(mark);
    open_.back().anchor = anchor;
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    if (done.anchor != 0) anchors_[done.anchor] = done.node;
    accept(std::move(done.node));
  }

  void accept(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.has_key) {
      take_key(parent, node);
    } else {
      parent.has_key = false;
      if (node.kind == YamlNode::Kind::null) node.place = parent.key_place;
      if (!parent.duplicate) parent.node.add(parent.key, parent.key_place, std::move(node));
    }
  }

  void take_key(Open& parent, const YamlNode& node) {
    parent.has_key = true;
    parent.duplicate = false;
    parent.key = node.text;
    parent.key_place = node.place;
    if (!node.is_scalar()) {
      diagnostics_.report(node.place, "", "this cannot be a key (expected a word followed by a colon)");
      parent.duplicate = true;
      return;
    }
    for (std::size_t i = 0; i < parent.node.keys.size(); ++i) {
      if (parent.node.keys[i] != node.text) continue;
      diagnostics_.report(
          node.place, key_path(node.text),
          fmt::format("duplicate key (it stands at line {} already); remove one", parent.node.key_places[i].line));
      parent.duplicate = true;
    }
  }

  [[nodiscard]] std::string key_path(const std::string& last) const {
    std::string path;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
      const Open& o = open_[i];
      path += (o.node.is_map() ? o.key : std::to_string(o.node.items.size())) + ".";
    }
    return path + last;
  }

  const std::string& text_;
  std::shared_ptr<const std::string> file_;
  Diagnostics& diagnostics_;
  YamlNode root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
  std::size_t nodes_ = 0;
};

void read_document(const std::string& text, TreeBuilder& builder, Diagnostics& diagnostics, const Place& start) {
  const auto refuse = [&diagnostics](const Place& at, const std::string& message) {
    diagnostics.report(at, "", fmt::format("this is not YAML: {}; the rest of the file was not read", message));
    diagnostics.incomplete = true;
  };
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(builder) && parser && parser.HandleNextDocument(builder))
      refuse(start, "it holds a second document after '---'");
  } catch (const GiveUp&) {  // reported where it happened
  } catch (const YAML::Exception& e) {
    refuse(builder.place(e.mark), e.msg);
  } catch (const std::exception& e) {
    refuse(start, e.what());
  }
}

/// Position of the first byte that is not UTF-8, by the table of RFC 3629; the length of the text when there is none.
std::size_t first_invalid_utf8(std::string_view text) {
  const auto byte = [&text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  std::size_t at = 0;
  while (at < text.size()) {
    const unsigned first = byte(at), second = byte(at + 1);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xC2 ? 0
                               : first < 0xE0 ? 2
                               : first < 0xF0 ? 3
                               : first < 0xF5 ? 4
                                              : 0;
    if (length == 0) return at;
    for (std::size_t k = 1; k < length; ++k)
      if ((byte(at + k) & 0xC0U) != 0x80U) return at;
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool no_character = (first == 0xED && second >= 0xA0) || (first == 0xF4 && second >= 0x90);
    if (overlong || no_character) return at;
    at += length;
  }
  return at;
}

/// Lines and columns from 1; columns count characters, as editors do.
Place place_of(std::string_view text, std::size_t at, std::shared_ptr<const std::string> file) {
  Place place{std::move(file), 1, 1};
  for (const char c : text.substr(0, at)) {
    if (c == '\n') {
      ++place.line;
      place.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++place.column;
    }
  }
  return place;
}

std::string not_utf8(char byte) {
  return fmt::format(
      "this is not UTF-8 text (the byte 0x{:02x} begins no character; the rest was not read) save the file "
      "as UTF-8",
      static_cast<unsigned char>(byte));
}

void move_to(YamlNode& node, const Place& place) {
  node.place = place;
  for (Place& p : node.key_places) p = place;
  for (YamlNode& item : node.items) move_to(item, place);
}

}  // namespace

YamlNode parse_yaml(const std::string& text, const std::string& file, Diagnostics& diagnostics) {
  const auto name = std::make_shared<const std::string>(file);
  if (const auto wrong = first_invalid_utf8(text); wrong < text.size()) {
    diagnostics.report(place_of(text, wrong, name), "", not_utf8(text[wrong]));
    diagnostics.incomplete = true;
    return YamlNode::empty_map({name, 1, 1});
  }
  TreeBuilder builder(text, name, diagnostics);
  read_document(text, builder, diagnostics, {name, 1, 1});
  return builder.take();
}

YamlNode parse_yaml_value(const std::string& text, const Place& place, Diagnostics& diagnostics) {
  if (const auto wrong = first_invalid_utf8(text); wrong < text.size()) {
    diagnostics.report(place, "", not_utf8(text[wrong]));
    return YamlNode::empty_map(place);
  }
  Diagnostics own;
  TreeBuilder builder(text, place.file, own);
  read_document(text, builder, own, place);
  for (const Complaint& c : own.complaints()) diagnostics.report(place, c.key_path, c.message);
  YamlNode node = builder.take();
  move_to(node, place);
  return node;
}

}  // namespace interstice
