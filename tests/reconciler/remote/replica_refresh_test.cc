// A replica follows a gateway, whatever becomes of either.
#include "reconciler/remote/replica.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "reconciler/egress/curl_http_client.h"
#include "reconciler/events/event_reader.h"
#include "reconciler/store/plan_rows.h"
#include "tests/reconciler/store/store_fixture.h"
#include "tests/support/http_server.h"

namespace writ::reconciler {
namespace {

namespace fs = std::filesystem;
using testing::HttpServer;
using testing::ReceivedRequest;
using testing::ScriptedResponse;

HostFile Here() {
  HostFile host;
  host.networks = {*ParseIpNetwork("127.0.0.0/8")};
  return host;
}

class ReplicaRefresh : public StoreTest {
 protected:
  void SetUp() override {
    store_ = Open();
    PutAll(*store_, {MakeResource("App/a"), MakeResource("App/b")});
    Remember();
    server_ = std::make_unique<HttpServer>(
        [this](const ReceivedRequest& got) { return Answer(got); });
  }
  // What the gateway has now.
  void Remember() {
    const PlanCopy copy =
        PlanRowsReader::Open(store_->folder()).value()->Read(totals_).value();
    version_ = copy.Version();
    whole_ = copy.Text(version_);
    deltas_.clear();
    for (const PlanCopyMarks& marks : marks_) {
      deltas_[marks.version()] = marks.DeltaText(copy, version_);
    }
    marks_.emplace_back(version_, copy);
  }
  ScriptedResponse Answer(const ReceivedRequest& got) {
    if (got.Header("if-none-match") == "\"" + version_ + "\"") {
      return {.status = 304};
    }
    const std::size_t since = got.target.find("since=");
    const auto delta = since == std::string::npos
                           ? deltas_.end()
                           : deltas_.find(got.target.substr(since + 6));
    const bool has_delta = gives_deltas_ && delta != deltas_.end();
    std::string text = has_delta ? delta->second : whole_;
    if (cut_ > 0) text.resize(std::min(cut_, text.size()));
    return {.status = 200, .body = std::move(text)};
  }
  Result<Replica> Refresh() {
    CurlHttpClient http(Here());
    GatewayClient client({server_->url(), SecretValue::Copy("x"), "a test", ""},
                         http, clock_);
    return RefreshReplica(client, folder());
  }
  std::string folder() const { return folder_ / "cache/writ/states/x"; }
  std::string VersionThere() {
    return PlanReplica::Open(folder()).value()->Version().value().value_or("");
  }

  AppTotals totals_;
  std::string version_;
  std::string whole_;
  std::map<std::string, std::string> deltas_;
  std::vector<PlanCopyMarks> marks_;
  bool gives_deltas_ = true;
  std::size_t cut_ = 0;
  std::unique_ptr<StateStore> store_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(ReplicaRefresh, FollowsByWhatChanged) {
  const auto first = Refresh();
  ASSERT_TRUE(first) << Describe(first.error());
  EXPECT_EQ(first->environment, "production");
  EXPECT_EQ(VersionThere(), version_);
  EXPECT_EQ(fs::status(folder()).permissions(), fs::perms::owner_all);
  ASSERT_TRUE(Refresh()) << "304";
  PutAll(*store_, {MakeResource("App/c")});
  Remember();
  ASSERT_TRUE(Refresh());
  EXPECT_EQ(VersionThere(), version_);
  EXPECT_EQ(server_->received().size(), 3u);
}

TEST_F(ReplicaRefresh, KeepsCountsOfEvents) {
  totals_ = {{"uid of App/a", 12}};
  Remember();
  ASSERT_TRUE(Refresh());
  const auto totals = EventReader::Open(folder()).value()->Totals().value();
  ASSERT_EQ(totals.size(), 1u);
  EXPECT_EQ(totals[0].stored, 12);
  totals_ = {};
  Remember();
  ASSERT_TRUE(Refresh());
  EXPECT_TRUE(EventReader::Open(folder()).value()->Totals()->empty());
}

TEST_F(ReplicaRefresh, BeginsAnewWhereItIsBroken) {
  ASSERT_TRUE(Refresh());
  fs::resize_file(folder() + "/state.db", 5000);
  ASSERT_TRUE(Refresh());
  EXPECT_EQ(VersionThere(), version_);
  fs::resize_file(folder() + "/state.db", 0);
  ASSERT_TRUE(Refresh());
  EXPECT_EQ(VersionThere(), version_);
}

TEST_F(ReplicaRefresh, BeginsAnewWithAnotherState) {
  ASSERT_TRUE(Refresh());
  store_.reset();
  fs::remove_all(folder_ / "state");
  store_ = Open();
  PutAll(*store_, {MakeResource("App/other")});
  marks_.clear();
  Remember();
  ASSERT_TRUE(Refresh());
  EXPECT_EQ(VersionThere(), version_);
}

TEST_F(ReplicaRefresh, TakesNothingThatIsCutOff) {
  ASSERT_TRUE(Refresh());
  const std::string before = VersionThere();
  PutAll(*store_, {MakeResource("App/c")});
  Remember();
  cut_ = 700;
  const auto cut = Refresh();
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, ErrorCode::kCorrupt);
  cut_ = 0;
  ASSERT_TRUE(Refresh());
  EXPECT_EQ(VersionThere(), version_);
}

TEST_F(ReplicaRefresh, TakesTheWholeWhereThereIsNoDelta) {
  ASSERT_TRUE(Refresh());
  gives_deltas_ = false;
  PutAll(*store_, {MakeResource("App/c")});
  Remember();
  ASSERT_TRUE(Refresh());
  EXPECT_EQ(VersionThere(), version_);
}

TEST(ReplicaFolder, IsOfOneGateway) {
  EXPECT_NE(ReplicaFolder("/c", "https://a"), ReplicaFolder("/c", "https://b"));
  EXPECT_TRUE(ReplicaFolder("/c", "https://a").starts_with("/c/writ/states/"));
}

}  // namespace
}  // namespace writ::reconciler
