#include "reconciler/host/ip_network.h"

#include <gtest/gtest.h>

namespace writ::reconciler {
namespace {

TEST(IpAddress, ReadsWhatItPrints) {
  for (const char* text : {"0.0.0.0", "10.1.2.3", "255.255.255.255",
                           "::", "::1", "2001:db8::1", "fe80::1"}) {
    const auto address = ParseIpAddress(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->Text(), text);
  }
}

TEST(IpAddress, RefusesWhatOnlySomeReadersTake) {
  for (const char* text : {"", "10.1", "0x7f.0.0.1", "127.0.0.01", "1.2.3.4.5",
                           "[::1]", "fe80::1%eth0", " 10.0.0.1", "localhost"}) {
    EXPECT_FALSE(ParseIpAddress(text)) << text;
  }
  EXPECT_FALSE(ParseIpAddress(std::string_view("10.0.0.1\0.x", 11)));
}

TEST(IpNetwork, HoldsItsAddressesAndNoOthers) {
  const struct Case {
    const char* network;
    const char* address;
    bool want;
  } cases[] = {
      {"10.0.0.0/8", "10.255.255.255", true},
      {"10.0.0.0/8", "11.0.0.0", false},
      {"172.16.0.0/12", "172.31.255.255", true},
      {"172.16.0.0/12", "172.32.0.0", false},
      {"192.168.1.7", "192.168.1.7", true},
      {"192.168.1.7", "192.168.1.6", false},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"0.0.0.0/0", "::1", false},
      {"fd00::/8", "fdff::1", true},
      {"fd00::/8", "fe00::1", false},
      {"2001:db8::/33", "2001:db8:7fff::", true},
      {"2001:db8::/33", "2001:db8:8000::", false},
      {"::1", "::1", true},
  };
  for (const Case& c : cases) {
    const auto network = ParseIpNetwork(c.network);
    const auto address = ParseIpAddress(c.address);
    ASSERT_TRUE(network && address) << c.network;
    EXPECT_EQ(network->Contains(*address), c.want)
        << c.network << " " << c.address;
  }
}

TEST(IpNetwork, RefusesImpossiblePrefixes) {
  for (const char* text : {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129",
                           "10.0.0.0/8x", "/8"}) {
    EXPECT_FALSE(ParseIpNetwork(text)) << text;
  }
  EXPECT_EQ(ParseIpNetwork("10.0.0.1")->Text(), "10.0.0.1/32");
  EXPECT_TRUE(ParseIpNetwork("::1")->IsSingle());
}

}  // namespace
}  // namespace writ::reconciler
