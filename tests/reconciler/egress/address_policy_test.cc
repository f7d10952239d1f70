#include "reconciler/egress/address_policy.h"

#include <gtest/gtest.h>

#include <string>

namespace writ::reconciler {
namespace {

struct Case {
  const char* address;
  AddressClass want;
};

// T-07: the table of addresses.
constexpr Case kCases[] = {
    {"8.8.8.8", AddressClass::kPublic},
    {"140.82.121.6", AddressClass::kPublic},
    {"0.0.0.0", AddressClass::kReserved},
    {"0.1.2.3", AddressClass::kReserved},
    {"9.255.255.255", AddressClass::kPublic},
    {"10.0.0.0", AddressClass::kPrivate},
    {"10.255.255.255", AddressClass::kPrivate},
    {"11.0.0.0", AddressClass::kPublic},
    {"100.63.255.255", AddressClass::kPublic},
    {"100.64.0.0", AddressClass::kShared},
    {"100.127.255.255", AddressClass::kShared},
    {"100.128.0.0", AddressClass::kPublic},
    {"100.100.100.200", AddressClass::kMetadata},
    {"127.0.0.1", AddressClass::kLoopback},
    {"127.255.255.255", AddressClass::kLoopback},
    {"168.63.129.16", AddressClass::kMetadata},
    {"169.254.0.1", AddressClass::kLinkLocal},
    {"169.254.169.254", AddressClass::kMetadata},
    {"169.254.170.2", AddressClass::kMetadata},
    {"172.15.255.255", AddressClass::kPublic},
    {"172.16.0.0", AddressClass::kPrivate},
    {"172.31.255.255", AddressClass::kPrivate},
    {"172.32.0.0", AddressClass::kPublic},
    {"192.0.0.8", AddressClass::kReserved},
    {"192.0.2.1", AddressClass::kReserved},
    {"192.88.99.1", AddressClass::kReserved},
    {"192.168.255.255", AddressClass::kPrivate},
    {"198.18.0.1", AddressClass::kReserved},
    {"198.51.100.1", AddressClass::kReserved},
    {"203.0.113.1", AddressClass::kReserved},
    {"224.0.0.1", AddressClass::kMulticast},
    {"239.255.255.255", AddressClass::kMulticast},
    {"240.0.0.1", AddressClass::kReserved},
    {"255.255.255.255", AddressClass::kReserved},
    {"2606:4700::1111", AddressClass::kPublic},
    {"::", AddressClass::kReserved},
    {"::1", AddressClass::kLoopback},
    {"::127.0.0.1", AddressClass::kEmbedded},
    {"::ffff:127.0.0.1", AddressClass::kEmbedded},
    {"::ffff:8.8.8.8", AddressClass::kEmbedded},
    {"::ffff:0:169.254.169.254", AddressClass::kEmbedded},
    {"64:ff9b::a00:1", AddressClass::kEmbedded},
    {"64:ff9b::808:808", AddressClass::kEmbedded},
    {"64:ff9b:1::a00:1", AddressClass::kEmbedded},
    {"2002:7f00:1::", AddressClass::kEmbedded},
    {"2001:0:0:0:0:0:80ff:fffe", AddressClass::kEmbedded},
    {"2606:4700::5efe:10.0.0.1", AddressClass::kEmbedded},
    {"2606:4700::200:5efe:10.0.0.1", AddressClass::kEmbedded},
    {"fc00::1", AddressClass::kPrivate},
    {"fdff::1", AddressClass::kPrivate},
    {"fd00:ec2::254", AddressClass::kMetadata},
    {"fe80::1", AddressClass::kLinkLocal},
    {"fec0::1", AddressClass::kPrivate},
    {"ff02::1", AddressClass::kMulticast},
    {"100::1", AddressClass::kReserved},
    {"2001:db8::1", AddressClass::kReserved},
    {"2001:2::1", AddressClass::kReserved},
    {"3fff::1", AddressClass::kReserved},
    {"4000::1", AddressClass::kReserved},
    {"5f00::1", AddressClass::kReserved},
};

TEST(AddressPolicy, KnowsEveryKindOfAddress) {
  for (const Case& c : kCases) {
    const auto address = ParseIpAddress(c.address);
    ASSERT_TRUE(address) << c.address;
    EXPECT_EQ(Name(Classify(*address)), Name(c.want)) << c.address;
  }
}

// T-07
TEST(AddressPolicy, WithoutGrantsOnlyPublicOnesMayBeCalled) {
  for (const Case& c : kCases) {
    EXPECT_EQ(MayConnect(*ParseIpAddress(c.address), {}),
              c.want == AddressClass::kPublic)
        << c.address;
  }
}

// T-07
TEST(AddressPolicy, GrantsOpenWhatTheyName) {
  const struct {
    const char* address;
    std::vector<const char*> granted;
    bool want;
  } cases[] = {
      {"10.1.2.3", {"10.0.0.0/8"}, true},
      {"10.1.2.3", {"192.168.0.0/16"}, false},
      {"127.0.0.1", {"127.0.0.0/8"}, true},
      {"127.0.0.1", {"0.0.0.0/0"}, true},
      // No wide network opens a metadata service.
      {"169.254.169.254", {"0.0.0.0/0"}, false},
      {"169.254.169.254", {"169.254.0.0/16"}, false},
      {"169.254.169.254", {"169.254.169.254/32"}, true},
      {"100.100.100.200", {"100.64.0.0/10"}, false},
      {"fd00:ec2::254", {"fd00::/8"}, false},
      {"fd00:ec2::254", {"fd00:ec2::254"}, true},
      // What an address carries has to be callable as well.
      {"::ffff:10.0.0.1", {"10.0.0.0/8"}, false},
      {"::ffff:10.0.0.1", {"::ffff:0:0/96"}, false},
      {"::ffff:10.0.0.1", {"::ffff:0:0/96", "10.0.0.0/8"}, true},
      {"64:ff9b::808:808", {"64:ff9b::/96"}, true},
      {"64:ff9b::a00:1", {"64:ff9b::/96"}, false},
      {"64:ff9b::a9fe:a9fe", {"64:ff9b::/96", "0.0.0.0/0"}, false},
      {"2002:0a00:0001::", {"2002::/16"}, false},
      {"2002:0808:0808::", {"2002::/16"}, true},
      // Teredo of 127.0.0.1, and of 8.8.8.8.
      {"2001::80ff:fffe", {"2001::/32"}, false},
      {"2001::f7f7:f7f7", {"2001::/32"}, true},
      {"2606:4700::5efe:10.0.0.1", {"2606::/16"}, false},
      {"8.8.8.8", {"10.0.0.0/8"}, true},
  };
  for (const auto& c : cases) {
    std::vector<IpNetwork> granted;
    std::string names;
    for (const char* network : c.granted) {
      granted.push_back(*ParseIpNetwork(network));
      names += std::string(" ") + network;
    }
    EXPECT_EQ(MayConnect(*ParseIpAddress(c.address), granted), c.want)
        << c.address << names;
  }
}

}  // namespace
}  // namespace writ::reconciler
