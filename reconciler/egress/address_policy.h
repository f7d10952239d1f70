// Which addresses may be called (T-07): public ones, and of the others those
// that the host file's networks name. Judged for each address at the moment it
// is connected to, so that a name that resolves otherwise a second later gains
// nothing.
//
// Forms that carry an IPv4 address in them (mapped, NAT64, 6to4, Teredo,
// ISATAP) need a network that names them as they're written, and the address
// inside has to be callable too. Addresses at which clouds hand out credentials
// need a network that names just them: no wide network opens them by accident.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "reconciler/host/ip_network.h"

namespace writ::reconciler {

enum class AddressClass : std::uint8_t {
  kPublic,
  kLoopback,
  kPrivate,
  kLinkLocal,
  kMetadata,
  kShared,  // carrier-grade NAT
  kMulticast,
  kEmbedded,  // an IPv4 address in another's clothes
  kReserved,  // unspecified, documentation, benchmarks, not yet given out
};

AddressClass Classify(const IpAddress& address);
std::string_view Name(AddressClass address_class);

bool MayConnect(const IpAddress& address,
                const std::vector<IpNetwork>& granted);

}  // namespace writ::reconciler
