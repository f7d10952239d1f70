// Bodies of answers that are sent as they come.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/reconciler/gateway/server/http_server_fixture.h"

namespace writ::reconciler::gateway {
namespace {

using ::writ::testing::RawClient;

TEST_F(HttpServerTest, SendsABodyAsItComes) {
  Open();
  RawClient client = Connect();
  client.Send(Get("/stream"));
  const auto head = client.Read();
  ASSERT_TRUE(head);
  EXPECT_TRUE(head->Has("Transfer-Encoding: chunked"));
  EXPECT_EQ(head->head.find("Content-Length"), std::string::npos);
  EXPECT_TRUE(entry_.stream->Write("one\n"));
  EXPECT_EQ(client.ReadChunk(), "one\n");
  EXPECT_TRUE(entry_.stream->Write("two\n"));
  EXPECT_EQ(client.ReadChunk(), "two\n");
  entry_.stream->End();
  EXPECT_EQ(client.ReadChunk(), "");
  // The connection goes on.
  client.Send(Get("/next"));
  EXPECT_EQ(client.Read()->body, "GET /next   127.0.0.1");
}

TEST_F(HttpServerTest, SendsABodyThatWasThereBefore) {
  Open();
  entry_.stream->Write("all");
  entry_.stream->End();
  RawClient client = Connect();
  client.Send(Get("/stream"));
  ASSERT_TRUE(client.Read());
  EXPECT_EQ(client.ReadChunk(), "all");
  EXPECT_EQ(client.ReadChunk(), "");
}

TEST_F(HttpServerTest, SendsNoChunksToWhoDoesntKnowThem) {
  Open();
  RawClient client = Connect();
  client.Send("GET /stream HTTP/1.0\r\nHost: a\r\n\r\n");
  const auto head = client.Read();
  ASSERT_TRUE(head);
  EXPECT_EQ(head->head.find("chunked"), std::string::npos);
  entry_.stream->Write("one\n");
  entry_.stream->Write("two\n");
  entry_.stream->End();
  EXPECT_EQ(client.ReadToEnd(), "one\ntwo\n");
}

TEST_F(HttpServerTest, TellsAHandlerThatNobodyReads) {
  Open();
  {
    RawClient client = Connect();
    client.Send(Get("/stream"));
    ASSERT_TRUE(client.Read());
  }
  // Sooner or later a write fails.
  const std::string lines(100'000, 'x');
  const auto until =
      std::chrono::steady_clock::now() + std::chrono::seconds(60);
  bool is_read = true;
  while (is_read && std::chrono::steady_clock::now() < until) {
    is_read = entry_.stream->Write(lines);
  }
  EXPECT_FALSE(is_read);
}

}  // namespace
}  // namespace writ::reconciler::gateway
