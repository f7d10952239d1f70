#include "schema/event/json_tree.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include "schema/check.h"
#include "schema/json.h"
#include "schema/json_plain.h"

namespace writ {
namespace {

constexpr std::size_t kNumberSize = 32;
// What simdjson counts as a level differs by version: ours is checked here.
constexpr std::size_t kSpareLevels = 4;

template <typename Number>
void AppendNumber(Number number, std::string& out) {
  std::array<char, kNumberSize> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end.ptr);
}

// simdjson has seen that it is UTF-8.
bool IsPlain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

void AppendString(std::string_view text, std::string& out) {
  const auto beyond = text.substr(PlainPrefix(text));
  if (!std::all_of(beyond.begin(), beyond.end(), IsPlain)) {
    AppendQuotedJson(text, out);
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

// One of 64, the same for the same key.
unsigned MarkOf(std::string_view key) {
  if (key.empty()) return 0;
  const auto first = static_cast<unsigned char>(key.front());
  const auto last = static_cast<unsigned char>(key.back());
  return (static_cast<unsigned>(key.size()) * 5U + first * 3U + last * 11U) %
         64U;
}

// A key that stands twice; reorders many.
std::vector<std::string_view>::iterator FindRepeated(
    std::vector<std::string_view>& keys) {
  constexpr std::size_t kFew = 12;
  if (keys.size() > kFew) {
    std::sort(keys.begin(), keys.end());
    return std::adjacent_find(keys.begin(), keys.end());
  }
  for (auto at = keys.begin(); at != keys.end(); ++at) {
    if (std::find(keys.begin(), at, *at) != at) return at;
  }
  return keys.end();
}

bool IsScalar(const simdjson::dom::element& element) {
  return !element.is_array() && !element.is_object();
}

}  // namespace

double JsonNode::AsDouble() const {
  switch (type) {
    case JsonType::kInteger:
      return static_cast<double>(integer);
    case JsonType::kUnsigned:
      return static_cast<double>(whole);
    case JsonType::kNumber:
      return number;
    case JsonType::kNull:
    case JsonType::kBoolean:
    case JsonType::kString:
    case JsonType::kArray:
    case JsonType::kObject:
      break;
  }
  CHECK(false);
  return 0;
}

std::uint32_t FindMember(const JsonTree& tree, std::uint32_t object,
                         std::string_view key) {
  if (tree[object].type != JsonType::kObject) return 0;
  for (std::uint32_t at = object + 1; at < tree[object].end;
       at = tree[at].end) {
    if (tree[at].key == key) return at;
  }
  return 0;
}

void AppendJson(const JsonTree& tree, std::uint32_t node, std::string& out) {
  const JsonNode& value = tree[node];
  switch (value.type) {
    case JsonType::kNull:
      out += "null";
      return;
    case JsonType::kBoolean:
      out += value.boolean ? "true" : "false";
      return;
    case JsonType::kInteger:
      return AppendNumber(value.integer, out);
    case JsonType::kUnsigned:
      return AppendNumber(value.whole, out);
    case JsonType::kNumber:
      return AppendNumber(value.number, out);
    case JsonType::kString:
      return AppendString(value.text, out);
    case JsonType::kArray:
    case JsonType::kObject:
      break;
  }
  const bool object = value.type == JsonType::kObject;
  out += object ? '{' : '[';
  for (std::uint32_t at = node + 1; at < value.end; at = tree[at].end) {
    if (at != node + 1) out += ',';
    if (object) {
      AppendString(tree[at].key, out);
      out += ':';
    }
    AppendJson(tree, at, out);
  }
  out += object ? '}' : ']';
}

void AppendPointer(std::string_view key, std::string& pointer) {
  pointer += '/';
  for (const char c : key) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

struct JsonReader::Parts {
  explicit Parts(JsonLimits given) : limits(given) {}

  bool Parse(std::string_view text);
  bool Add(const simdjson::dom::element& element, std::string_view key,
           int depth);
  bool AddArray(const simdjson::dom::array& array, int depth);
  bool AddObject(const simdjson::dom::object& object, int depth);
  bool AddScalar(const simdjson::dom::element& element, JsonNode& node);
  bool HoldsKeysOnce(std::uint32_t object);
  bool Refuse(std::string code, std::string message);
  bool RefuseDepth();
  bool RefuseSyntax(simdjson::error_code error);

  JsonLimits limits;
  simdjson::dom::parser parser;
  std::vector<char> padded;
  JsonTree tree;
  int deepest = 0;
  std::vector<std::string_view> keys;
  JsonProblem problem;
};

bool JsonReader::Parts::Refuse(std::string code, std::string message) {
  problem = JsonProblem{std::move(code), std::move(message)};
  return false;
}

bool JsonReader::Parts::RefuseDepth() {
  return Refuse("depth_limit", "more than " + std::to_string(limits.depth) +
                                   " levels are nested");
}

bool JsonReader::Parts::RefuseSyntax(simdjson::error_code error) {
  if (error == simdjson::DEPTH_ERROR) return RefuseDepth();
  if (error == simdjson::EMPTY) {
    return Refuse("invalid_json", "there is no JSON in it");
  }
  if (error == simdjson::UTF8_ERROR) {
    return Refuse("invalid_json", "it is not valid UTF-8");
  }
  if (error == simdjson::NUMBER_ERROR ||
      error == simdjson::NUMBER_OUT_OF_RANGE) {
    return Refuse("invalid_json",
                  "a number is malformed, or beyond 64 bits or a double");
  }
  return Refuse("invalid_json", "it is not JSON");
}

bool JsonReader::Parts::Parse(std::string_view text) {
  tree.clear();
  deepest = 0;
  if (text.size() > limits.bytes) {
    return Refuse("body_limit", "it is larger than " +
                                    std::to_string(limits.bytes) + " bytes");
  }
  // A byte order mark would be skipped: RFC 8259 lets nobody send one.
  if (text.starts_with("\xef\xbb\xbf")) {
    return Refuse("invalid_json", "it begins with a byte order mark");
  }
  // simdjson reads beyond the end.
  padded.resize(
      std::max(padded.size(), text.size() + simdjson::SIMDJSON_PADDING));
  std::memcpy(padded.data(), text.data(), text.size());
  std::memset(padded.data() + text.size(), 0, simdjson::SIMDJSON_PADDING);
  if (parser.capacity() < text.size()) {
    const auto room =
        parser.allocate(std::max<std::size_t>(text.size(), 4096),
                        static_cast<std::size_t>(limits.depth) + kSpareLevels);
    if (room != simdjson::SUCCESS) {
      return Refuse("invalid_json", "there is no memory for it");
    }
  }
  simdjson::dom::element root;
  const auto error = parser.parse(padded.data(), text.size(), false).get(root);
  if (error != simdjson::SUCCESS) return RefuseSyntax(error);
  return Add(root, {}, 1);
}

bool JsonReader::Parts::AddScalar(const simdjson::dom::element& element,
                                  JsonNode& node) {
  switch (element.type()) {
    case simdjson::dom::element_type::NULL_VALUE:
      return true;
    case simdjson::dom::element_type::BOOL:
      node.type = JsonType::kBoolean;
      return element.get(node.boolean) == simdjson::SUCCESS;
    case simdjson::dom::element_type::INT64:
      node.type = JsonType::kInteger;
      return element.get(node.integer) == simdjson::SUCCESS;
    case simdjson::dom::element_type::UINT64:
      node.type = JsonType::kUnsigned;
      return element.get(node.whole) == simdjson::SUCCESS;
    case simdjson::dom::element_type::DOUBLE:
      node.type = JsonType::kNumber;
      return element.get(node.number) == simdjson::SUCCESS;
    case simdjson::dom::element_type::STRING:
      node.type = JsonType::kString;
      return element.get(node.text) == simdjson::SUCCESS;
    case simdjson::dom::element_type::ARRAY:
    case simdjson::dom::element_type::OBJECT:
      break;
  }
  return false;
}

bool JsonReader::Parts::Add(const simdjson::dom::element& element,
                            std::string_view key, int depth) {
  if (tree.size() >= limits.values) {
    return Refuse(
        "values_limit",
        "it holds more than " + std::to_string(limits.values) + " values");
  }
  if (depth > limits.depth && !IsScalar(element)) return RefuseDepth();
  const auto index = tree.size();
  tree.emplace_back().key = key;
  bool added = false;
  if (simdjson::dom::object object; !element.get(object)) {
    tree[index].type = JsonType::kObject;
    deepest = std::max(deepest, depth);
    added = AddObject(object, depth) &&
            HoldsKeysOnce(static_cast<std::uint32_t>(index));
  } else if (simdjson::dom::array array; !element.get(array)) {
    tree[index].type = JsonType::kArray;
    deepest = std::max(deepest, depth);
    added = AddArray(array, depth);
  } else {
    added = AddScalar(element, tree[index]);
  }
  tree[index].end = static_cast<std::uint32_t>(tree.size());
  return added;
}

bool JsonReader::Parts::AddArray(const simdjson::dom::array& array, int depth) {
  for (const simdjson::dom::element item : array) {
    if (!Add(item, {}, depth + 1)) return false;
  }
  return true;
}

bool JsonReader::Parts::AddObject(const simdjson::dom::object& object,
                                  int depth) {
  for (const simdjson::dom::key_value_pair member : object) {
    if (member.key.size() > limits.key_bytes) {
      return Refuse("key_limit", "a key is longer than " +
                                     std::to_string(limits.key_bytes) +
                                     " bytes");
    }
    if (!Add(member.value, member.key, depth + 1)) return false;
  }
  return true;
}

bool JsonReader::Parts::HoldsKeysOnce(std::uint32_t object) {
  keys.clear();
  std::uint64_t marks = 0;
  bool may_repeat = false;
  const auto size = static_cast<std::uint32_t>(tree.size());
  for (std::uint32_t at = object + 1; at < size; at = tree[at].end) {
    const std::string_view key = tree[at].key;
    keys.push_back(key);
    const std::uint64_t mark = std::uint64_t{1} << MarkOf(key);
    may_repeat = may_repeat || (marks & mark) != 0;
    marks |= mark;
  }
  if (!may_repeat) return true;
  const auto twice = FindRepeated(keys);
  if (twice == keys.end()) return true;
  return Refuse("duplicate_key",
                "the key " + QuoteJson(*twice) + " stands twice in an object");
}

JsonReader::JsonReader(JsonLimits limits)
    : parts_(std::make_unique<Parts>(limits)) {}
JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;

const JsonTree* JsonReader::Read(std::string_view text) {
  return parts_->Parse(text) ? &parts_->tree : nullptr;
}

int JsonReader::depth() const { return parts_->deepest; }

const JsonProblem& JsonReader::problem() const { return parts_->problem; }

}  // namespace writ
