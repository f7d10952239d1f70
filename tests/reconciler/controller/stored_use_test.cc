// Use of tokens as plans and policies see it: T-12, T-16.
#include "reconciler/controller/stored_use.h"

#include <chrono>
#include <string>
#include <vector>

#include "reconciler/events/use_records.h"
#include "tests/reconciler/credentials/credential_fixture.h"

namespace writ::reconciler {
namespace {

class StoredUse : public CredentialTest {
 protected:
  void SetUp() override {
    CredentialTest::SetUp();
    EventDatabaseOptions options;
    options.folder = folder_ / "state";
    options.mode = EventDatabaseMode::kMigrate;
    auto records = UseRecords::Open(options);
    ASSERT_TRUE(records) << Describe(records.error());
    records_ = *std::move(records);
    ASSERT_TRUE(records_->Register("g", clock_.Now()));
  }

  void Use(const std::string& credential, std::chrono::hours ago,
           std::int64_t count, bool refused = false,
           const std::string& agent = "checkout/2.1") {
    UseSum sum;
    sum.credential = credential;
    sum.client = "10.0.0.7";
    sum.agent = agent;
    sum.route = "GET /x";
    sum.refused = refused;
    sum.first_at = sum.last_at = clock_.Now() - ago;
    sum.count = count;
    const std::vector<UseSum> sums = {sum};
    ASSERT_TRUE(records_->Flush(sums, clock_.Now(), false));
  }

  std::optional<Usage> UsageOf(const std::string& address) {
    auto live = store_->ReadAll(/*contents=*/false).value();
    EXPECT_TRUE(AddTokenUse(*store_, clock_.Now(), live));
    const auto* row = live.Find(Id(address));
    EXPECT_NE(row, nullptr);
    return row == nullptr ? std::nullopt : row->usage;
  }

  std::unique_ptr<UseRecords> records_;
};

TEST_F(StoredUse, AddsUpATokensCredentials) {
  const auto [one, first] = Issue(kCi);
  const auto [two, second] = Issue(kCi);
  Use(one.id, std::chrono::hours(3), 400);
  Use(two.id, std::chrono::hours(30), 12);
  const auto usage = UsageOf(kCi);
  ASSERT_TRUE(usage);
  EXPECT_EQ(usage->count_7d, 412);
  EXPECT_EQ(usage->last_used_at, clock_.Now() - std::chrono::hours(3));
  EXPECT_EQ(UsageOf(kIngest), std::nullopt);
}

TEST_F(StoredUse, CountsTheLastSevenDaysAlone) {
  const auto [record, token] = Issue(kCi);
  Use(record.id, std::chrono::hours(24 * 20), 1000);
  auto usage = UsageOf(kCi);
  ASSERT_TRUE(usage);
  EXPECT_EQ(usage->count_7d, 0);
  EXPECT_EQ(usage->last_used_at, clock_.Now() - std::chrono::hours(24 * 20));
  Use(record.id, std::chrono::hours(24 * 2), 5);
  Use(record.id, std::chrono::hours(24 * 6), 5);
  EXPECT_EQ(UsageOf(kCi)->count_7d, 10);
}

// T-09: writ's own probes, and tries that were refused, are no use.
TEST_F(StoredUse, LeavesOutProbesAndRefusals) {
  const auto [record, token] = Issue(kCi);
  Use(record.id, std::chrono::hours(1), 7, /*refused=*/true);
  Use(record.id, std::chrono::hours(1), 7, false, "writ-probe/0.1.0");
  EXPECT_EQ(UsageOf(kCi), std::nullopt);
}

// F48: what it was used for, of all credentials it ever had.
TEST_F(StoredUse, KnowsWhatItWasUsedFor) {
  const auto [one, first] = Issue(kCi);
  const auto [two, second] = Issue(kCi);
  const auto use = [&](const std::string& credential, const char* scope,
                       std::chrono::hours ago, bool refused = false) {
    UseSum sum;
    sum.credential = credential;
    sum.route = "GET /x";
    sum.scope = scope;
    sum.refused = refused;
    sum.first_at = sum.last_at = clock_.Now() - ago;
    sum.count = 1;
    const std::vector<UseSum> sums = {sum};
    ASSERT_TRUE(records_->Flush(sums, clock_.Now(), false));
  };
  use(one.id, "inbox:read", std::chrono::hours(50));
  use(two.id, "inbox:read", std::chrono::hours(3));
  use(two.id, "schema:read", std::chrono::hours(24 * 29));
  use(two.id, "schema:write", std::chrono::hours(24 * 31));
  use(two.id, "inbox:write", std::chrono::hours(1), /*refused=*/true);
  const auto usage = UsageOf(kCi);
  ASSERT_TRUE(usage);
  const std::map<std::string, Timestamp> want = {
      {"inbox:read", clock_.Now() - std::chrono::hours(3)},
      {"schema:read", clock_.Now() - std::chrono::hours(24 * 29)}};
  EXPECT_EQ(usage->scopes, want);
}

TEST_F(StoredUse, SaysNothingWhereNobodyRecords) {
  records_.reset();
  std::filesystem::remove(folder_ / "state/events.db");
  EXPECT_EQ(UsageOf(kCi), std::nullopt);
}

}  // namespace
}  // namespace writ::reconciler
