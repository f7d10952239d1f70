#include "reconciler/credentials/rights.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

constexpr std::string_view kEverything = "admin:all";

void SetText(Value& value, std::string_view key, const std::string& text) {
  if (!text.empty()) value.Set(key, text);
}

// The IPv4 address that an IPv6 one maps to; else itself.
IpAddress Unmapped(const IpAddress& address) {
  constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0,    0,
                                                    0, 0, 0, 0, 0xff, 0xff};
  if (address.family == IpAddress::Family::kV4 ||
      !std::equal(kMapped.begin(), kMapped.end(), address.bytes.begin())) {
    return address;
  }
  IpAddress inner;
  std::copy(address.bytes.begin() + kMapped.size(), address.bytes.end(),
            inner.bytes.begin());
  return inner;
}

// A network within ::ffff:0:0/96 is the one of IPv4 that it maps to.
IpNetwork Unmapped(const IpNetwork& network) {
  constexpr int kMappedBits = 96;
  const IpAddress base = Unmapped(network.base);
  if (base.family == network.base.family || network.prefix < kMappedBits) {
    return network;
  }
  return {base, network.prefix - kMappedBits};
}

Value ParentOf(const CredentialRights& rights) {
  Value parent;
  parent.Set("kind", rights.parent.kind());
  parent.Set("name", rights.parent.name());
  parent.Set("uid", rights.parent_uid);
  return parent;
}

std::optional<std::vector<std::string>> Texts(const Value* list) {
  std::vector<std::string> texts;
  if (list == nullptr) return texts;
  if (!list->IsList()) return std::nullopt;
  for (const Value& item : list->AsList()) {
    if (!item.IsString()) return std::nullopt;
    texts.push_back(item.AsString());
  }
  return texts;
}

std::optional<CredentialRights> FromValue(const Value& value) {
  CredentialRights rights;
  rights.type = value.FindString("type");
  rights.mode = value.FindString("mode");
  rights.role = value.FindString("role");
  if (const Value* foreign = value.Find("foreign")) {
    rights.foreign = foreign->IsBoolean() && foreign->AsBoolean();
  }
  const Value* parent = value.Find("parent");
  if (parent == nullptr || rights.type.empty()) return std::nullopt;
  rights.parent =
      ResourceId(parent->FindString("kind"), parent->FindString("name"));
  rights.parent_uid = parent->FindString("uid");
  auto scopes = Texts(value.Find("scopes"));
  const auto networks = Texts(value.Find("allowFrom"));
  if (!scopes || !networks) return std::nullopt;
  rights.scopes = *std::move(scopes);
  for (const std::string& text : *networks) {
    const std::optional<IpNetwork> network = ParseIpNetwork(text);
    if (!network) return std::nullopt;
    rights.allow_from.push_back(*network);
  }
  return rights;
}

}  // namespace

bool CredentialRights::MayUseScope(std::string_view scope) const {
  const auto has = [&](std::string_view wanted) {
    return std::find(scopes.begin(), scopes.end(), wanted) != scopes.end();
  };
  return has(scope) || has(kEverything);
}

bool CredentialRights::AllowsAddress(const IpAddress& address) const {
  if (allow_from.empty()) return true;
  const IpAddress plain = Unmapped(address);
  return std::any_of(allow_from.begin(), allow_from.end(),
                     [&](const IpNetwork& network) {
                       return Unmapped(network).Contains(plain);
                     });
}

std::string PrintRights(const CredentialRights& rights) {
  Value value;
  Value::List networks;
  for (const IpNetwork& network : rights.allow_from) {
    networks.emplace_back(network.Text());
  }
  if (!networks.empty()) value.Set("allowFrom", std::move(networks));
  if (rights.foreign) value.Set("foreign", true);
  SetText(value, "mode", rights.mode);
  value.Set("parent", ParentOf(rights));
  SetText(value, "role", rights.role);
  if (!rights.scopes.empty()) {
    value.Set("scopes",
              Value::List(rights.scopes.begin(), rights.scopes.end()));
  }
  value.Set("type", rights.type);
  return CanonicalJson(value);
}

Result<CredentialRights> ParseRights(std::string_view json) {
  const auto value = ParseJson(json);
  std::optional<CredentialRights> rights;
  if (value) rights = FromValue(*value);
  if (!rights || PrintRights(*rights) != json) {
    return Fail(ErrorCode::kCorrupt, "a credential's rights can't be read");
  }
  return *std::move(rights);
}

}  // namespace writ::reconciler
