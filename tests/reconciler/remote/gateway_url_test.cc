#include "reconciler/remote/gateway_url.h"

#include <gtest/gtest.h>

namespace writ::reconciler {
namespace {

TEST(GatewayUrl, IsToldFromAFolder) {
  EXPECT_TRUE(IsGatewayUrl("https://writ.example.org"));
  EXPECT_TRUE(IsGatewayUrl("HTTP://127.0.0.1:8443"));
  EXPECT_FALSE(IsGatewayUrl("sqlite:https"));
  EXPECT_FALSE(IsGatewayUrl("state/https"));
}

TEST(GatewayUrl, IsHttpsOrTheLoopback) {
  EXPECT_EQ(CheckGatewayUrl("https://writ.example.org/").value(),
            "https://writ.example.org");
  EXPECT_EQ(CheckGatewayUrl("HTTPS://writ.example.org/prod//").value(),
            "https://writ.example.org/prod");
  for (const char* loopback : {"http://127.0.0.1:8443", "http://localhost",
                               "http://[::1]:80", "http://127.9.9.9"}) {
    EXPECT_TRUE(CheckGatewayUrl(loopback)) << loopback;
  }
  for (const char* wrong :
       {"http://writ.example.org", "http://10.0.0.1", "http://[fe80::1]",
        "http://localhost.evil.example", "http://127.0.0.1@evil.example",
        "https://", "https:///x", "https://user:pw@host", "https://h?x=1",
        "https://h#f", "https://h\\x", "https://h x"}) {
    const auto checked = CheckGatewayUrl(wrong);
    ASSERT_FALSE(checked) << wrong;
    EXPECT_EQ(checked.error().code, ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace writ::reconciler
