// A dynamic value of the Common Expression Language in 16 bytes. Scalars,
// timestamps and durations lie within; strings, lists and maps are either
// counted objects of their own or borrow from what outlives the evaluation: a
// program's constants, a tree of plain data (writ::Value), which is read where
// it lies and never converted.
//
//   | kind | flags | - | extra: 32 bits      | payload: 64 bits            |
//   | bool, int, uint, double, duration (ns) | the value                   |
//   | timestamp              nanoseconds     | seconds since 1970          |
//   | string, bytes, type    size in bytes   | characters, if counted with |
//   |                                        | their count in front        |
//   | list, map              -               | object, or List/Map of a    |
//   |                                        | writ::Value (kDocument)     |
//   | optional               -               | object; null when empty     |
//   | opaque, error          -               | object                      |
//
// An error is a value too, so that `&&` and `||` can absorb it. Counts are not
// atomic: a counted value belongs to one thread. Borrowed() may be read by any
// thread while the value that it was taken of lives.
#pragma once

#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/cel/meter.h"
#include "schema/value.h"

namespace writ::engine::cel {

enum class Kind : std::uint8_t {
  kError,
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kTimestamp,
  kDuration,
  kType,
  kList,
  kMap,
  kOptional,
  kOpaque,
};

// Number of an expression within its Ast; 0 is none.
using ExprId = std::uint32_t;

// A value of a type that a library brings: an IP address, a version.
class Opaque {
 public:
  Opaque() = default;
  Opaque(const Opaque&) = delete;
  Opaque& operator=(const Opaque&) = delete;
  virtual ~Opaque() = default;

  // In static storage: "net.IP".
  virtual std::string_view type_name() const = 0;
  // REQUIRES: other has the same type_name().
  virtual bool Equals(const Opaque& other) const = 0;
  // For messages and for printing results.
  virtual std::string ToText() const = 0;

 private:
  friend class Value;
  std::uint32_t references_ = 1;
};

class Value {
 public:
  struct Entry;
  struct ErrorDetail;

  Value() = default;  // null
  Value(const Value& other) noexcept
      : payload_(other.payload_),
        extra_(other.extra_),
        kind_(other.kind_),
        flags_(other.flags_) {
    if (flags_ & kCounted) Retain();
  }
  Value(Value&& other) noexcept
      : payload_(other.payload_),
        extra_(other.extra_),
        kind_(other.kind_),
        flags_(other.flags_) {
    other.flags_ = 0;
    other.kind_ = Kind::kNull;
  }
  Value& operator=(const Value& other) noexcept {
    if (this != &other) *this = Value(other);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    if (this == &other) return *this;
    // Kept until `other`, which it may hold, has been taken over.
    const Value before = Disowned();
    payload_ = other.payload_;
    extra_ = other.extra_;
    kind_ = other.kind_;
    flags_ = other.flags_;
    other.flags_ = 0;
    other.kind_ = Kind::kNull;
    return *this;
  }
  ~Value() {
    if (flags_ & kCounted) Release();
  }

  static Value Null() { return {}; }
  static Value Bool(bool value) { return {Kind::kBool, value ? 1U : 0U}; }
  static Value Int(std::int64_t value) {
    return {Kind::kInt, std::bit_cast<std::uint64_t>(value)};
  }
  static Value Uint(std::uint64_t value) { return {Kind::kUint, value}; }
  static Value Double(double value) {
    return {Kind::kDouble, std::bit_cast<std::uint64_t>(value)};
  }
  static Value Duration(std::int64_t nanoseconds) {
    return {Kind::kDuration, std::bit_cast<std::uint64_t>(nanoseconds)};
  }
  // REQUIRES: nanoseconds < 1e9. They count forward, before 1970 as well.
  static Value Timestamp(std::int64_t seconds, std::uint32_t nanoseconds) {
    return {Kind::kTimestamp, std::bit_cast<std::uint64_t>(seconds),
            nanoseconds};
  }
  // Texts are copied, or borrowed where the name says so.
  // REQUIRES: strings are valid UTF-8; less than 4 GiB.
  static Value String(std::string_view text);
  static Value Bytes(std::string_view bytes);
  static Value BorrowString(std::string_view text) {
    return BorrowText(Kind::kString, text);
  }
  static Value BorrowBytes(std::string_view bytes) {
    return BorrowText(Kind::kBytes, bytes);
  }
  // A string of `left` and `right` with a single allocation.
  static Value Concatenated(Kind kind, std::string_view left,
                            std::string_view right);
  // A string whose characters the caller writes to `room`, all of them.
  static Value StringOfSize(std::size_t size, char*& room);
  // `name` has static storage or outlives the value: "int", "net.IP".
  static Value TypeNamed(std::string_view name) {
    return BorrowText(Kind::kType, name);
  }
  static Value TypeCopied(std::string_view name) {
    return CopyText(Kind::kType, name);
  }
  static Value List(std::vector<Value> items);
  static Value OptionalNone() { return {Kind::kOptional, 0}; }
  static Value OptionalOf(Value value);
  // Takes over an object made with `new`.
  static Value OfOpaque(Opaque* object);
  static Value Error(std::string message, ExprId at = 0);
  // Borrows: the tree outlives the value. Integers become int, numbers double.
  static Value Document(const writ::Value& tree);

  Kind kind() const { return kind_; }
  bool Is(Kind kind) const { return kind_ == kind; }
  bool IsError() const { return kind_ == Kind::kError; }
  bool IsTrue() const { return kind_ == Kind::kBool && payload_ != 0; }
  bool IsFalse() const { return kind_ == Kind::kBool && payload_ == 0; }

  // REQUIRES, of all that follow: the kind asked for.
  bool AsBool() const { return payload_ != 0; }
  std::int64_t AsInt() const { return std::bit_cast<std::int64_t>(payload_); }
  std::uint64_t AsUint() const { return payload_; }
  double AsDouble() const { return std::bit_cast<double>(payload_); }
  // Nanoseconds; range: all of 64 bits (292 years).
  std::int64_t AsDuration() const { return AsInt(); }
  std::int64_t seconds() const { return AsInt(); }
  std::uint32_t nanoseconds() const { return extra_; }
  // Of a string, of bytes, or the name of a type.
  std::string_view text() const {
    return {std::bit_cast<const char*>(payload_), extra_};
  }

  std::size_t ListSize() const;
  // REQUIRES: index < ListSize().
  Value ListAt(std::size_t index) const;

  std::size_t MapSize() const;
  // Entries in the order in which they were written.
  // REQUIRES: index < MapSize().
  Entry MapAt(std::size_t index) const;
  Value MapKeyAt(std::size_t index) const;
  // The value at a key: 1, 1u and 1.0 are the same key. Empty as well where
  // `key` is of a kind that no key has.
  std::optional<Value> MapFind(const Value& key) const;
  std::optional<Value> MapFind(std::string_view key) const;
  bool MapHas(const Value& key) const;
  // The tree's own list or map where this borrows from one, else null.
  const writ::Value::List* document_list() const {
    return kind_ == Kind::kList && IsDocument()
               ? object<const writ::Value::List>()
               : nullptr;
  }
  const writ::Value::Map* document_map() const {
    return kind_ == Kind::kMap && IsDocument()
               ? object<const writ::Value::Map>()
               : nullptr;
  }

  bool HasValue() const { return payload_ != 0; }
  // REQUIRES: HasValue().
  const Value& OptionalValue() const;

  const Opaque& opaque() const;
  const ErrorDetail& error() const;
  // Sets where an error arose, unless that is known already.
  void LocateError(ExprId at);

  // The same value without a share in its ownership.
  Value Borrowed() const {
    Value copy;
    copy.payload_ = payload_;
    copy.extra_ = extra_;
    copy.kind_ = kind_;
    copy.flags_ = flags_ & kDocument;
    return copy;
  }

 private:
  friend class MapBuilder;
  static constexpr std::uint8_t kCounted = 1;
  static constexpr std::uint8_t kDocument = 2;

  Value(Kind kind, std::uint64_t payload, std::uint32_t extra = 0,
        std::uint8_t flags = 0)
      : payload_(payload), extra_(extra), kind_(kind), flags_(flags) {}
  static Value BorrowText(Kind kind, std::string_view text) {
    return {kind, std::bit_cast<std::uint64_t>(text.data()),
            static_cast<std::uint32_t>(text.size())};
  }
  static Value CopyText(Kind kind, std::string_view text);
  template <typename T>
  static Value OfObject(Kind kind, T* object) {
    return {kind, std::bit_cast<std::uint64_t>(object), 0, kCounted};
  }
  template <typename T>
  T* object() const {
    return std::bit_cast<T*>(payload_);
  }
  bool IsDocument() const { return (flags_ & kDocument) != 0; }
  // This value with its share, which is this one's no more.
  Value Disowned() {
    return {kind_, payload_, extra_, std::exchange(flags_, std::uint8_t{0})};
  }
  void Retain() const;
  void Release();

  std::uint64_t payload_ = 0;
  std::uint32_t extra_ = 0;
  Kind kind_ = Kind::kNull;
  std::uint8_t flags_ = 0;
};
static_assert(sizeof(Value) == 16);

// In line: this is what reading a document comes down to.
inline Value Value::Document(const writ::Value& tree) {
  switch (tree.type()) {
    case writ::Value::Type::kNull:
      break;
    case writ::Value::Type::kBoolean:
      return Bool(tree.AsBoolean());
    case writ::Value::Type::kInteger:
      return Int(tree.AsInteger());
    case writ::Value::Type::kNumber:
      return Double(tree.AsNumber());
    case writ::Value::Type::kString:
      return BorrowString(tree.AsString());
    case writ::Value::Type::kList:
      return {Kind::kList, std::bit_cast<std::uint64_t>(&tree.AsList()), 0,
              kDocument};
    case writ::Value::Type::kMap:
      return {Kind::kMap, std::bit_cast<std::uint64_t>(&tree.AsMap()), 0,
              kDocument};
  }
  return Null();
}

struct Value::Entry {
  Value key;
  Value value;
};

struct Value::ErrorDetail {
  std::uint32_t references = 1;
  ExprId at = 0;
  std::string message;
};

// Collects the entries of a map. Large maps get a hash index.
class MapBuilder {
 public:
  enum class Outcome : std::uint8_t { kInserted, kRepeated, kBadKey };

  MapBuilder();
  MapBuilder(const MapBuilder&) = delete;
  MapBuilder& operator=(const MapBuilder&) = delete;
  ~MapBuilder();

  void Reserve(std::size_t count);
  // Keys are bool, int, uint and string; 1 and 1u are the same. A repeated key
  // and a bad one leave the map as it was.
  Outcome Insert(Value key, Value value);
  // Empties the builder.
  Value Build();

 private:
  struct MapObject* map_;
  friend class Value;
};

// Equality as the specification has it: numbers by value over all three kinds,
// NaN unequal to itself, other kinds never equal to one another. Walks lists
// and maps, charging for each element; false once the meter is exhausted.
bool Equal(const Value& a, const Value& b, Meter& meter);

// Order of bools, numbers, strings (by code point), bytes, timestamps and
// durations; empty where two values have none. NaN is unordered.
std::optional<std::partial_ordering> Compare(const Value& a, const Value& b);

// A whole double as the int or uint of the same value; empty where none is.
std::optional<Value> WholeNumber(double value);

// "int", "list", "google.protobuf.Timestamp": what type() yields.
std::string_view TypeName(const Value& value);

}  // namespace writ::engine::cel
