// The identity of a resource: its address, `Kind/name` or `Kind/parent/name`
// (language.md, "Addresses"). Neither a parent's nor a resource's name can hold
// a slash, so the text and its parts say the same. Ordered by the text.
//
// Immutable; copies share the text, for a plan names each address many times.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace writ {

class ResourceId {
 public:
  ResourceId() = default;
  ResourceId(std::string_view kind, std::string_view name);
  ResourceId(std::string_view kind, std::string_view parent,
             std::string_view name);

  // Parses two or three non-empty parts between slashes; says nothing of
  // whether the kind exists or the names are well formed.
  static std::optional<ResourceId> Parse(std::string_view address);

  const std::string& address() const {
    return text_ == nullptr ? NoAddress() : text_->address;
  }
  std::string_view kind() const;
  // The name of the parent; empty for kinds that have none.
  std::string_view parent() const;
  std::string_view name() const;

  bool empty() const { return text_ == nullptr; }

  friend bool operator==(const ResourceId& a, const ResourceId& b) {
    return a.text_ == b.text_ || a.address() == b.address();
  }
  friend std::strong_ordering operator<=>(const ResourceId& a,
                                          const ResourceId& b) {
    return a.address().compare(b.address()) <=> 0;
  }

 private:
  struct Text {
    std::string address;
    std::uint32_t kind_size = 0;
    std::uint32_t parent_size = 0;
  };
  static const std::string& NoAddress();

  std::shared_ptr<const Text> text_;  // null: empty
};

}  // namespace writ

template <>
struct std::hash<writ::ResourceId> {
  std::size_t operator()(const writ::ResourceId& id) const noexcept {
    return std::hash<std::string>{}(id.address());
  }
};
