// JSON as it comes over the wire, read quickly: one flat list of nodes, each
// before its children, that borrow their texts from the reader. The reader is
// kept and used again, so that a body costs no allocation. Values that stay
// are schema/value.h's.
//
// What is refused: what isn't JSON, bytes after it, invalid UTF-8, a key that
// stands twice in one object, integers beyond 64 bits and numbers that no
// double holds, and whatever is beyond the limits. The text is hostile (T-21).
//
// A reader belongs to one thread at a time. Trees are pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace writ {

enum class JsonType : std::uint8_t {
  kNull,
  kBoolean,
  kInteger,   // of 64 bits, signed
  kUnsigned,  // that only 64 unsigned bits hold
  kNumber,
  kString,
  kArray,
  kObject,
};

struct JsonNode {
  std::string_view key;   // of an object's member
  std::string_view text;  // of a string
  union {
    std::int64_t integer;
    std::uint64_t whole;
    double number;
    bool boolean;
  };
  std::uint32_t end = 0;  // the first node behind this one and its children
  JsonType type = JsonType::kNull;

  JsonNode() : integer(0) {}
  bool IsNumeric() const {
    return type == JsonType::kInteger || type == JsonType::kUnsigned ||
           type == JsonType::kNumber;
  }
  // REQUIRES: numeric.
  double AsDouble() const;
};

// Node 0 is the root. The children of node i are i + 1, that one's end, …, up
// to i's end.
using JsonTree = std::vector<JsonNode>;

// The member of an object, 0 where there is none.
std::uint32_t FindMember(const JsonTree& tree, std::uint32_t object,
                         std::string_view key);

// One line, members in their order, numbers in the shortest form that reads
// back the same.
void AppendJson(const JsonTree& tree, std::uint32_t node, std::string& out);

// A step of a JSON pointer (RFC 6901): "/" and the key, escaped.
void AppendPointer(std::string_view key, std::string& pointer);

struct JsonLimits {
  std::size_t bytes = std::size_t{1} << 20U;
  int depth = 34;
  std::size_t values = 50'000;
  std::size_t key_bytes = 256;
};

struct JsonProblem {
  std::string code;  // "invalid_json", "duplicate_key", "…_limit"
  std::string message;
};

class JsonReader {
 public:
  explicit JsonReader(JsonLimits limits = {});
  ~JsonReader();
  JsonReader(JsonReader&&) noexcept;
  JsonReader& operator=(JsonReader&&) noexcept;

  // Null where the text is refused: see problem(). Valid until the next call;
  // keeps nothing of `text` itself.
  const JsonTree* Read(std::string_view text);
  const JsonProblem& problem() const;
  // How many levels of objects and arrays the last tree has.
  int depth() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace writ
