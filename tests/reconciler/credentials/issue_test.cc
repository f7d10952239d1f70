#include "reconciler/credentials/issue.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/reconciler/credentials/credential_fixture.h"

namespace writ::reconciler {
namespace {

class IssueTokenTest : public CredentialTest {
 protected:
  Result<CredentialRecord> IssueTo(TokenSink& sink) {
    return IssueToken(*store_, *credentials_, {Id(kCi)}, {"ana"}, sink);
  }
  std::vector<CredentialRecord> Rows() {
    return store_->credentials().ReadOf(Id(kCi)).value();
  }
};

// T-19: what couldn't be written is void, not valid and lost.
TEST_F(IssueTokenTest, AValueThatWentNowhereIsVoid) {
  MemorySink sink;
  sink.fails = true;
  const auto issued = IssueTo(sink);
  ASSERT_FALSE(issued);
  EXPECT_EQ(issued.error().code, ErrorCode::kIo);
  ASSERT_EQ(Rows().size(), 1U);
  EXPECT_EQ(Rows()[0].status, CredentialStatus::kRevoked);
  EXPECT_EQ(Rows()[0].ended_by, kEndedAsVoid);
  EXPECT_NE(AuditText().find("token.void"), std::string::npos);
  sink.fails = false;
  EXPECT_TRUE(IssueTo(sink));
}

// T-19: the token isn't valid before its value is safe.
TEST_F(IssueTokenTest, IsNotActiveWhileItIsWritten) {
  MemorySink sink;
  sink.before = [&] {
    ASSERT_EQ(Rows().size(), 1U);
    EXPECT_EQ(Rows()[0].status, CredentialStatus::kPending);
  };
  ASSERT_TRUE(IssueTo(sink));
  EXPECT_EQ(Rows()[0].status, CredentialStatus::kActive);
  ASSERT_EQ(sink.got.size(), 1U);
  EXPECT_EQ(sink.got[0].first, kCi);
}

TEST_F(IssueTokenTest, WhatAKilledIssueLeftIsVoidAtTheNext) {
  const auto minted = Transact(*store_, "", [&](WriteTransaction& write) {
    return credentials_->Mint(write, {Terms(kCi)}, {"killed"});
  });
  ASSERT_TRUE(minted);
  MemorySink sink;
  ASSERT_TRUE(IssueTo(sink));
  EXPECT_EQ(Row(minted->record.id).status, CredentialStatus::kRevoked);
  EXPECT_EQ(VerdictOf(sink.got[0].second), Verdict::kValid);
}

TEST_F(IssueTokenTest, LeavesARotationsPendingOneAlone) {
  MintRequest request{Terms(kCi)};
  request.rotation = "r_1";
  const auto minted = Transact(*store_, "", [&](WriteTransaction& write) {
    return credentials_->Mint(write, request, {"driver"});
  });
  ASSERT_TRUE(minted);
  Issue(kCi);
  EXPECT_EQ(Row(minted->record.id).status, CredentialStatus::kPending);
}

// Somebody revoked everything while the value was written.
TEST_F(IssueTokenTest, ARevocationMeanwhileWins) {
  MemorySink sink;
  sink.before = [&] {
    EXPECT_FALSE(Do([&](WriteTransaction& write) {
      return credentials_->RevokeAll(write, Id(kCi),
                                     "uid of " + std::string(kCi), {"eve"});
    }));
  };
  const auto issued = IssueTo(sink);
  ASSERT_FALSE(issued);
  EXPECT_EQ(issued.error().code, ErrorCode::kConflict);
  EXPECT_EQ(VerdictOf(sink.got[0].second), Verdict::kRevoked);
}

TEST_F(IssueTokenTest, NothingOfTheValueIsLeftInTheState) {
  const std::string token = Issue(kCi).second;
  store_.reset();
  for (const auto& file :
       std::filesystem::directory_iterator(folder_ / "state")) {
    std::ifstream stream(file.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(stream), {});
    EXPECT_EQ(bytes.find(token.substr(14)), std::string::npos) << file.path();
  }
}

}  // namespace
}  // namespace writ::reconciler
