#include "reconciler/gateway/server/response_head.h"

#include <gtest/gtest.h>

namespace writ::reconciler::gateway {
namespace {

constexpr ResponseFacts kFacts{"Sat, 21 Nov 2026 13:00:00 GMT", "req_1", false};

std::string HeadOf(const HttpResponse& response, ResponseFacts facts = kFacts) {
  std::string head;
  AppendResponseHead(response, facts, head);
  return head;
}

TEST(ResponseHead, HasItsDefaults) {
  EXPECT_EQ(HeadOf({200, "application/json", {}, "{}"}),
            "HTTP/1.1 200 OK\r\n"
            "Date: Sat, 21 Nov 2026 13:00:00 GMT\r\n"
            "Content-Type: application/json\r\n"
            "Content-Length: 2\r\n"
            "X-Request-Id: req_1\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "Cache-Control: no-store\r\n"
            "\r\n");
}

TEST(ResponseHead, KeepsAHandlersHeadersButNotTheServers) {
  const std::string head = HeadOf({405,
                                   "text/plain",
                                   {{"Allow", "GET"},
                                    {"content-length", "99"},
                                    {"Connection", "keep-alive"},
                                    {"Server", "x"},
                                    {"cache-control", "max-age=60"}},
                                   ""});
  EXPECT_NE(head.find("Allow: GET\r\n"), std::string::npos);
  EXPECT_NE(head.find("cache-control: max-age=60\r\n"), std::string::npos);
  EXPECT_EQ(head.find("no-store"), std::string::npos);
  EXPECT_EQ(head.find("99"), std::string::npos);
  EXPECT_EQ(head.find("Connection"), std::string::npos);
  EXPECT_EQ(head.find("Server"), std::string::npos);
}

TEST(ResponseHead, NoValueEndsAHeader) {
  const std::string head =
      HeadOf({200, "a\r\nX: 1", {{"Location", "/\r\nSet-Cookie: a"}}, ""});
  EXPECT_EQ(head.find("\r\nSet-Cookie"), std::string::npos);
  EXPECT_EQ(head.find("\r\nX: 1"), std::string::npos);
  EXPECT_NE(head.find("Location: /  Set-Cookie: a\r\n"), std::string::npos);
}

TEST(ResponseHead, AnnouncesNoBodyWhereThereIsNone) {
  for (const int status : {204, 304}) {
    const std::string head = HeadOf({status, "text/plain", {}, "x"});
    EXPECT_EQ(head.find("Content-Length"), std::string::npos);
    EXPECT_EQ(head.find("\r\nContent-Type"), std::string::npos);
  }
}

TEST(ResponseHead, SaysThatItCloses) {
  ResponseFacts facts = kFacts;
  facts.closes = true;
  EXPECT_NE(HeadOf({}, facts).find("Connection: close\r\n"), std::string::npos);
}

}  // namespace
}  // namespace writ::reconciler::gateway
