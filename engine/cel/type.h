// Types as the checker knows them, cheap to copy. `dyn` is what is not known
// and fits everywhere. An object is a map whose fields are known by name; it is
// assignable to map(string, dyn).
//
// Depth and size are bounded, whatever they are made of: a part that would
// exceed them becomes dyn. So types may be walked by recursion.
//
// Immutable; safe from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::engine::cel {

struct ObjectType;

class Type {
 public:
  enum class Kind : std::uint8_t {
    kDyn,
    kNull,
    kBool,
    kInt,
    kUint,
    kDouble,
    kString,
    kBytes,
    kTimestamp,
    kDuration,
    kList,
    kMap,
    kType,
    kOptional,
    kOpaque,     // a library's: net.IP, tuple(int, uint)
    kObject,     // a map with known fields
    kParameter,  // of a generic overload: T
  };

  Type() = default;  // dyn
  // A type without parameters. REQUIRES: kind before kList.
  Type(Kind kind) : kind_(kind) {}  // NOLINT: Type::Kind::kInt reads as a type

  static Type List(Type element);
  static Type Map(Type key, Type value);
  static Type Optional(Type value);
  // type(T), the type of a type.
  static Type Of(Type type);
  static Type Opaque(std::string name, std::vector<Type> parameters = {});
  static Type Object(std::shared_ptr<const ObjectType> object);
  static Type Parameter(std::string name);

  Kind kind() const { return kind_; }
  bool Is(Kind kind) const { return kind_ == kind; }
  // Of an opaque type or a parameter.
  const std::string& name() const;
  // list: element; map: key, value; optional, type: one; opaque: any number.
  const std::vector<Type>& parameters() const;
  // REQUIRES: kObject.
  const ObjectType& object() const;
  // Types that it is made of, itself included.
  std::uint32_t size() const;

  // "int", "list(dyn)", "map(string, int)", "google.protobuf.Timestamp",
  // "optional_type(T)", "type(int)"; an object by its name.
  std::string ToText() const;

  // Same structure; objects by identity.
  friend bool operator==(const Type& a, const Type& b);

 private:
  struct Node;
  static std::shared_ptr<const Node> MakeNode(std::string name,
                                              std::vector<Type> parameters);
  Type(Kind kind, std::shared_ptr<const Node> node)
      : kind_(kind), node_(std::move(node)) {}

  Kind kind_ = Kind::kDyn;
  std::shared_ptr<const Node> node_;
};

struct ObjectType {
  struct Field {
    std::string name;
    Type type;
  };

  std::string name;  // for messages: "App.spec"
  std::vector<Field> fields;
  bool open = false;  // other fields are allowed, and dyn

  const Field* Find(std::string_view field) const;
};

// Reads what ToText prints. A name of one capital letter is a parameter, any
// other unknown name an opaque type.
std::optional<Type> ParseType(std::string_view text);
// "list(T), T" as a list of types; empty text is no type.
std::optional<std::vector<Type>> ParseTypes(std::string_view text);

}  // namespace writ::engine::cel
