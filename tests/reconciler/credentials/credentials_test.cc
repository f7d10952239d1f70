#include "reconciler/credentials/credentials.h"

#include "schema/credential/token_format.h"
#include "tests/reconciler/credentials/credential_fixture.h"

namespace writ::reconciler {
namespace {

using std::chrono::hours;
using ::testing::Test;

class CredentialsTest : public CredentialTest {
 protected:
  Result<Minted> Mint(const MintRequest& request) {
    return Transact(*store_, "", [&](WriteTransaction& write) {
      return credentials_->Mint(write, request, {"driver"});
    });
  }
  Result<Minted> MintFor(const std::string& rotation,
                         std::int64_t generation = 1) {
    MintRequest request{Terms(kCi)};
    request.rotation = rotation;
    request.generation = generation;
    return Mint(request);
  }
  std::optional<ErrorCode> Activate(const std::string& id) {
    return Do([&](WriteTransaction& write) {
      return credentials_->Activate(write, id, {"driver"});
    });
  }
  std::optional<ErrorCode> Suspend(const std::string& id) {
    return Do([&](WriteTransaction& write) {
      return credentials_->Suspend(write, id, {"ana", "strange use"});
    });
  }
  std::optional<ErrorCode> Resume(const std::string& id) {
    return Do([&](WriteTransaction& write) {
      return credentials_->Resume(write, id, {"ana"});
    });
  }
  // Revokes it, as one that the rotation itself replaced.
  std::string StatusAfter(const std::function<void()>& what) {
    what();
    EXPECT_FALSE(Do([&](WriteTransaction& write) {
      return credentials_->UpdateTokenStatus(write, Id(kCi));
    }));
    return store_->ReadStored(Id(kCi)).value()->live.status;
  }
  std::int64_t Refresh(const std::string& address) {
    std::int64_t changed = 0;
    EXPECT_FALSE(Do([&](WriteTransaction& write) -> Result<std::int64_t> {
      changed = TRY(credentials_->Refresh(write, Terms(address), {"apply"}));
      return changed;
    }));
    return changed;
  }
};

// S-02 S-11 S-20 S-32: what is kept is a digest and what may be shown.
TEST_F(CredentialsTest, KeepADigestAndAVisiblePrefix) {
  for (const std::string address :
       {kCi, kIngest, kReader, kAccount, kDashboard}) {
    const auto [record, token] = Issue(address);
    EXPECT_EQ(ParseToken(token), Terms(address).family);
    EXPECT_EQ(record.digest, TokenDigest(token));
    EXPECT_EQ(record.hint, VisiblePrefix(token));
    EXPECT_EQ(record.status, CredentialStatus::kActive);
    EXPECT_EQ(record.rights, PrintRights(Terms(address).rights));
    EXPECT_EQ(record.issued_by, "ana");
    EXPECT_EQ(AuditText().find(token.substr(20)), std::string::npos);
    const std::string allowed = address == kReader ? "10.0.0.1" : "192.0.2.1";
    EXPECT_EQ(VerdictOf(token, allowed), Verdict::kValid) << address;
  }
}

// T-19: until its value is where it should be, it opens nothing.
TEST_F(CredentialsTest, APendingOneOpensNothing) {
  const auto minted = Mint({Terms(kCi)});
  ASSERT_TRUE(minted);
  const std::string token(minted->value->Reveal());
  EXPECT_EQ(VerdictOf(token), Verdict::kPending);
  EXPECT_FALSE(Activate(minted->record.id));
  EXPECT_EQ(VerdictOf(token), Verdict::kValid);
  EXPECT_EQ(Activate(minted->record.id), ErrorCode::kConflict);
}

// S-04 S-25 S-36: at once, and for good.
TEST_F(CredentialsTest, RevocationIsFinal) {
  const auto [record, token] = Issue(kCi);
  EXPECT_FALSE(Revoke(record.id));
  EXPECT_EQ(VerdictOf(token), Verdict::kRevoked);
  EXPECT_EQ(Row(record.id).ended_by, "ana");
  EXPECT_EQ(Row(record.id).ended_why, "leaked");
  EXPECT_EQ(Resume(record.id), ErrorCode::kConflict);
  EXPECT_EQ(Suspend(record.id), ErrorCode::kConflict);
  EXPECT_EQ(Activate(record.id), ErrorCode::kConflict);
  EXPECT_FALSE(Revoke(record.id));
  EXPECT_NE(AuditText().find("token.revoke " + std::string(kCi) + " ana"),
            std::string::npos);
  EXPECT_EQ(Revoke("crd_nobody"), ErrorCode::kNotFound);
}

TEST_F(CredentialsTest, SuspensionEndsWhenResumed) {
  const auto [record, token] = Issue(kCi);
  EXPECT_FALSE(Suspend(record.id));
  EXPECT_EQ(VerdictOf(token), Verdict::kSuspended);
  EXPECT_EQ(Suspend(record.id), ErrorCode::kConflict);
  EXPECT_FALSE(Resume(record.id));
  EXPECT_EQ(VerdictOf(token), Verdict::kValid);
  EXPECT_EQ(Row(record.id).ended_by, "");
  EXPECT_EQ(Resume(record.id), ErrorCode::kConflict);
}

// S-03: several at once, as many as maxActive says.
TEST_F(CredentialsTest, SeveralAreValidAtOnceUpToTheLimit) {
  const auto first = Issue(kCi).second;
  const auto second = Issue(kCi).second;
  EXPECT_EQ(VerdictOf(first), Verdict::kValid);
  EXPECT_EQ(VerdictOf(second), Verdict::kValid);
  EXPECT_EQ(Mint({Terms(kCi)}).error().code, ErrorCode::kLimit);
  // One that is dedicated to a target has a slot of its own.
  MintRequest dedicated{Terms(kCi)};
  dedicated.target = "DeployTarget/acme/github-ci";
  EXPECT_TRUE(Mint(dedicated));
  // What ended makes room.
  EXPECT_FALSE(Revoke(
      store_->credentials().FindByDigest(TokenDigest(first)).value()->id));
  EXPECT_TRUE(Mint({Terms(kCi)}));
}

TEST_F(CredentialsTest, WhatExpiredMakesRoom) {
  Declare(kCi, "Workspace/acme",
          R"({"type":"clientSecret","expiresAfter":"1h","maxActive":1})");
  Issue(kCi);
  EXPECT_EQ(Mint({Terms(kCi)}).error().code, ErrorCode::kLimit);
  clock_.Advance(hours(1));
  EXPECT_TRUE(Mint({Terms(kCi)}));
}

TEST_F(CredentialsTest, ARotationMintsOnce) {
  const auto first = MintFor("r_1");
  ASSERT_TRUE(first && first->value);
  EXPECT_EQ(first->record.id, CredentialIdOf("r_1", 1, ""));
  EXPECT_FALSE(Activate(first->record.id));
  const auto again = MintFor("r_1");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->record.id, first->record.id);
  EXPECT_FALSE(again->value);
  EXPECT_EQ(again->generation, 1);
  // F16: revoked by hand, it isn't minted anew behind that person's back.
  EXPECT_FALSE(Revoke(first->record.id));
  const auto revoked = MintFor("r_1");
  ASSERT_TRUE(revoked);
  EXPECT_FALSE(revoked->value);
  EXPECT_EQ(revoked->record.status, CredentialStatus::kRevoked);
}

// The value of a pending one died with the process that minted it.
TEST_F(CredentialsTest, APendingOneOfARotationIsReplaced) {
  const auto lost = MintFor("r_1");
  const auto second = MintFor("r_1");
  ASSERT_TRUE(lost && second && second->value);
  EXPECT_EQ(second->generation, 2);
  EXPECT_EQ(second->record.id, CredentialIdOf("r_1", 2, ""));
  EXPECT_EQ(VerdictOf(lost->value->Reveal()), Verdict::kRevoked);
  EXPECT_EQ(Row(lost->record.id).ended_by, kEndedAsVoid);
  const auto third = MintFor("r_1");
  ASSERT_TRUE(third);
  EXPECT_EQ(third->generation, 3);
}

TEST_F(CredentialsTest, IdsFollowFromRotationGenerationAndTarget) {
  const std::string id = CredentialIdOf("r", 1, "t");
  EXPECT_EQ(id.size(), 28U);
  EXPECT_EQ(id, CredentialIdOf("r", 1, "t"));
  EXPECT_NE(id, CredentialIdOf("r", 2, "t"));
  EXPECT_NE(id, CredentialIdOf("r", 1, "u"));
  EXPECT_NE(CredentialIdOf("r1", 1, "t"), CredentialIdOf("r", 11, "t"));
}

// S-35
TEST_F(CredentialsTest, ExpiredIsRefusedByItself) {
  Declare(kCi, "Workspace/acme",
          R"({"type":"clientSecret","expiresAfter":"1h"})");
  const auto token = Issue(kCi).second;
  clock_.Advance(hours(1) - std::chrono::microseconds(1));
  EXPECT_EQ(VerdictOf(token), Verdict::kValid);
  clock_.Advance(std::chrono::microseconds(1));
  EXPECT_EQ(VerdictOf(token), Verdict::kExpired);
}

TEST_F(CredentialsTest, ARotatedOneInheritsItsEnd) {
  auto [old, token] = Issue(kCi);
  old.expires_at = clock_.Now() + hours(5);
  MintRequest request{Terms(kCi)};
  request.rotation = "r_1";
  request.replaces = old;
  const auto minted = Mint(request);
  ASSERT_TRUE(minted);
  EXPECT_EQ(minted->record.expires_at, old.expires_at);
}

TEST_F(CredentialsTest, NothingIsIssuedThatHasEnded) {
  Declare(kCi, "Workspace/acme",
          R"({"type":"clientSecret","expiresAt":"2026-11-30T00:00:00Z"})");
  EXPECT_EQ(Mint({Terms(kCi)}).error().code, ErrorCode::kInvalidArgument);
}

// T-24: a clock that goes back doesn't bring back what expired.
TEST_F(CredentialsTest, ExpiryOnceSeenIsFinal) {
  Declare(kCi, "Workspace/acme",
          R"({"type":"clientSecret","expiresAfter":"1h"})");
  const auto [record, token] = Issue(kCi);
  clock_.Advance(hours(2));
  Declare("App/other", "Workspace/acme", "{}");  // a writer saw that time
  clock_.Advance(-hours(2));
  EXPECT_EQ(VerdictOf(token), Verdict::kExpired);
  EXPECT_FALSE(Do([&](WriteTransaction& write) {
    return credentials_->EndExpired(write, Id(kCi));
  }));
  EXPECT_EQ(Row(record.id).status, CredentialStatus::kRevoked);
  EXPECT_EQ(VerdictOf(token), Verdict::kExpired);
  // Neither does a later end in git.
  Declare(kCi, "Workspace/acme",
          R"({"type":"clientSecret","expiresAfter":"90d"})");
  EXPECT_EQ(Refresh(kCi), 0);
  EXPECT_EQ(VerdictOf(token), Verdict::kExpired);
}

// T-24: whatever the clock says, a revocation works.
TEST_F(CredentialsTest, RevokesUnderAClockThatIsBehind) {
  const auto [record, token] = Issue(kCi);
  clock_.Advance(-hours(24));
  ASSERT_TRUE(store_->ReadFacts()->clock_behind);
  EXPECT_FALSE(Revoke(record.id));
  EXPECT_EQ(VerdictOf(token), Verdict::kRevoked);
}

TEST_F(CredentialsTest, RefreshGivesTheRightsOfNow) {
  const auto [record, token] = Issue(kDashboard);
  EXPECT_EQ(Refresh(kDashboard), 0);
  Declare("ScopeSet/acme/read", "Workspace/acme", R"({"scopes":["crm:read"]})");
  EXPECT_EQ(Refresh(kDashboard), 1);
  const auto verification = credentials_->Verify(token, {});
  ASSERT_TRUE(verification && verification->rights);
  EXPECT_EQ(verification->verdict, Verdict::kValid);
  EXPECT_FALSE(verification->rights->MayUseScope("inbox:read"));
  EXPECT_TRUE(verification->rights->MayUseScope("crm:read"));
}

TEST_F(CredentialsTest, RevokeAllLeavesAnotherTokensAlone) {
  const auto first = Issue(kCi).second;
  const auto second = Issue(kCi).second;
  const auto other = Issue(kAccount).second;
  std::int64_t revoked = 0;
  EXPECT_FALSE(Do([&](WriteTransaction& write) -> Result<std::int64_t> {
    revoked = TRY(credentials_->RevokeAll(
        write, Id(kCi), "uid of " + std::string(kCi), {"apply"}));
    return revoked;
  }));
  EXPECT_EQ(revoked, 2);
  EXPECT_EQ(VerdictOf(first), Verdict::kRevoked);
  EXPECT_EQ(VerdictOf(second), Verdict::kRevoked);
  EXPECT_EQ(VerdictOf(other), Verdict::kValid);
}

TEST_F(CredentialsTest, TheTokenSaysWhatAPersonDid) {
  const auto first = Issue(kCi).first;
  const auto second = Issue(kCi).first;
  EXPECT_EQ(StatusAfter([&] { Revoke(first.id); }), "");
  EXPECT_EQ(StatusAfter([&] { Suspend(second.id); }),
            "suspended by ana on 2026-12-01");
  EXPECT_EQ(StatusAfter([&] { Resume(second.id); }), "");
  EXPECT_EQ(StatusAfter([&] { Revoke(second.id); }),
            "revoked by ana on 2026-12-01");
  const std::int64_t generation =
      store_->ReadStored(Id(kCi)).value()->live.generation;
  EXPECT_EQ(StatusAfter([] {}), "revoked by ana on 2026-12-01");
  EXPECT_EQ(store_->ReadStored(Id(kCi)).value()->live.generation, generation);
  EXPECT_EQ(StatusAfter([&] { Issue(kCi); }), "");
}

TEST_F(CredentialsTest, ImportsWhatAnotherProductIssued) {
  const std::string token = "vela_cs_" + std::string(48, 'e');
  EXPECT_EQ(VerdictOf(token), Verdict::kMalformed);
  const auto import = [&] {
    return Do([&](WriteTransaction& write) {
      return credentials_->Import(
          write, {Terms(kCi), TokenDigest(token), "vela_cs_eeee"}, {"ana"});
    });
  };
  EXPECT_FALSE(import());
  EXPECT_EQ(VerdictOf(token), Verdict::kValid);
  EXPECT_EQ(import(), ErrorCode::kConflict);
  const auto record =
      store_->credentials().FindByDigest(TokenDigest(token)).value();
  EXPECT_EQ(record->hint, "vela_cs_eeee");
  // It stays an imported one when its rights change.
  Declare(kCi, "Workspace/acme",
          R"({"type":"clientSecret","ipAllowlist":["10.0.0.0/8"]})");
  EXPECT_EQ(Refresh(kCi), 1);
  EXPECT_EQ(VerdictOf(token, "10.0.0.1"), Verdict::kValid);
  EXPECT_EQ(VerdictOf(token, "11.0.0.1"), Verdict::kWrongAddress);
  EXPECT_FALSE(Revoke(record->id));
  EXPECT_EQ(import(), ErrorCode::kConflict);
}

TEST_F(CredentialsTest, UnknownAndMalformedDiffer) {
  const SecretValue stranger =
      MakeToken(TokenFamily::kApiKey,
                [this](std::span<std::uint8_t> bytes) { chance_.Fill(bytes); });
  EXPECT_EQ(VerdictOf(stranger.Reveal()), Verdict::kUnknown);
  std::string typo(stranger.Reveal());
  typo[20] = typo[20] == 'a' ? 'b' : 'a';
  EXPECT_EQ(VerdictOf(typo), Verdict::kMalformed);
  EXPECT_EQ(VerdictOf("password"), Verdict::kMalformed);
}

TEST_F(CredentialsTest, WithoutTheMasterKeyOnlyEndingWorks) {
  const auto [record, token] = Issue(kCi);
  const auto [other, kept] = Issue(kAccount);
  credentials_.emplace(*store_, nullptr, clock_, chance_);
  EXPECT_EQ(Mint({Terms(kCi)}).error().code, ErrorCode::kPermission);
  EXPECT_EQ(Suspend(record.id), ErrorCode::kPermission);
  EXPECT_EQ(credentials_->Verify(token, {}).error().code,
            ErrorCode::kPermission);
  EXPECT_FALSE(Revoke(record.id));
  EXPECT_EQ(VerdictOf(token), Verdict::kRevoked);
  // Who has the key finds a revocation, no tampering.
  credentials_.emplace(*store_, &*keys_, clock_, chance_);
  EXPECT_EQ(VerdictOf(token), Verdict::kRevoked);
  EXPECT_TRUE(credentials_->IsAuthentic(Row(record.id)));
  EXPECT_EQ(VerdictOf(kept), Verdict::kValid);
}

}  // namespace
}  // namespace writ::reconciler
