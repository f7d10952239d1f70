#include "reconciler/fetching/fetch_messages.h"

#include <gtest/gtest.h>

#include <string>

namespace writ::reconciler {
namespace {

TEST(FetchMessages, AnOrderArrivesAsItWasGiven) {
  manifests::FetchOrder order;
  order.url = "https://host/\"r\"";
  order.host = "[host]:2222";
  order.folder = "/cache/x";
  order.ref = "refs/pull/7/head";
  order.max_bytes = 1ull << 40;
  order.ca_file = "/ca.pem";
  order.ssh_key_file = "/key";
  order.user = "git";
  order.token = SecretValue::Copy("line\n{\"not\":\"json\"}");
  const SecretValue text = WriteOrder(order, std::chrono::seconds(7));
  const auto read = ReadOrder(text.Reveal());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->order.url, order.url);
  EXPECT_EQ(read->order.host, order.host);
  EXPECT_EQ(read->order.folder, order.folder);
  EXPECT_EQ(read->order.ref, order.ref);
  EXPECT_EQ(read->order.max_bytes, order.max_bytes);
  EXPECT_EQ(read->order.ca_file, order.ca_file);
  EXPECT_EQ(read->order.ssh_key_file, order.ssh_key_file);
  EXPECT_EQ(read->order.user, order.user);
  EXPECT_EQ(read->order.token.Reveal(), order.token.Reveal());
  EXPECT_EQ(read->timeout, std::chrono::seconds(7));
}

TEST(FetchMessages, OtherTextIsNoOrder) {
  for (const char* text : {"", "\n", "{}", "[]\n", "nothing\n", "{\n"}) {
    EXPECT_FALSE(ReadOrder(text)) << text;
  }
}

TEST(FetchMessages, TheLastWordCounts) {
  FetchReport report =
      ReadReport(WriteProgress("a connection") + WriteProgress("objects"));
  EXPECT_EQ(report.waits_for, "objects");
  EXPECT_FALSE(report.done);
  EXPECT_FALSE(report.error);
  report = ReadReport(WriteProgress("objects") + WriteEnd({}));
  EXPECT_TRUE(report.done);
  report = ReadReport(
      WriteEnd(Fail(ErrorCode::kPermission, "we may not", "ask them")));
  EXPECT_FALSE(report.done);
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->code, ErrorCode::kPermission);
  EXPECT_EQ(report.error->message, "we may not");
  EXPECT_EQ(report.error->remedy, "ask them");
}

TEST(FetchMessages, WhatWasCutOffIsPassedOver) {
  const std::string whole = WriteProgress("objects") + WriteEnd({});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ReadReport(whole.substr(0, size)).done) << size;
  }
  EXPECT_TRUE(ReadReport("noise\n[]\n{\"done\":7}\n" + whole).done);
  const FetchReport odd =
      ReadReport("{\"done\":false,\"code\":99,\"message\":\"x\"}\n");
  ASSERT_TRUE(odd.error);
  EXPECT_EQ(odd.error->code, ErrorCode::kIo);
}

}  // namespace
}  // namespace writ::reconciler
