// A tree of plain data, as read from YAML or JSON: null, boolean, integer,
// number, string, list, map. Every node knows the place it was written at, so
// that what is decided about it can point there; positions take no part in
// comparison. Maps keep the order in which keys were written and hold each key
// once; canonical order is made when a tree is printed (schema/json.h).
//
// A value owns its tree. Const access is safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "schema/diagnostic.h"

namespace writ {

class Value {
 public:
  struct Entry;
  using List = std::vector<Value>;
  using Map = std::vector<Entry>;
  // The order is that of the variant below.
  enum class Type : std::uint8_t {
    kNull,
    kBoolean,
    kInteger,
    kNumber,
    kString,
    kList,
    kMap,
  };

  Value() = default;
  // Not explicit, so that trees can be written down as literals.
  Value(bool value);              // NOLINT
  Value(std::int64_t value);      // NOLINT
  Value(int value);               // NOLINT
  Value(double value);            // NOLINT
  Value(std::string value);       // NOLINT
  Value(std::string_view value);  // NOLINT
  Value(const char* value);       // NOLINT
  Value(List value);              // NOLINT
  Value(Map value);               // NOLINT

  Type type() const { return static_cast<Type>(data_.index()); }
  bool IsNull() const { return type() == Type::kNull; }
  bool IsBoolean() const { return type() == Type::kBoolean; }
  bool IsInteger() const { return type() == Type::kInteger; }
  bool IsNumber() const { return type() == Type::kNumber; }
  bool IsString() const { return type() == Type::kString; }
  bool IsList() const { return type() == Type::kList; }
  bool IsMap() const { return type() == Type::kMap; }

  // REQUIRES: the type asked for.
  bool AsBoolean() const { return std::get<bool>(data_); }
  std::int64_t AsInteger() const { return std::get<std::int64_t>(data_); }
  double AsNumber() const { return std::get<double>(data_); }
  const std::string& AsString() const { return std::get<std::string>(data_); }
  const List& AsList() const { return std::get<List>(data_); }
  const Map& AsMap() const { return std::get<Map>(data_); }
  std::string& MutableString() { return std::get<std::string>(data_); }
  List& MutableList() { return std::get<List>(data_); }
  Map& MutableMap() { return std::get<Map>(data_); }

  // The value at `key`, or null where this is no map or lacks the key.
  const Value* Find(std::string_view key) const;
  Value* Find(std::string_view key);
  // Follows keys separated by dots: "spec.app".
  const Value* FindPath(std::string_view dotted) const;
  // The text at `key`, or empty where there is none.
  std::string_view FindString(std::string_view key) const;

  // Sets `key`, in place where it is there, at the end where not. Makes a null
  // a map. REQUIRES: null or a map.
  Value& Set(std::string_view key, Value value);
  bool Erase(std::string_view key);

  const SourceRange& range() const { return range_; }
  void set_range(SourceRange range) { range_ = range; }

  // Same data: maps in any order, 1 and 1.0 are not the same.
  friend bool operator==(const Value& a, const Value& b);

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List,
               Map>
      data_;
  SourceRange range_;
};

struct Value::Entry {
  std::string key;
  SourceRange key_range;
  Value value;

  friend bool operator==(const Entry& a, const Entry& b) {
    return a.key == b.key && a.value == b.value;
  }
};

// Down here, where an entry is complete: clang wants that.
inline Value::Value(bool value) : data_(value) {}
inline Value::Value(std::int64_t value) : data_(value) {}
inline Value::Value(int value) : data_(std::int64_t{value}) {}
inline Value::Value(double value) : data_(value) {}
inline Value::Value(std::string value) : data_(std::move(value)) {}
inline Value::Value(std::string_view value) : data_(std::string(value)) {}
inline Value::Value(const char* value) : data_(std::string(value)) {}
inline Value::Value(List value) : data_(std::move(value)) {}
inline Value::Value(Map value) : data_(std::move(value)) {}

// "a string", "a list": for messages.
std::string_view Describe(Value::Type type);

}  // namespace writ
