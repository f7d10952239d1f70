#include "engine/policy/value_text.h"

#include <chrono>
#include <cstdint>

#include "engine/cel/scalar_text.h"
#include "engine/cel/time_value.h"
#include "schema/json.h"
#include "schema/time.h"
#include "schema/utf8.h"

namespace writ::engine {
namespace {

using cel::Kind;

// How deep lists and maps are looked into.
constexpr int kMaxDepth = 8;

std::string_view Front(std::string_view text, std::size_t bytes) {
  std::size_t end = 0;
  while (end < text.size() && end < bytes) end += DecodeUtf8(text, end).size;
  return text.substr(0, end);
}

class Writer {
 public:
  explicit Writer(std::size_t limit) : limit_(limit) {}

  void Write(const cel::Value& value, int depth) {
    if (Full()) return;
    switch (value.kind()) {
      case Kind::kError:
        text_ += "error: " + value.error().message;
        return;
      case Kind::kNull:
        text_ += "null";
        return;
      case Kind::kBool:
        text_ += value.AsBool() ? "true" : "false";
        return;
      case Kind::kInt:
        cel::AppendInt(value.AsInt(), 10, text_);
        return;
      case Kind::kUint:
        cel::AppendUint(value.AsUint(), 10, text_);
        return;
      case Kind::kDouble:
        cel::AppendShortest(value.AsDouble(), text_);
        return;
      case Kind::kString:
        WriteString(value.text());
        return;
      case Kind::kBytes:
        text_ += std::to_string(value.text().size()) + " bytes";
        return;
      case Kind::kTimestamp:
        text_ += cel::FormatTimestampText(value);
        return;
      case Kind::kDuration:
        WriteDuration(value.AsDuration());
        return;
      case Kind::kType:
        text_ += value.text();
        return;
      case Kind::kOpaque:
        text_ += value.opaque().ToText();
        return;
      case Kind::kOptional:
        WriteOptional(value, depth);
        return;
      case Kind::kList:
        WriteList(value, depth);
        return;
      case Kind::kMap:
        WriteMap(value, depth);
        return;
    }
  }

  std::string Take() {
    if (text_.size() <= limit_) return std::move(text_);
    return std::string(Front(text_, limit_)) + "…";
  }

 private:
  bool Full() const { return text_.size() > limit_; }

  void WriteString(std::string_view text) {
    text_ += QuoteJson(Front(text, limit_ + 1));
  }

  void WriteDuration(std::int64_t nanoseconds) {
    constexpr std::int64_t kMillisecond = 1'000'000;
    if (nanoseconds < 0 || nanoseconds % kMillisecond != 0) {
      text_ += cel::FormatDurationText(nanoseconds);
    } else {
      text_ += FormatDuration(Duration(nanoseconds / kMillisecond));
    }
  }

  void WriteOptional(const cel::Value& value, int depth) {
    if (!value.HasValue()) {
      text_ += "optional.none()";
      return;
    }
    text_ += "optional.of(";
    Write(value.OptionalValue(), depth + 1);
    text_ += ")";
  }

  void WriteList(const cel::Value& list, int depth) {
    text_ += "[";
    for (std::size_t i = 0; i < list.ListSize() && !Full(); ++i) {
      if (i > 0) text_ += ", ";
      if (depth == kMaxDepth) {
        text_ += "…";
        break;
      }
      Write(list.ListAt(i), depth + 1);
    }
    text_ += "]";
  }

  void WriteMap(const cel::Value& map, int depth) {
    text_ += "{";
    for (std::size_t i = 0; i < map.MapSize() && !Full(); ++i) {
      if (i > 0) text_ += ", ";
      if (depth == kMaxDepth) {
        text_ += "…";
        break;
      }
      const cel::Value::Entry entry = map.MapAt(i);
      Write(entry.key, depth + 1);
      text_ += ": ";
      Write(entry.value, depth + 1);
    }
    text_ += "}";
  }

  const std::size_t limit_;
  std::string text_;
};

}  // namespace

std::string ValueText(const cel::Value& value, std::size_t limit) {
  Writer writer(limit);
  writer.Write(value, 0);
  return writer.Take();
}

}  // namespace writ::engine
