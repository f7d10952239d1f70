#include "schema/resource_id.h"

#include <utility>

namespace writ {

ResourceId::ResourceId(std::string_view kind, std::string_view name)
    : ResourceId(kind, {}, name) {}

ResourceId::ResourceId(std::string_view kind, std::string_view parent,
                       std::string_view name) {
  Text text;
  text.kind_size = static_cast<std::uint32_t>(kind.size());
  text.parent_size = static_cast<std::uint32_t>(parent.size());
  text.address.reserve(kind.size() + parent.size() + name.size() + 2);
  text.address.append(kind).append("/");
  if (!parent.empty()) text.address.append(parent).append("/");
  text.address.append(name);
  text_ = std::make_shared<const Text>(std::move(text));
}

const std::string& ResourceId::NoAddress() {
  static const std::string kNone;
  return kNone;
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
  if (text_ == nullptr) return {};
  return std::string_view(text_->address).substr(0, text_->kind_size);
}

std::string_view ResourceId::parent() const {
  if (text_ == nullptr || text_->parent_size == 0) return {};
  return std::string_view(text_->address)
      .substr(text_->kind_size + 1, text_->parent_size);
}

std::string_view ResourceId::name() const {
  if (text_ == nullptr) return {};
  const std::size_t parent =
      text_->parent_size == 0 ? 0 : text_->parent_size + 1;
  return std::string_view(text_->address).substr(text_->kind_size + 1 + parent);
}

}  // namespace writ
