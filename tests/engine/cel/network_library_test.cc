// ip and cidr; semver
#include "tests/engine/cel/library_fixture.h"

namespace writ::engine::cel {
namespace {

TEST(NetworkLibrary, MakesAddresses) {
  ExpectOutcomes({{"ip('10.0.0.1')", "net.IP(10.0.0.1)"},
                  {"ip('2001:DB8:0::1')", "net.IP(2001:db8::1)"},
                  {"string(ip('::1'))", "'::1'"},
                  {"type(ip('::1')) == net.IP", "true"},
                  {"isIP('10.0.0.1')", "true"},
                  {"isIP('::1')", "true"},
                  {"isIP('10.0.0.256')", "false"},
                  {"isIP('::ffff:10.0.0.1')", "false"},
                  {"isIP('fe80::1%eth0')", "false"},
                  {"isIP('10.0.0.0/8')", "false"},
                  {"isIP('')", "false"}});
  ExpectErrors({"ip('')", "ip('localhost')", "ip('1.2.3')",
                "ip('fe80::1%eth0')", "ip('::ffff:1.2.3.4')", "ip(1)", "ip()",
                "isIP(1)", "isIP(ip('::1'))", "isIP(cidr('::/0'))",
                "ip(dyn(1))"});
}

TEST(NetworkLibrary, ComparesAddresses) {
  ExpectOutcomes({{"ip('::1') == ip('0:0::1')", "true"},
                  {"ip('::1') != ip('::2')", "true"},
                  {"ip('10.0.0.1') == ip('::10.0.0.1')", "false"},
                  {"dyn(ip('::1')) == dyn('::1')", "false"},
                  {"dyn(ip('::1')) == dyn(semver('1.2.3'))", "false"},
                  {"ip('::1') in [ip('::2'), ip('::1')]", "true"},
                  {"[ip('::1'), ip('0::1')].distinct()", "[net.IP(::1)]"},
                  {"sets.contains([ip('::1')], [ip('::1')])", "true"}});
  ExpectErrors({"ip('::1') < ip('::2')", "[ip('::1')].sort()"});
}

TEST(NetworkLibrary, KnowsCanonicalText) {
  ExpectOutcomes({{"ip.isCanonical('10.0.0.1')", "true"},
                  {"ip.isCanonical('2001:db8::1')", "true"},
                  {"ip.isCanonical('2001:DB8::1')", "false"},
                  {"ip.isCanonical('2001:db8:0:0:0:0:0:1')", "false"},
                  {"ip.isCanonical('2001:0db8::1')", "false"}});
  ExpectErrors({"ip.isCanonical('')", "ip.isCanonical('10.0.0.0/8')",
                "ip.isCanonical(ip('::1'))"});
}

TEST(NetworkLibrary, ClassifiesAddresses) {
  ExpectOutcomes({{"ip('10.0.0.1').family()", "4"},
                  {"ip('::1').family()", "6"},
                  {"ip('127.0.0.1').isLoopback()", "true"},
                  {"ip('::2').isLoopback()", "false"},
                  {"ip('::').isUnspecified()", "true"},
                  {"ip('10.0.0.1').isUnspecified()", "false"},
                  {"ip('224.0.0.7').isLinkLocalMulticast()", "true"},
                  {"ip('ff02::1').isLinkLocalMulticast()", "true"},
                  {"ip('224.1.0.7').isLinkLocalMulticast()", "false"},
                  {"ip('169.254.1.1').isLinkLocalUnicast()", "true"},
                  {"ip('fe80::1').isLinkLocalUnicast()", "true"},
                  {"ip('10.0.0.1').isLinkLocalUnicast()", "false"},
                  {"ip('10.0.0.1').isGlobalUnicast()", "true"},
                  {"ip('fe80::1').isGlobalUnicast()", "false"}});
  ExpectErrors({"'::1'.family()", "cidr('::/0').family()",
                "dyn('::1').isLoopback()", "dyn(cidr('::/0')).isLoopback()",
                "dyn(semver('1.2.3')).isUnspecified()"});
}

TEST(NetworkLibrary, MakesRanges) {
  ExpectOutcomes({{"cidr('10.1.2.3/8')", "net.CIDR(10.1.2.3/8)"},
                  {"string(cidr('2001:DB8::/32'))", "'2001:db8::/32'"},
                  {"type(cidr('::/0')) == net.CIDR", "true"},
                  {"isCIDR('10.0.0.0/8')", "true"},
                  {"isCIDR('10.0.0.0')", "false"},
                  {"isCIDR('10.0.0.0/33')", "false"},
                  {"isCIDR('::/128')", "true"},
                  {"cidr('10.0.0.0/8') == cidr('10.0.0.0/8')", "true"},
                  {"cidr('10.0.0.0/8') == cidr('10.0.0.1/8')", "false"},
                  {"cidr('10.0.0.0/8') == cidr('10.0.0.0/9')", "false"},
                  {"cidr('10.1.2.3/8').ip()", "net.IP(10.1.2.3)"},
                  {"cidr('10.1.2.3/8').ip().family()", "4"},
                  {"cidr('10.1.2.3/8').masked()", "net.CIDR(10.0.0.0/8)"},
                  {"cidr('10.1.2.3/8').prefixLength()", "8"},
                  {"cidr('::/0').prefixLength()", "0"}});
  ExpectErrors({"cidr('')", "cidr('10.0.0.0')", "cidr('10.0.0.0/33')",
                "cidr('10.0.0.0/08')", "cidr('::ffff:10.0.0.0/100')",
                "cidr('fe80::1%en0/24')", "cidr(8)", "isCIDR(1)",
                "ip('::1').masked()", "'10.0.0.0/8'.prefixLength()",
                "dyn(ip('::1')).prefixLength()"});
}

TEST(NetworkLibrary, TellsWhatARangeContains) {
  ExpectOutcomes(
      {{"cidr('10.0.0.0/8').containsIP(ip('10.9.9.9'))", "true"},
       {"cidr('10.0.0.0/8').containsIP('10.9.9.9')", "true"},
       {"cidr('10.0.0.0/8').containsIP(ip('11.0.0.0'))", "false"},
       {"cidr('10.0.0.0/8').containsIP(ip('::1'))", "false"},
       {"cidr('::/0').containsIP('10.0.0.1')", "false"},
       {"cidr('10.0.0.0/8').containsCIDR(cidr('10.1.0.0/16'))", "true"},
       {"cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')", "true"},
       {"cidr('10.0.0.0/8').containsCIDR('10.0.0.0/7')", "false"},
       {"cidr('10.0.0.0/8').containsCIDR(cidr('::/64'))", "false"},
       {"['10.0.0.0/8', '::/0'].exists(r, cidr(r).containsIP('::5'))",
        "true"}});
  ExpectErrors({"cidr('10.0.0.0/8').containsIP('10.0.0')",
                "cidr('10.0.0.0/8').containsIP(1)",
                "cidr('10.0.0.0/8').containsIP(cidr('10.0.0.0/8'))",
                "cidr('10.0.0.0/8').containsCIDR('10.0.0.0')",
                "cidr('10.0.0.0/8').containsCIDR(ip('10.0.0.0'))",
                "ip('::1').containsIP('::1')"});
}

TEST(SemverLibrary, MakesVersions) {
  ExpectOutcomes({{"semver('1.2.3-a+b')", "kubernetes.Semver(1.2.3-a+b)"},
                  {"string(semver('1.2.3'))", "'1.2.3'"},
                  {"semver('v01.2', true)", "kubernetes.Semver(1.2.0)"},
                  {"semver('1.2.3', false).minor()", "2"},
                  {"isSemver('1.2.3')", "true"},
                  {"isSemver('1.2')", "false"},
                  {"isSemver('1.2', true)", "true"},
                  {"isSemver('1.2', false)", "false"},
                  {"isSemver('v1.0-rc', true)", "false"},
                  {"semver('1.2.3').major()", "1"},
                  {"semver('1.2.3').minor()", "2"},
                  {"semver('1.2.3').patch()", "3"}});
  ExpectErrors({"semver('1.2')", "semver('')", "semver('v1.2.3')", "semver(1)",
                "semver('1.2-a', true)", "isSemver(1)", "'1.2.3'.major()",
                "dyn(ip('::1')).major()", "semver('1.2.3', 1)"});
}

TEST(SemverLibrary, OrdersVersions) {
  ExpectOutcomes({{"semver('1.2.3').isLessThan(semver('1.10.0'))", "true"},
                  {"semver('1.2.3').isLessThan(semver('1.2.3'))", "false"},
                  {"semver('1.2.3').isGreaterThan(semver('1.2.3-rc'))", "true"},
                  {"semver('1.2.3').isGreaterThan(semver('1.2.3'))", "false"},
                  {"semver('1.2.3').compareTo(semver('1.2.3'))", "0"},
                  {"semver('1.2.3').compareTo(semver('2.0.0'))", "-1"},
                  {"semver('1.2.3').compareTo(semver('0.9.9'))", "1"},
                  {"semver('1.2.3') == semver('1.2.3')", "true"},
                  {"semver('1.2.3') == semver('1.2.3+x')", "true"},
                  {"semver('1.2.3') == semver('1.2.4')", "false"}});
  ExpectErrors({"semver('1.2.3').compareTo('1.2.3')",
                "semver('1.2.3').isLessThan(1)",
                "dyn(semver('1.2.3')).isLessThan(dyn(ip('::1')))",
                "semver('1.2.3') < semver('1.2.4')"});
}

}  // namespace
}  // namespace writ::engine::cel
