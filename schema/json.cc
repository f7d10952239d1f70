// The only user of nlohmann/json. It reads; the printing is by hand, because
// canonical text is made of every resource of every plan.
#include "schema/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <exception>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "schema/json_plain.h"
#include "schema/utf8.h"

namespace writ {
namespace {

constexpr std::size_t kMaxDepth = 64;

void AppendControl(char c, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out.append("\\u00");
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

void AppendQuoted(std::string_view text, std::string& out) {
  out += '"';
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t plain = PlainPrefix(text.substr(at));
    out.append(text.substr(at, plain));
    at += plain;
    if (at == text.size()) break;
    const CodePoint point = DecodeUtf8(text, at);
    if (!point.valid) {
      out.append("\xef\xbf\xbd");  // U+FFFD
    } else if (point.size > 1) {
      out.append(text.substr(at, point.size));
    } else if (text[at] == '"' || text[at] == '\\') {
      out += '\\';
      out += text[at];
    } else {
      AppendControl(text[at], out);
    }
    at += point.size;
  }
  out += '"';
}

void AppendUnit(std::uint32_t unit, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out.append("\\u");
  for (std::uint32_t shift = 16; shift > 0; shift -= 4) {
    out += kDigits[(unit >> (shift - 4)) & 15U];
  }
}

// Of printed JSON, where only texts hold anything beyond ASCII. A terminal
// shows it too: what reverses or hides text is written as \uxxxx (T-17).
std::string WithoutInvisible(std::string text) {
  const auto is_beyond_ascii = [](char c) {
    return static_cast<unsigned char>(c) >= 0x80;
  };
  if (std::none_of(text.begin(), text.end(), is_beyond_ascii)) return text;
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = DecodeUtf8(text, at);
    const auto value = static_cast<std::uint32_t>(point.value);
    if (point.size == 1 || !IsInvisible(point.value)) {
      out.append(text, at, point.size);
    } else if (value < 0x10000U) {
      AppendUnit(value, out);
    } else {
      AppendUnit(0xd7c0U + (value >> 10U), out);
      AppendUnit(0xdc00U + (value & 0x3ffU), out);
    }
    at += point.size;
  }
  return out;
}

void AppendInteger(std::int64_t value, std::string& out) {
  std::array<char, 24> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  out.append(buffer.data(), end);
}

void AppendNumber(double value, std::string& out) {
  if (!std::isfinite(value)) {
    out.append("null");
    return;
  }
  std::array<char, 32> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  const std::string_view text(buffer.data(),
                              static_cast<std::size_t>(end - buffer.data()));
  out.append(text);
  // Without a point or an exponent it would be read back as an integer.
  if (text.find_first_of(".e") == std::string_view::npos) out.append(".0");
}

enum class KeyOrder { kAsWritten, kSorted };

// One line, in either order of keys.
class LinePrinter {
 public:
  LinePrinter(KeyOrder order, std::string& out) : order_(order), out_(out) {}

  void Print(const Value& value) {
    switch (value.type()) {
      case Value::Type::kNull:
        out_.append("null");
        break;
      case Value::Type::kBoolean:
        out_.append(value.AsBoolean() ? "true" : "false");
        break;
      case Value::Type::kInteger:
        AppendInteger(value.AsInteger(), out_);
        break;
      case Value::Type::kNumber:
        AppendNumber(value.AsNumber(), out_);
        break;
      case Value::Type::kString:
        AppendQuoted(value.AsString(), out_);
        break;
      case Value::Type::kList:
        PrintList(value.AsList());
        break;
      case Value::Type::kMap:
        PrintMap(value.AsMap());
        break;
    }
  }

 private:
  void PrintList(const Value::List& list) {
    out_ += '[';
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i > 0) out_ += ',';
      Print(list[i]);
    }
    out_ += ']';
  }

  void PrintEntry(const Value::Entry& entry) {
    AppendQuoted(entry.key, out_);
    out_ += ':';
    Print(entry.value);
  }

  void PrintMap(const Value::Map& map) {
    const auto by_key = [](const Value::Entry& a, const Value::Entry& b) {
      return a.key < b.key;
    };
    out_ += '{';
    if (order_ == KeyOrder::kAsWritten ||
        std::is_sorted(map.begin(), map.end(), by_key)) {
      for (std::size_t i = 0; i < map.size(); ++i) {
        if (i > 0) out_ += ',';
        PrintEntry(map[i]);
      }
    } else {
      PrintSorted(map);
    }
    out_ += '}';
  }

  void PrintSorted(const Value::Map& map) {
    std::vector<const Value::Entry*> sorted;
    sorted.reserve(map.size());
    for (const Value::Entry& entry : map) sorted.push_back(&entry);
    std::sort(sorted.begin(), sorted.end(),
              [](const auto* a, const auto* b) { return a->key < b->key; });
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      if (i > 0) out_ += ',';
      PrintEntry(*sorted[i]);
    }
  }

  KeyOrder order_;
  std::string& out_;
};

void StartLine(int level, std::string& out) {
  out += '\n';
  out.append(static_cast<std::size_t>(2 * level), ' ');
}

void PrintPretty(const Value& value, int level, std::string& out) {
  if (value.IsList() && !value.AsList().empty()) {
    out += '[';
    std::string_view separator;
    for (const Value& item : value.AsList()) {
      out.append(separator);
      StartLine(level + 1, out);
      PrintPretty(item, level + 1, out);
      separator = ",";
    }
    StartLine(level, out);
    out += ']';
  } else if (value.IsMap() && !value.AsMap().empty()) {
    out += '{';
    std::string_view separator;
    for (const Value::Entry& entry : value.AsMap()) {
      out.append(separator);
      StartLine(level + 1, out);
      AppendQuoted(entry.key, out);
      out.append(": ");
      PrintPretty(entry.value, level + 1, out);
      separator = ",";
    }
    StartLine(level, out);
    out += '}';
  } else {
    LinePrinter(KeyOrder::kAsWritten, out).Print(value);
  }
}

// Hands characters to the parser and remembers how far it has read, since
// events carry no position.
class Cursor {
 public:
  using difference_type = std::ptrdiff_t;
  using value_type = char;
  using pointer = const char*;
  using reference = const char&;
  using iterator_category = std::input_iterator_tag;

  Cursor(const char* at, std::size_t* read) : at_(at), read_(read) {}

  reference operator*() const { return *at_; }
  Cursor& operator++() {
    ++at_;
    ++*read_;
    return *this;
  }
  friend bool operator==(const Cursor& a, const Cursor& b) {
    return a.at_ == b.at_;
  }
  friend bool operator!=(const Cursor& a, const Cursor& b) { return !(a == b); }

 private:
  const char* at_;
  std::size_t* read_;
};

const std::string* FindRepeatedKey(const Value::Map& map) {
  constexpr std::size_t kSmall = 12;
  if (map.size() <= kSmall) {
    for (std::size_t i = 1; i < map.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (map[i].key == map[j].key) return &map[i].key;
      }
    }
    return nullptr;
  }
  std::vector<const std::string*> keys;
  keys.reserve(map.size());
  for (const Value::Entry& entry : map) keys.push_back(&entry.key);
  std::sort(keys.begin(), keys.end(),
            [](const auto* a, const auto* b) { return *a < *b; });
  const auto repeated =
      std::adjacent_find(keys.begin(), keys.end(),
                         [](const auto* a, const auto* b) { return *a == *b; });
  return repeated == keys.end() ? nullptr : *repeated;
}

// Builds the tree from the parser's events; an event returns false to stop.
class TreeBuilder {
 public:
  explicit TreeBuilder(const std::size_t& read) : read_(read) {}

  bool null() { return Put(Value()); }
  bool boolean(bool value) { return Put(Value(value)); }
  bool number_integer(std::int64_t value) { return Put(Value(value)); }
  bool number_unsigned(std::uint64_t value) {
    constexpr std::uint64_t kLargest = INT64_MAX;
    return value > kLargest ? Put(Value(static_cast<double>(value)))
                            : Put(Value(static_cast<std::int64_t>(value)));
  }
  bool number_float(double value, const std::string& /*text*/) {
    return Put(Value(value));
  }
  bool string(std::string& value) { return Put(Value(std::move(value))); }
  bool binary(nlohmann::json::binary_t& /*value*/) {
    return Stop("bytes are not JSON");
  }

  bool start_object(std::size_t /*size*/) { return Open(Value(Value::Map{})); }
  bool key(std::string& key) {
    open_.back().MutableMap().push_back(
        Value::Entry{std::move(key), {}, Value()});
    return true;
  }
  bool end_object() {
    if (const std::string* key = FindRepeatedKey(open_.back().AsMap())) {
      return Stop("an object has the key " + QuoteJson(*key) + " twice");
    }
    return Close();
  }
  bool start_array(std::size_t /*size*/) { return Open(Value(Value::List{})); }
  bool end_array() { return Close(); }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::json::exception& problem) {
    // Its text repeats what was read, which may be a secret: the id suffices.
    constexpr int kOutOfRange = 406;
    return Stop(problem.id == kOutOfRange ? "a number is too large"
                                          : "the text is not JSON");
  }

  Value TakeRoot() { return std::move(root_); }
  const std::string& problem() const { return problem_; }

 private:
  bool Put(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().IsList()) {
      open_.back().MutableList().push_back(std::move(value));
    } else {
      open_.back().MutableMap().back().value = std::move(value);
    }
    return true;
  }

  bool Open(Value value) {
    if (open_.size() == kMaxDepth) {
      return Stop("more than " + std::to_string(kMaxDepth) + " levels");
    }
    open_.push_back(std::move(value));
    return true;
  }

  bool Close() {
    Value value = std::move(open_.back());
    open_.pop_back();
    return Put(std::move(value));
  }

  bool Stop(std::string what) {
    problem_ = std::move(what) + " (byte " + std::to_string(read_) + ")";
    return false;
  }

  const std::size_t& read_;
  std::vector<Value> open_;
  Value root_;
  std::string problem_;
};

}  // namespace

std::string CanonicalJson(const Value& value) {
  std::string text;
  AppendCanonicalJson(value, text);
  return text;
}

void AppendCanonicalJson(const Value& value, std::string& out) {
  LinePrinter(KeyOrder::kSorted, out).Print(value);
}

std::string PrettyJson(const Value& value, int indent) {
  std::string text;
  PrintPretty(value, indent, text);
  return WithoutInvisible(std::move(text));
}

std::string CompactJson(const Value& value) {
  std::string text;
  LinePrinter(KeyOrder::kAsWritten, text).Print(value);
  return text;
}

std::string QuoteJson(std::string_view text) {
  std::string quoted;
  quoted.reserve(text.size() + 2);
  AppendQuoted(text, quoted);
  return quoted;
}

void AppendQuotedJson(std::string_view text, std::string& out) {
  AppendQuoted(text, out);
}

Result<Value> ParseJson(std::string_view text) {
  // The parser takes a zero byte for the end of the text.
  if (const std::size_t zero = text.find('\0');
      zero != std::string_view::npos) {
    return Fail(ErrorCode::kCorrupt, "the text holds a zero byte (byte " +
                                         std::to_string(zero) + ")");
  }
  std::size_t read = 0;
  TreeBuilder builder(read);
  try {
    const Cursor first(text.data(), &read);
    const Cursor last(text.data() + text.size(), &read);
    if (!nlohmann::json::sax_parse(first, last, &builder)) {
      return Fail(ErrorCode::kCorrupt, builder.problem());
    }
  } catch (const std::exception&) {
    return Fail(ErrorCode::kInternal,
                "the JSON parser gave up (byte " + std::to_string(read) + ")");
  }
  return builder.TakeRoot();
}

}  // namespace writ
