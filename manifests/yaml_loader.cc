#include "manifests/yaml_loader.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <type_traits>
#include <utility>

#include "manifests/yaml_scalar.h"

namespace writ::manifests {
namespace {

// Up to here a look through the keys is cheaper than a hash of each.
constexpr std::size_t kFewKeys = 24;

// Errors that are named before the rest of a file is left unread.
constexpr std::size_t kMaxErrors = 100;

std::string Size(std::size_t bytes) {
  constexpr std::size_t kKibi = 1024;
  if (bytes % (kKibi * kKibi) == 0) {
    return std::to_string(bytes / (kKibi * kKibi)) + " MiB";
  }
  if (bytes % kKibi == 0) return std::to_string(bytes / kKibi) + " KiB";
  return std::to_string(bytes) + " bytes";
}

bool BeginsWithNull(std::string_view rest) {
  const std::string_view word = rest.substr(0, 4);
  return rest.substr(0, 1) == "~" || word == "null" || word == "Null" ||
         word == "NULL";
}

}  // namespace

YamlLoader::YamlLoader(std::string_view text, std::uint32_t file,
                       const YamlLimits& limits, Reporter& reporter)
    : text_(text),
      positions_(text, file),
      limits_(limits),
      reporter_(reporter) {}

void YamlLoader::Refuse(std::string_view code, const SourceRange& range,
                        std::string summary, std::string hint) {
  current_.broken = true;
  ++errors_;
  faults_.push_back({code, range, std::move(summary), std::move(hint)});
}

void YamlLoader::ReportFaults(const SourceRange& before) {
  for (Fault& fault : faults_) {
    if (before.line != 0 && fault.range >= before) continue;
    reporter_.Error(fault.code, fault.range, std::move(fault.summary),
                    std::move(fault.hint));
  }
  faults_.clear();
}

bool YamlLoader::Limit(const SourceRange& range, std::string summary) {
  Refuse("yaml-limit", range, std::move(summary));
  ReportFaults({});
  return false;
}

bool YamlLoader::StartDocument(const Place& place) {
  ForgetCollections();
  current_ = {};
  if (documents_.size() == limits_.max_documents) {
    return Limit(positions_.Point(place),
                 "the file holds more than " +
                     std::to_string(limits_.max_documents) + " documents");
  }
  // The parser takes what follows a finished value as one more document.
  if (!documents_.empty() && text_.substr(place.offset, 3) != "---") {
    Refuse("yaml-syntax", positions_.Point(place),
           "the document before has ended, and this belongs to no new one",
           "check the indentation, or begin a document with ---");
  }
  current_.line = place.line + 1;
  return true;
}

void YamlLoader::EndDocument() {
  ReportFaults({});
  if (!current_.root.IsNull()) current_.line = current_.root.range().line;
  documents_.push_back(std::exchange(current_, {}));
}

bool YamlLoader::Spend(std::size_t nodes, std::size_t bytes,
                       const SourceRange& range) {
  spent_.nodes += nodes;
  spent_.bytes += bytes;
  if (errors_ >= kMaxErrors) {
    ReportFaults({});
    return false;
  }
  if (spent_.nodes > limits_.max_nodes) {
    return Limit(range, "the file holds more than " +
                            std::to_string(limits_.max_nodes) +
                            " values, aliases expanded");
  }
  if (spent_.bytes > limits_.max_bytes) {
    return Limit(range, "the texts of the file take more than " +
                            Size(limits_.max_bytes) + ", aliases expanded");
  }
  return true;
}

bool YamlLoader::IsKeyNext() const {
  return !frames_.empty() && frames_.back().is_map && !frames_.back().has_key;
}

void YamlLoader::Add(Value value, std::size_t height) {
  if (frames_.empty()) {
    current_.root = std::move(value);
    return;
  }
  Frame& frame = frames_.back();
  frame.height = std::max(frame.height, height);
  if (!frame.is_map) {
    items_.push_back(std::move(value));
    return;
  }
  if (!frame.has_key) {
    // A list or map stood where a key belongs; Start has refused it.
    frame.has_key = true;
    frame.drop_value = true;
    frame.key_range = value.range();
    return;
  }
  frame.has_key = false;
  if (std::exchange(frame.drop_value, false)) return;
  entries_.push_back({std::move(frame.key), frame.key_range, std::move(value)});
}

bool YamlLoader::AddTyped(Value value, Anchor anchor, std::size_t bytes) {
  if (!Spend(1, bytes, value.range())) return false;
  if (anchor != 0) {
    if (!Spend(1, bytes, value.range())) return false;
    anchors_[anchor] = {value, {1, bytes, 0}};
  }
  Add(std::move(value), 0);
  return true;
}

SourceRange YamlLoader::AbsentRange() const {
  // What isn't written is marked where whatever follows stands.
  const Frame& frame = frames_.back();
  return frame.is_map ? frame.key_range : frame.range;
}

bool YamlLoader::AddNull(const Place& place, Anchor anchor) {
  const bool written =
      BeginsWithNull(text_.substr(std::min(place.offset, text_.size())));
  if (IsKeyNext()) {
    RefuseKey("yaml-key", positions_.Point(place), "a key is missing",
              "write a text before the colon");
    return true;
  }
  SourceRange range;
  if (written || frames_.empty()) {
    range = positions_.Word(place);
  } else {
    range = AbsentRange();
    const Frame& frame = frames_.back();
    if (frame.is_map && place.offset == frame.key_offset) {
      Refuse("yaml-syntax", range,
             "a colon is missing behind \"" + frame.key + "\"",
             "write \"" + frame.key + ": …\"");
    }
  }
  Value value;
  value.set_range(range);
  return AddTyped(std::move(value), anchor, 0);
}

bool YamlLoader::AddScalar(const Place& place, const Scalar& scalar,
                           Anchor anchor) {
  const SourceRange range = positions_.Scalar(place, scalar.text);
  if (scalar.text.size() > limits_.max_scalar_bytes) {
    return Limit(range,
                 "the text takes more than " + Size(limits_.max_scalar_bytes));
  }
  if (scalar.text.find('\0') != std::string_view::npos) {
    Refuse("yaml-nul", range, "a text can't hold the character U+0000",
           "remove the \\0");
  }
  // yaml-cpp takes the end of the file for the closing quote.
  if (scalar.style == Style::kQuoted && !positions_.IsClosed(place)) {
    Refuse("yaml-syntax", range, "this quoted text is never closed",
           "add the closing quote");
  }
  if (IsKeyNext()) {
    TakeKey(place, scalar, range);
    return Spend(0, scalar.text.size(), range);
  }
  TypedScalar typed;
  if (scalar.style == Style::kQuoted) {
    typed.value = Value(scalar.text);
  } else if (scalar.style == Style::kTagged) {
    typed = TypeTaggedScalar(scalar.tag, scalar.text);
  } else {
    typed = TypePlainScalar(scalar.text);
  }
  if (typed.fault) {
    Refuse("yaml-scalar", range, std::move(typed.fault->summary),
           std::move(typed.fault->hint));
  }
  typed.value.set_range(range);
  const std::size_t bytes = typed.value.IsString() ? scalar.text.size() : 0;
  return AddTyped(std::move(typed.value), anchor, bytes);
}

void YamlLoader::RefuseKey(std::string_view code, const SourceRange& range,
                           std::string summary, std::string hint) {
  Frame& frame = frames_.back();
  frame.has_key = true;
  frame.drop_value = true;
  frame.key.clear();
  frame.key_range = range;
  Refuse(code, range, std::move(summary), std::move(hint));
}

const SourceRange* YamlLoader::FindKey(Frame& frame,
                                       const std::string& key) const {
  const auto map = std::span(entries_).subspan(frame.first);
  if (map.size() > kFewKeys) {
    if (frame.keys.empty()) {
      for (const Value::Entry& entry : map) frame.keys.insert(entry.key);
    }
    if (frame.keys.insert(key).second) return nullptr;
  }
  const auto found =
      std::find_if(map.begin(), map.end(),
                   [&](const Value::Entry& e) { return e.key == key; });
  return found == map.end() ? nullptr : &found->key_range;
}

void YamlLoader::TakeKey(const Place& place, const Scalar& scalar,
                         const SourceRange& range) {
  std::string key(scalar.text);
  if (scalar.style == Style::kPlain && key == "<<") {
    RefuseKey("merge-key", range, "merge keys (<<) are not part of YAML 1.2",
              "write the fields out, or use an overlay's Patch");
    return;
  }
  TypedScalar typed;
  if (scalar.style == Style::kPlain) typed = TypePlainScalar(scalar.text);
  if (scalar.style == Style::kTagged) {
    typed = TypeTaggedScalar(scalar.tag, scalar.text);
  }
  if (scalar.style != Style::kQuoted && !typed.value.IsString()) {
    RefuseKey("yaml-key", range,
              "a key must be a string, and " + key + " is " +
                  std::string(Describe(typed.value.type())),
              "put it in quotes: \"" + key + "\"");
    return;
  }
  Frame& frame = frames_.back();
  if (const SourceRange* first = FindKey(frame, key)) {
    const std::uint32_t line = first->line;
    RefuseKey("duplicate-key", range,
              "\"" + key + "\" is written twice, first on line " +
                  std::to_string(line),
              "remove one of the two");
    return;
  }
  frame.has_key = true;
  frame.key = std::move(key);
  frame.key_range = range;
  frame.key_offset = place.offset;
}

bool YamlLoader::AddAlias(const Place& place, Anchor anchor) {
  const SourceRange range = positions_.Word(place);
  const auto found = anchors_.find(anchor);
  if (IsKeyNext()) {
    RefuseKey("yaml-key", range, "an alias can't be a key",
              "write the key out");
    return true;
  }
  if (found == anchors_.end()) {
    Refuse("yaml-alias", range, "an alias can't stand inside its own anchor");
    Add(Value(), 0);
    return true;
  }
  const Cost& cost = found->second.cost;
  if (!Spend(cost.nodes, cost.bytes, range)) return false;
  if (frames_.size() + cost.depth > limits_.max_depth) {
    return Limit(range, "lists and maps are more than " +
                            std::to_string(limits_.max_depth) +
                            " levels deep, aliases expanded");
  }
  Value value = found->second.value;
  value.set_range(range);
  Add(std::move(value), cost.depth);
  return true;
}

bool YamlLoader::Start(const Place& place, std::string_view tag, Anchor anchor,
                       bool is_map) {
  const SourceRange range = positions_.Point(place);
  if (IsKeyNext()) {
    const auto type = is_map ? Value::Type::kMap : Value::Type::kList;
    Refuse("yaml-key", range,
           "a key must be a string, not " + std::string(Describe(type)),
           is_map ? "put a text with braces in quotes" : "");
  }
  if (!tag.empty() && tag != "!" &&
      tag != (is_map ? "tag:yaml.org,2002:map" : "tag:yaml.org,2002:seq")) {
    Refuse("yaml-scalar", range,
           "the tag " + std::string(tag) + " is not supported",
           "remove it; a manifest is plain data");
  }
  if (frames_.size() == limits_.max_depth) {
    return Limit(range, "lists and maps are more than " +
                            std::to_string(limits_.max_depth) + " levels deep");
  }
  Frame& frame = frames_.emplace_back();
  frame.is_map = is_map;
  frame.range = range;
  frame.first = is_map ? entries_.size() : items_.size();
  frame.before = spent_;
  frame.anchor = anchor;
  frame.offset = place.offset;
  return Spend(1, 0, range);
}

bool YamlLoader::StartList(const Place& place, std::string_view tag,
                           Anchor anchor) {
  return Start(place, tag, anchor, /*is_map=*/false);
}

bool YamlLoader::StartMap(const Place& place, std::string_view tag,
                          Anchor anchor) {
  return Start(place, tag, anchor, /*is_map=*/true);
}

// Made at once and as large as it is: what grows entry by entry would be moved
// several times and keep room for entries that never come.
Value YamlLoader::TakeCollection(const Frame& frame) {
  const auto take = [&](auto& stack) {
    const auto first = stack.begin() + static_cast<std::ptrdiff_t>(frame.first);
    std::decay_t<decltype(stack)> taken(std::make_move_iterator(first),
                                        std::make_move_iterator(stack.end()));
    stack.erase(first, stack.end());
    return Value(std::move(taken));
  };
  Value value = frame.is_map ? take(entries_) : take(items_);
  value.set_range(frame.range);
  return value;
}

bool YamlLoader::EndCollection() {
  const Frame frame = std::move(frames_.back());
  frames_.pop_back();
  Value value = TakeCollection(frame);
  const std::size_t height = frame.height + 1;
  if (frame.anchor != 0) {
    const Cost cost{spent_.nodes - frame.before.nodes,
                    spent_.bytes - frame.before.bytes, height};
    if (!Spend(cost.nodes, cost.bytes, frame.range)) return false;
    anchors_[frame.anchor] = {value, cost};
  }
  Add(std::move(value), height);
  return true;
}

void YamlLoader::ForgetCollections() {
  frames_.clear();
  items_.clear();
  entries_.clear();
  anchors_.clear();
}

YamlLoader::Abandoned YamlLoader::AbandonDocument() {
  Abandoned abandoned;
  const auto open =
      std::find_if(frames_.rbegin(), frames_.rend(), [&](const Frame& frame) {
        const char first = text_[std::min(frame.offset, text_.size() - 1)];
        return first == '[' || first == '{';
      });
  if (open != frames_.rend()) {
    abandoned = {true, open->range, text_[open->offset]};
  }
  ReportFaults(abandoned.opened);
  current_.root = {};
  current_.broken = true;
  documents_.push_back(std::exchange(current_, {}));
  ForgetCollections();
  return abandoned;
}

}  // namespace writ::manifests
