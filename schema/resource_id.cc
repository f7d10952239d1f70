#include "schema/resource_id.h"

namespace writ {

ResourceId::ResourceId(std::string_view kind, std::string_view name)
    : kind_size_(static_cast<std::uint32_t>(kind.size())) {
  address_.reserve(kind.size() + 1 + name.size());
  address_.append(kind).append("/").append(name);
}

ResourceId::ResourceId(std::string_view kind, std::string_view parent,
                       std::string_view name)
    : kind_size_(static_cast<std::uint32_t>(kind.size())),
      parent_size_(static_cast<std::uint32_t>(parent.size())) {
  address_.reserve(kind.size() + parent.size() + name.size() + 2);
  address_.append(kind).append("/");
  if (!parent.empty()) address_.append(parent).append("/");
  address_.append(name);
}

std::optional<ResourceId> ResourceId::Parse(std::string_view address) {
  const std::size_t first = address.find('/');
  if (first == std::string_view::npos || first == 0) return std::nullopt;
  const std::string_view kind = address.substr(0, first);
  const std::string_view rest = address.substr(first + 1);
  const std::size_t second = rest.find('/');
  if (second == std::string_view::npos) {
    if (rest.empty()) return std::nullopt;
    return ResourceId(kind, rest);
  }
  const std::string_view name = rest.substr(second + 1);
  if (second == 0 || name.empty() || name.find('/') != std::string_view::npos) {
    return std::nullopt;
  }
  return ResourceId(kind, rest.substr(0, second), name);
}

std::string_view ResourceId::kind() const {
  return std::string_view(address_).substr(0, kind_size_);
}

std::string_view ResourceId::parent() const {
  if (parent_size_ == 0) return {};
  return std::string_view(address_).substr(kind_size_ + 1, parent_size_);
}

std::string_view ResourceId::name() const {
  if (address_.empty()) return {};
  const std::size_t skip =
      kind_size_ + 1 + (parent_size_ == 0 ? 0 : parent_size_ + 1);
  return std::string_view(address_).substr(skip);
}

}  // namespace writ
