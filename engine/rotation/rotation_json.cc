#include "engine/rotation/rotation_json.h"

#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "engine/rotation/names.h"
#include "engine/rotation/record_fields.h"

namespace writ::engine::rotation {
namespace {

using Entered = std::array<std::optional<Timestamp>, kPhases>;

Value Write(const std::string& text) { return text; }
Value Write(bool flag) { return flag; }
Value Write(int number) { return number; }
Value Write(Duration duration) { return FormatDuration(duration); }
Value Write(Timestamp at) { return FormatTimestamp(at); }

template <typename Enum>
requires std::is_enum_v<Enum> Value Write(Enum value) { return Name(value); }

// A phase that was never entered isn't listed.
Value Write(const Entered& entered) {
  Value value(Value::Map{});
  for (std::size_t i = 0; i < kPhases; ++i) {
    if (entered[i]) value.Set(Name(Phase(i)), FormatTimestamp(*entered[i]));
  }
  return value;
}

template <typename Record>
requires std::is_class_v<Record> Value Write(Record record);

template <typename Item>
Value Write(const std::vector<Item>& items) {
  Value::List list;
  for (const Item& item : items) list.push_back(Write(item));
  return list;
}

class Writer {
 public:
  explicit Writer(Value& value) : value_(value) {}

  template <typename T>
  void operator()(std::string_view name, const T& field) {
    value_.Set(name, Write(field));
  }
  template <typename T>
  void operator()(std::string_view name, const std::optional<T>& field) {
    if (field) value_.Set(name, Write(*field));
  }

 private:
  Value& value_;
};

template <typename Record>
requires std::is_class_v<Record> Value Write(Record record) {
  Value value(Value::Map{});
  Writer writer(value);
  Fields(writer, record);
  return value;
}

// Reads members, and remembers the first that isn't what it should be.
class Reader {
 public:
  Reader(const Value& value, Status& status) : value_(value), status_(status) {}

  template <typename T>
  void operator()(std::string_view name, T& field) {
    const Value* value = value_.Find(name);
    if (value == nullptr || !status_) return;
    if (Read(*value, field) || !status_) return;
    status_ = Fail(ErrorCode::kCorrupt,
                   "a rotation's " + std::string(name) + " can't be read");
  }

 private:
  static bool Read(const Value& value, std::string& text) {
    if (!value.IsString()) return false;
    text = value.AsString();
    return true;
  }
  static bool Read(const Value& value, bool& flag) {
    if (!value.IsBoolean()) return false;
    flag = value.AsBoolean();
    return true;
  }
  static bool Read(const Value& value, int& number) {
    if (!value.IsInteger() || value.AsInteger() < 0 ||
        value.AsInteger() > std::numeric_limits<int>::max()) {
      return false;
    }
    number = static_cast<int>(value.AsInteger());
    return true;
  }
  static bool Read(const Value& value, Duration& duration) {
    if (!value.IsString()) return false;
    const auto parsed = ParseDuration(value.AsString());
    if (parsed) duration = *parsed;
    return parsed.has_value();
  }
  static bool Read(const Value& value, Timestamp& at) {
    if (!value.IsString()) return false;
    const auto parsed = ParseTimestamp(value.AsString());
    if (parsed) at = *parsed;
    return parsed.has_value();
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  bool Read(const Value& value, Enum& field) {
    if (!value.IsString()) return false;
    const auto parsed = ParseName<Enum>(value.AsString());
    if (parsed) {
      field = *parsed;
    } else {
      status_ = Fail(ErrorCode::kUnsupported,
                     "a rotation says \"" + value.AsString() +
                         "\", which this version doesn't know",
                     "use the version of writ that wrote it");
    }
    return parsed.has_value();
  }
  bool Read(const Value& value, Entered& entered) {
    if (!value.IsMap()) return false;
    for (const Value::Entry& entry : value.AsMap()) {
      Phase phase{};
      Timestamp at;
      if (!Read(Value(entry.key), phase) || !Read(entry.value, at)) {
        return false;
      }
      entered[static_cast<std::size_t>(phase)] = at;
    }
    return true;
  }
  template <typename T>
  bool Read(const Value& value, std::optional<T>& field) {
    field.emplace();
    return Read(value, *field);
  }
  template <typename Item>
  bool Read(const Value& value, std::vector<Item>& items) {
    if (!value.IsList()) return false;
    for (const Value& member : value.AsList()) {
      if (!Read(member, items.emplace_back())) return false;
    }
    return true;
  }
  template <typename Record>
  requires std::is_class_v<Record>
  bool Read(const Value& value, Record& record) {
    if (!value.IsMap()) return false;
    Reader reader(value, status_);
    Fields(reader, record);
    return status_.has_value();
  }

  const Value& value_;
  Status& status_;
};

// What every function of the engine takes for granted.
bool IsSound(const Rotation& rotation) {
  for (const Target& target : rotation.targets) {
    if (NewFor(rotation, target) == nullptr) return false;
  }
  const Terms& terms = rotation.terms;
  return terms.max_in_flight > 0 && terms.per_attempt > 0 &&
         terms.per_cycle > 0;
}

}  // namespace

Value ToJson(const Rotation& rotation) {
  Rotation copy = rotation;  // fields are named once, for reading too
  Value value(Value::Map{});
  value.Set("version", kRecordVersion);
  Writer writer(value);
  Fields(writer, copy);
  return value;
}

Result<Rotation> FromJson(const Value& value) {
  const Value* version = value.Find("version");
  if (version == nullptr || !version->IsInteger()) {
    return Fail(ErrorCode::kCorrupt, "this is no rotation");
  }
  if (version->AsInteger() > kRecordVersion) {
    return Fail(ErrorCode::kUnsupported,
                "the rotation was written by a newer version of writ",
                "use that version to go on with it");
  }
  Rotation rotation;
  Status status;
  Reader reader(value, status);
  Fields(reader, rotation);
  TRY(std::move(status));
  if (!IsSound(rotation)) {
    return Fail(ErrorCode::kCorrupt, "a rotation's parts don't fit together");
  }
  return rotation;
}

}  // namespace writ::engine::rotation
