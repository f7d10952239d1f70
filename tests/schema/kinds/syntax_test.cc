// Cron expressions and what stands on a network.
#include <gtest/gtest.h>

#include <string>

#include "schema/cron_syntax.h"
#include "schema/network_syntax.h"

namespace writ {
namespace {

TEST(CronSyntax, TakesWhatCronTakes) {
  for (const char* good :
       {"* * * * *", "0 6 * * 1-5", "*/15 0-23/2 1,15 jan-MAR,12 sun",
        "0 0 * "
        "* 7",
        "  5   4 * * *  ", "0\t0 * * mon-fri/2", "@hourly", "@yearly",
        "@annually", "@midnight", "59 23 31 12 6"}) {
    EXPECT_TRUE(IsCronExpression(good)) << good;
  }
}

TEST(CronSyntax, KnowsWhetherADayEverComes) {
  for (const char* good :
       {"0 0 29 2 *", "0 0 31 */2 *", "0 0 30,1 2 *", "0 0 31 2 1", "@daily",
        "0 0 * * *", "0 0 */31 2 *", "0 0 31 4-5 *", "0 0 5-31 feb *"}) {
    EXPECT_TRUE(HasADay(good)) << good;
  }
  for (const char* never : {"0 0 31 2 *", "0 0 30 feb *", "0 0 31 4,6,9,11 *",
                            "0 0 30-31 2 *", "0 0 31 4-6/2 *"}) {
    EXPECT_FALSE(HasADay(never)) << never;
  }
}

TEST(CronSyntax, RefusesTheRest) {
  for (const char* bad : {"",
                          "*",
                          "* * * *",
                          "* * * * * *",
                          "60 * * * *",
                          "* 24 * * *",
                          "* * 0 * *",
                          "* * 32 * *",
                          "* * * 13 *",
                          "* * * 0 *",
                          "* * * * 8",
                          "5-1 * * * *",
                          "*/0 * * * *",
                          "1, * * * *",
                          ",1 * * * *",
                          "a * * * *",
                          "* * * foo *",
                          "1-2-3 * * * *",
                          "-1 * * * *",
                          "*/ * * * *",
                          "1/2/3 * * * *",
                          "@reboot",
                          "@every 5m",
                          "@Daily",
                          "0 0 L * *",
                          "0 0 ? * *",
                          "1000 * * * *"}) {
    EXPECT_FALSE(IsCronExpression(bad)) << bad;
  }
  EXPECT_FALSE(IsCronExpression(std::string(300, '*')));
}

TEST(NetworkSyntax, TakesOnlyUrlsThatMayBeCalled) {  // T-07, T-25
  for (const char* good :
       {"https://a", "https://a.example.org:8443/b/c?d=e&f=%20",
        "https://[2001:db8::1]:443/", "http://localhost:9000/x",
        "http://127.0.0.1", "http://[::1]/a", "https://10.0.0.1"}) {
    EXPECT_TRUE(IsSafeUrl(good)) << good;
  }
  for (const char* bad : {"",
                          "https://",
                          "https:///a",
                          "http://example.org",
                          "ftp://a",
                          "https://user:pass@example.org",
                          "https://a@b",
                          "https://a/#b",
                          "https://a b",
                          "https://a/\nb",
                          "https://a:0x1",
                          "https://a:65536",
                          "https://a:",
                          "https://[::1",
                          "https://[10.0.0.1]",
                          "https://-a",
                          "HTTPS://a",
                          "javascript:alert(1)",
                          "http://localhost.example.org",
                          "http://127.evil.example",
                          "https://a\\b"}) {
    EXPECT_FALSE(IsSafeUrl(bad)) << bad;
  }
}

TEST(NetworkSyntax, TakesAddressesAndNetworks) {
  for (const char* good : {"1.2.3.4", "1.2.3.4/0", "1.2.3.4/32", "::/0",
                           "fe80::1/128", "::ffff:1.2.3.4"}) {
    EXPECT_TRUE(IsCidr(good)) << good;
  }
  for (const char* bad :
       {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.4/", "1.2.3.4/33",
        "::/129", "::/-1", "1.2.3.4/1/2", "01.2.3.4", "a.b.c.d", "fe80::1%0"}) {
    EXPECT_FALSE(IsCidr(bad)) << bad;
  }
}

TEST(NetworkSyntax, TakesMailAddresses) {
  for (const char* good : {"a@b", "first.last+tag@mail.example.org"}) {
    EXPECT_TRUE(IsEmail(good)) << good;
  }
  for (const char* bad : {"", "a", "a@", "@b", "a b@c", "a@b c", ".a@b", "a.@b",
                          "a..b@c", "a@b\r\nBcc: c@d"}) {
    EXPECT_FALSE(IsEmail(bad)) << bad;
  }
}

}  // namespace
}  // namespace writ
