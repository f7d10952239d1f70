#include "engine/cel/ip_address.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writ::engine::cel {
namespace {

struct Case {
  std::string text;
  std::string want;  // empty: no address
};

void ExpectAddresses(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const auto address = ParseIpAddress(c.text);
    EXPECT_EQ(address ? address->ToText() : "", c.want) << c.text;
  }
}

TEST(IpAddress, ReadsIpv4InFourDecimals) {
  ExpectAddresses({{"0.0.0.0", "0.0.0.0"},
                   {"255.255.255.255", "255.255.255.255"},
                   {"10.1.2.3", "10.1.2.3"},
                   {"", ""},
                   {"10", ""},
                   {"10.1.2", ""},
                   {"10.1.2.3.4", ""},
                   {"10.1.2.", ""},
                   {".1.2.3", ""},
                   {"10..2.3", ""},
                   {"256.1.2.3", ""},
                   {"1000.1.2.3", ""},
                   {"010.1.2.3", ""},
                   {"00.1.2.3", ""},
                   {"+1.1.2.3", ""},
                   {"-1.1.2.3", ""},
                   {"0x1.1.2.3", ""},
                   {" 1.1.2.3", ""},
                   {"1.1.2.3 ", ""},
                   {"1.1.2.3/8", ""},
                   {"1,1,2,3", ""}});
}

TEST(IpAddress, ReadsIpv6AndPrintsItsCanonicalForm) {
  ExpectAddresses(
      {{"::", "::"},
       {"::1", "::1"},
       {"1::", "1::"},
       {"2001:db8::68", "2001:db8::68"},
       {"2001:DB8::A", "2001:db8::a"},
       {"2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"},
       {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
       {"1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"},
       {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
       {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
       {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
       {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
       {"::1.2.3.4", "::102:304"}});
}

TEST(IpAddress, RefusesWhatIsNoIpv6) {
  for (const char* text : {":",
                           ":::",
                           "1:::2",
                           "::1::",
                           "1::2::3",
                           "1",
                           "1:",
                           ":1",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4::5:6:7:8",
                           "12345::",
                           "g::",
                           "1:2:3:4:5:6:7:8:",
                           ":1:2:3:4:5:6:7:8",
                           "::1.2.3",
                           "::1.2.3.4.5",
                           "::1.2.3.04",
                           "::1.2.3.4:1",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "::-1",
                           "::+1",
                           ":: 1",
                           "::1%eth0",
                           "fe80::1%",
                           "[::1]",
                           "::1/64"}) {
    EXPECT_FALSE(ParseIpAddress(text)) << text;
  }
}

TEST(IpAddress, RefusesIpv4MappedAddresses) {
  EXPECT_FALSE(ParseIpAddress("::ffff:10.0.0.1"));
  EXPECT_FALSE(ParseIpAddress("::ffff:a00:1"));
  EXPECT_TRUE(ParseIpAddress("::fffe:a00:1"));
  EXPECT_TRUE(ParseIpAddress("1::ffff:a00:1"));
}

struct ClassCase {
  std::string text;
  std::string want;  // a letter for each class that it is of
};

std::string Classes(const IpAddress& address) {
  std::string text;
  if (IsUnspecified(address)) text += 'u';
  if (IsLoopback(address)) text += 'l';
  if (IsLinkLocalMulticast(address)) text += 'm';
  if (IsLinkLocalUnicast(address)) text += 'k';
  if (IsGlobalUnicast(address)) text += 'g';
  return text;
}

TEST(IpAddress, KnowsItsClasses) {
  const std::vector<ClassCase> cases = {
      {"0.0.0.0", "u"},
      {"0.0.0.1", "g"},
      {"127.0.0.1", "l"},
      {"127.255.0.1", "l"},
      {"126.255.255.255", "g"},
      {"128.0.0.1", "g"},
      {"224.0.0.1", "m"},
      {"224.0.0.255", "m"},
      {"224.0.1.1", ""},
      {"239.1.2.3", ""},
      {"240.0.0.1", "g"},
      {"169.254.1.1", "k"},
      {"169.255.1.1", "g"},
      {"255.255.255.255", ""},
      {"255.255.255.254", "g"},
      {"192.168.0.1", "g"},
      {"8.8.8.8", "g"},
      {"::", "u"},
      {"::1", "l"},
      {"::2", "g"},
      {"1::1", "g"},
      {"ff02::1", "m"},
      {"ff12::1", "m"},
      {"ff05::1", ""},
      {"fe80::1", "k"},
      {"febf::1", "k"},
      {"fec0::1", "g"},
      {"fd00::1", "g"},
      {"2001:db8::1", "g"},
  };
  for (const ClassCase& c : cases) {
    EXPECT_EQ(Classes(*ParseIpAddress(c.text)), c.want) << c.text;
  }
}

TEST(IpRange, ReadsAnAddressAndAPrefix) {
  for (const char* text : {"10.0.0.0/8", "10.1.2.3/8", "0.0.0.0/0",
                           "1.2.3.4/32", "::/0", "2001:db8::/32", "::1/128"}) {
    const auto range = ParseIpRange(text);
    ASSERT_TRUE(range) << text;
    EXPECT_EQ(range->ToText(), text);
  }
  for (const char* text :
       {"", "/", "10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/33", "10.0.0.0/-1",
        "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/8/8", "10.0.0.0/8 ",
        "10.0.0.0/255.0.0.0", "10.0.0/8", "::/129", "::ffff:10.0.0.0/104",
        "fe80::1%en0/64", "::/0x10"}) {
    EXPECT_FALSE(ParseIpRange(text)) << text;
  }
}

TEST(IpRange, MasksWhatIsBeyondThePrefix) {
  const std::vector<Case> cases = {
      {"10.255.255.255/8", "10.0.0.0/8"},
      {"10.255.255.255/9", "10.128.0.0/9"},
      {"10.1.2.3/32", "10.1.2.3/32"},
      {"10.1.2.3/31", "10.1.2.2/31"},
      {"10.1.2.3/0", "0.0.0.0/0"},
      {"2001:db8:ffff::1/33", "2001:db8:8000::/33"},
      {"2001:db8::1/128", "2001:db8::1/128"},
      {"ffff::/0", "::/0"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ParseIpRange(c.text)->Masked().ToText(), c.want) << c.text;
  }
}

struct ContainsCase {
  std::string outer;
  std::string inner;
  bool want;
};

TEST(IpRange, ContainsAddressesOfItsFamily) {
  const std::vector<ContainsCase> cases = {
      {"10.0.0.0/8", "10.255.0.1", true},
      {"10.0.0.0/8", "11.0.0.0", false},
      {"10.9.9.9/8", "10.0.0.1", true},
      {"0.0.0.0/0", "255.255.255.255", true},
      {"0.0.0.0/0", "::", false},
      {"::/0", "0.0.0.0", false},
      {"::/0", "ffff::", true},
      {"2001:db8::/33", "2001:db8:7fff::1", true},
      {"2001:db8::/33", "2001:db8:8000::1", false},
      {"10.1.2.3/32", "10.1.2.3", true},
      {"10.1.2.3/32", "10.1.2.2", false},
  };
  for (const ContainsCase& c : cases) {
    EXPECT_EQ(ParseIpRange(c.outer)->Contains(*ParseIpAddress(c.inner)), c.want)
        << c.outer << " " << c.inner;
  }
}

TEST(IpRange, ContainsRangesThatAreNoWider) {
  const std::vector<ContainsCase> cases = {
      {"10.0.0.0/8", "10.0.0.0/8", true},
      {"10.0.0.0/8", "10.1.0.0/16", true},
      {"10.1.0.0/16", "10.0.0.0/8", false},
      {"10.0.0.0/8", "11.0.0.0/16", false},
      {"10.0.0.0/8", "10.0.0.0/7", false},
      {"0.0.0.0/0", "::/0", false},
      {"::/0", "2001:db8::/32", true},
      {"192.168.0.0/24", "192.168.0.1/32", true},
  };
  for (const ContainsCase& c : cases) {
    EXPECT_EQ(ParseIpRange(c.outer)->Contains(*ParseIpRange(c.inner)), c.want)
        << c.outer << " " << c.inner;
  }
}

TEST(IpRange, DiffersByTheBitsBeyondThePrefix) {
  EXPECT_EQ(ParseIpRange("10.0.0.1/8"), ParseIpRange("10.0.0.1/8"));
  EXPECT_NE(ParseIpRange("10.0.0.1/8"), ParseIpRange("10.0.0.0/8"));
  EXPECT_NE(ParseIpRange("10.0.0.0/8"), ParseIpRange("10.0.0.0/9"));
  EXPECT_NE(ParseIpRange("0.0.0.0/0"), ParseIpRange("::/0"));
}

}  // namespace
}  // namespace writ::engine::cel
