#include "reconciler/egress/address_policy.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "schema/check.h"

namespace writ::reconciler {
namespace {

struct Row {
  std::string_view network;
  AddressClass address_class;
};

// The first row that holds an address decides. IANA's registries of special
// addresses, and the metadata services of clouds, of which some live at
// addresses that look public (Azure's) or shared (Alibaba's).
constexpr Row kRows[] = {
    {"169.254.169.254", AddressClass::kMetadata},
    {"169.254.170.2", AddressClass::kMetadata},
    {"169.254.170.23", AddressClass::kMetadata},
    {"100.100.100.200", AddressClass::kMetadata},
    {"168.63.129.16", AddressClass::kMetadata},
    {"192.0.0.192", AddressClass::kMetadata},
    {"fd00:ec2::254", AddressClass::kMetadata},
    {"fd00:ec2::23", AddressClass::kMetadata},
    {"fd20:ce::254", AddressClass::kMetadata},
    {"0.0.0.0/8", AddressClass::kReserved},
    {"10.0.0.0/8", AddressClass::kPrivate},
    {"100.64.0.0/10", AddressClass::kShared},
    {"127.0.0.0/8", AddressClass::kLoopback},
    {"169.254.0.0/16", AddressClass::kLinkLocal},
    {"172.16.0.0/12", AddressClass::kPrivate},
    {"192.0.0.0/24", AddressClass::kReserved},
    {"192.0.2.0/24", AddressClass::kReserved},
    {"192.88.99.0/24", AddressClass::kReserved},
    {"192.168.0.0/16", AddressClass::kPrivate},
    {"198.18.0.0/15", AddressClass::kReserved},
    {"198.51.100.0/24", AddressClass::kReserved},
    {"203.0.113.0/24", AddressClass::kReserved},
    {"224.0.0.0/4", AddressClass::kMulticast},
    {"240.0.0.0/4", AddressClass::kReserved},
    {"0.0.0.0/0", AddressClass::kPublic},
    {"::1", AddressClass::kLoopback},
    {"::", AddressClass::kReserved},
    {"::ffff:0:0/96", AddressClass::kEmbedded},
    {"::ffff:0:0:0/96", AddressClass::kEmbedded},
    {"::/96", AddressClass::kEmbedded},
    {"64:ff9b::/96", AddressClass::kEmbedded},
    {"64:ff9b:1::/48", AddressClass::kEmbedded},
    {"2001::/32", AddressClass::kEmbedded},
    {"2002::/16", AddressClass::kEmbedded},
    {"fc00::/7", AddressClass::kPrivate},
    {"fe80::/10", AddressClass::kLinkLocal},
    {"fec0::/10", AddressClass::kPrivate},
    {"ff00::/8", AddressClass::kMulticast},
    {"2001:db8::/32", AddressClass::kReserved},
    {"2001::/23", AddressClass::kReserved},
    {"3fff::/20", AddressClass::kReserved},
    {"2000::/3", AddressClass::kPublic},
    {"::/0", AddressClass::kReserved},
};

struct Known {
  IpNetwork network;
  AddressClass address_class;
};

const std::vector<Known>& Table() {
  static const std::vector<Known> kTable = [] {
    std::vector<Known> table;
    for (const Row& row : kRows) {
      const auto network = ParseIpNetwork(row.network);
      CHECK(network.has_value());
      table.push_back({*network, row.address_class});
    }
    return table;
  }();
  return kTable;
}

// ISATAP writes ::0:5efe:a.b.c.d or ::200:5efe:a.b.c.d below any prefix.
bool IsIsatap(const IpAddress& address) {
  const auto& bytes = address.bytes;
  return address.family == IpAddress::Family::kV6 && (bytes[8] & 0xfdU) == 0 &&
         bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
}

bool IsIn(const char* network, const IpAddress& address) {
  return ParseIpNetwork(network)->Contains(address);
}

IpAddress V4At(const IpAddress& address, std::size_t offset,
               std::uint8_t mask = 0) {
  IpAddress inner;
  for (std::size_t i = 0; i < 4; ++i) {
    inner.bytes.at(i) =
        static_cast<std::uint8_t>(address.bytes.at(offset + i) ^ mask);
  }
  return inner;
}

IpAddress Embedded(const IpAddress& address) {
  if (IsIn("2002::/16", address)) return V4At(address, 2);
  // Teredo writes its client's address with all bits turned.
  if (IsIn("2001::/32", address)) return V4At(address, 12, 0xff);
  return V4At(address, 12);
}

bool IsNamed(const IpAddress& address, const std::vector<IpNetwork>& networks,
             bool alone) {
  return std::any_of(
      networks.begin(), networks.end(), [&](const IpNetwork& network) {
        return network.Contains(address) && (!alone || network.IsSingle());
      });
}

}  // namespace

AddressClass Classify(const IpAddress& address) {
  const auto& table = Table();
  const auto row = std::find_if(
      table.begin(), table.end(),
      [&](const Known& known) { return known.network.Contains(address); });
  CHECK(row != table.end());
  const bool plain = row->address_class == AddressClass::kPublic ||
                     row->address_class == AddressClass::kPrivate;
  if (plain && IsIsatap(address)) return AddressClass::kEmbedded;
  return row->address_class;
}

std::string_view Name(AddressClass address_class) {
  switch (address_class) {
    case AddressClass::kPublic:
      return "public";
    case AddressClass::kLoopback:
      return "loopback";
    case AddressClass::kPrivate:
      return "private";
    case AddressClass::kLinkLocal:
      return "link-local";
    case AddressClass::kMetadata:
      return "metadata";
    case AddressClass::kShared:
      return "shared";
    case AddressClass::kMulticast:
      return "multicast";
    case AddressClass::kEmbedded:
      return "embedded";
    case AddressClass::kReserved:
      return "reserved";
  }
  return "reserved";
}

bool MayConnect(const IpAddress& address,
                const std::vector<IpNetwork>& granted) {
  switch (Classify(address)) {
    case AddressClass::kPublic:
      return true;
    case AddressClass::kMetadata:
      return IsNamed(address, granted, true);
    case AddressClass::kEmbedded:
      return IsNamed(address, granted, false) &&
             MayConnect(Embedded(address), granted);
    case AddressClass::kLoopback:
    case AddressClass::kPrivate:
    case AddressClass::kLinkLocal:
    case AddressClass::kShared:
    case AddressClass::kMulticast:
    case AddressClass::kReserved:
      return IsNamed(address, granted, false);
  }
  return false;
}

}  // namespace writ::reconciler
