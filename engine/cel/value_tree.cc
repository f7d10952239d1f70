#include "engine/cel/value_tree.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "engine/cel/base64.h"
#include "engine/cel/time_value.h"

namespace writ::engine::cel {
namespace {

constexpr std::size_t kMaxNodes = 250'000;
constexpr int kMaxLevels = 500;

std::string DoubleText(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  std::array<char, 40> room{};
  const double size = std::fabs(number);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e16);
  const auto written = std::to_chars(
      room.data(), room.data() + room.size(), number,
      plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string text(room.data(), written.ptr);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

// What is no list, map or optional, as a text.
std::string ScalarText(const Value& value) {
  switch (value.kind()) {
    case Kind::kInt:
      return std::to_string(value.AsInt());
    case Kind::kUint:
      return std::to_string(value.AsUint());
    case Kind::kDouble:
      return DoubleText(value.AsDouble());
    case Kind::kString:
    case Kind::kType:
      return std::string(value.text());
    case Kind::kBytes:
      return EncodeBase64(value.text());
    case Kind::kTimestamp:
      return FormatTimestampText(value);
    case Kind::kDuration:
      return FormatDurationText(value.AsDuration());
    case Kind::kOpaque:
      return value.opaque().ToText();
    case Kind::kBool:
      return value.AsBool() ? "true" : "false";
    case Kind::kError:
      return value.error().message;
    case Kind::kNull:
    case Kind::kList:
    case Kind::kMap:
    case Kind::kOptional:
      break;
  }
  return "null";
}

std::string KeyOf(const Value& value) {
  if (value.Is(Kind::kTimestamp)) return "timestamp";
  if (value.Is(Kind::kDuration)) return "duration";
  if (value.Is(Kind::kOptional)) return "optional";
  if (value.Is(Kind::kNull)) return "null";
  return std::string(TypeName(value));
}

enum class Form : std::uint8_t { kTyped, kPlain };

class TreeMaker {
 public:
  explicit TreeMaker(Form form) : form_(form) {}

  Result<writ::Value> Make(const Value& value, int level = 0) {
    if (++nodes_ > kMaxNodes || level > kMaxLevels) {
      return Fail(ErrorCode::kLimit, "the value is too large to print");
    }
    writ::Value tree = TRY(Content(value, level));
    if (form_ == Form::kPlain) return tree;
    writ::Value typed{writ::Value::Map{}};
    typed.Set(KeyOf(value), std::move(tree));
    return typed;
  }

 private:
  Result<writ::Value> Content(const Value& value, int level) {
    switch (value.kind()) {
      case Kind::kNull:
        return writ::Value();
      case Kind::kBool:
        return writ::Value(value.AsBool());
      case Kind::kInt:
        if (form_ == Form::kPlain) return writ::Value(value.AsInt());
        break;
      case Kind::kUint:
        if (form_ == Form::kPlain && value.AsInt() >= 0) {
          return writ::Value(value.AsInt());
        }
        break;
      case Kind::kDouble:
        if (form_ == Form::kPlain && std::isfinite(value.AsDouble())) {
          return writ::Value(value.AsDouble());
        }
        break;
      case Kind::kOptional:
        if (!value.HasValue()) return writ::Value();
        return Make(value.OptionalValue(), level + 1);
      case Kind::kList:
        return List(value, level);
      case Kind::kMap:
        return form_ == Form::kPlain ? Object(value, level)
                                     : Pairs(value, level);
      case Kind::kError:
      case Kind::kString:
      case Kind::kBytes:
      case Kind::kTimestamp:
      case Kind::kDuration:
      case Kind::kType:
      case Kind::kOpaque:
        break;
    }
    return writ::Value(ScalarText(value));
  }

  Result<writ::Value> List(const Value& list, int level) {
    writ::Value::List items;
    for (std::size_t i = 0; i < list.ListSize(); ++i) {
      items.push_back(TRY(Make(list.ListAt(i), level + 1)));
    }
    return writ::Value(std::move(items));
  }

  Result<writ::Value> Pairs(const Value& map, int level) {
    writ::Value::List pairs;
    for (std::size_t i = 0; i < map.MapSize(); ++i) {
      const Value::Entry entry = map.MapAt(i);
      writ::Value::List pair;
      pair.push_back(TRY(Make(entry.key, level + 1)));
      pair.push_back(TRY(Make(entry.value, level + 1)));
      pairs.emplace_back(std::move(pair));
    }
    return writ::Value(std::move(pairs));
  }

  Result<writ::Value> Object(const Value& map, int level) {
    writ::Value::Map entries;
    for (std::size_t i = 0; i < map.MapSize(); ++i) {
      const Value::Entry entry = map.MapAt(i);
      entries.push_back(
          { ScalarText(entry.key), {}, TRY(Make(entry.value, level + 1)) });
    }
    return writ::Value(std::move(entries));
  }

  const Form form_;
  std::size_t nodes_ = 0;
};

tl::unexpected<Error> Unreadable() {
  return Fail(ErrorCode::kInvalidArgument,
              "not a typed value: {\"int\": \"1\"} is one");
}

template <typename Number>
std::optional<Number> ReadNumber(const std::string& text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return number;
}

Result<Value> ReadText(std::string_view kind, const std::string& text) {
  if (kind == "string") return Value::String(text);
  if (kind == "int") {
    if (const auto number = ReadNumber<std::int64_t>(text)) {
      return Value::Int(*number);
    }
  } else if (kind == "uint") {
    if (const auto number = ReadNumber<std::uint64_t>(text)) {
      return Value::Uint(*number);
    }
  } else if (kind == "double") {
    if (const auto number = ReadNumber<double>(text)) {
      return Value::Double(*number);
    }
  } else if (kind == "bytes") {
    if (const auto bytes = DecodeBase64(text)) return Value::Bytes(*bytes);
  } else if (kind == "timestamp" || kind == "duration") {
    Value time = kind == "timestamp" ? ParseTimestampText(text)
                                     : ParseDurationText(text);
    if (!time.IsError()) return time;
  } else if (kind == "type") {
    return Value::TypeCopied(text);
  }
  return Unreadable();
}

Result<Value> Read(const writ::Value& tree, int level);

Result<Value> ReadList(const writ::Value::List& list, int level) {
  std::vector<Value> items;
  for (const writ::Value& item : list) {
    items.push_back(TRY(Read(item, level + 1)));
  }
  return Value::List(std::move(items));
}

Result<Value> ReadMap(const writ::Value::List& pairs, int level) {
  MapBuilder map;
  for (const writ::Value& pair : pairs) {
    if (!pair.IsList() || pair.AsList().size() != 2) return Unreadable();
    Value key = TRY(Read(pair.AsList()[0], level + 1));
    Value value = TRY(Read(pair.AsList()[1], level + 1));
    if (map.Insert(std::move(key), std::move(value)) !=
        MapBuilder::Outcome::kInserted) {
      return Unreadable();
    }
  }
  return map.Build();
}

Result<Value> Read(const writ::Value& tree, int level) {
  if (level > kMaxLevels || !tree.IsMap() || tree.AsMap().size() != 1) {
    return Unreadable();
  }
  const std::string& kind = tree.AsMap()[0].key;
  const writ::Value& content = tree.AsMap()[0].value;
  if (kind == "null" && content.IsNull()) return Value::Null();
  if (kind == "bool" && content.IsBoolean()) {
    return Value::Bool(content.AsBoolean());
  }
  if (kind == "list" && content.IsList()) {
    return ReadList(content.AsList(), level);
  }
  if (kind == "map" && content.IsList()) {
    return ReadMap(content.AsList(), level);
  }
  if (kind == "optional") {
    if (content.IsNull()) return Value::OptionalNone();
    return Value::OptionalOf(TRY(Read(content, level + 1)));
  }
  if (content.IsString()) return ReadText(kind, content.AsString());
  return Unreadable();
}

}  // namespace

Result<writ::Value> ToTypedTree(const Value& value) {
  return TreeMaker(Form::kTyped).Make(value);
}

Result<writ::Value> ToPlainTree(const Value& value) {
  return TreeMaker(Form::kPlain).Make(value);
}

Result<Value> FromTypedTree(const writ::Value& tree) { return Read(tree, 0); }

}  // namespace writ::engine::cel
