// Rows that were changed behind writ's back (T-13), and states that were
// restored (T-10).
#include <functional>
#include <string>
#include <vector>

#include "reconciler/credentials/credential_mac.h"
#include "schema/credential/token_format.h"
#include "tests/reconciler/credentials/credential_fixture.h"

namespace writ::reconciler {
namespace {

class Tampering : public CredentialTest {
 protected:
  // As somebody would who can write the database but hasn't the key.
  void Plant(const CredentialRecord& record) {
    ASSERT_FALSE(Do([&](WriteTransaction&) {
      return store_->credentials().Update(record);
    }));
  }
};

// T-13: each field is under the MAC.
TEST_F(Tampering, OfAnyFieldIsSeen) {
  using Record = CredentialRecord;
  const auto later = [this] { return clock_.Now() + std::chrono::hours(9); };
  const std::vector<std::pair<const char*, std::function<void(Record&)>>>
      changes = {
          {"target", [](Record& r) { r.target = "DeployTarget/acme/x"; }},
          {"hint", [](Record& r) { r.hint = "vlt_live_0000"; }},
          {"status", [](Record& r) { r.status = CredentialStatus::kPending; }},
          {"rights", [](Record& r) { r.rights = R"({"role":"MEMBER"})"; }},
          {"issued_at", [&](Record& r) { r.issued_at = later(); }},
          {"issued_by", [](Record& r) { r.issued_by = "eve"; }},
          {"not_before", [&](Record& r) { r.not_before = later(); }},
          {"expires_at", [&](Record& r) { r.expires_at = later(); }},
          {"rotation", [](Record& r) { r.rotation = "r_9"; }},
          {"ended_at", [&](Record& r) { r.ended_at = later(); }},
          {"ended_by", [](Record& r) { r.ended_by = "eve"; }},
          {"ended_why", [](Record& r) { r.ended_why = "so"; }},
          {"mac", [](Record& r) { r.mac.bytes[5] ^= 1; }},
      };
  for (const auto& [name, change] : changes) {
    const auto [record, token] = Issue(kAccount);
    CredentialRecord planted = record;
    change(planted);
    ASSERT_NE(planted, record) << name;
    Plant(planted);
    EXPECT_EQ(VerdictOf(token), Verdict::kTampered) << name;
    EXPECT_FALSE(credentials_->IsAuthentic(Row(record.id))) << name;
    EXPECT_EQ(Do([&, id = record.id](WriteTransaction& write) {
                return credentials_->Suspend(write, id, {"ana"});
              }),
              ErrorCode::kCorrupt);
    // It can still be ended, which makes no authentic row of it.
    EXPECT_FALSE(Revoke(record.id));
    EXPECT_EQ(VerdictOf(token), Verdict::kRevoked) << name;
    EXPECT_NE(CredentialMac(*keys_, Row(record.id)).value(),
              Row(record.id).mac);
  }
}

TEST_F(Tampering, IdUidFamilyAndDigestAreUnderTheMacToo) {
  const CredentialRecord record = Issue(kCi).first;
  ASSERT_TRUE(HasRightMac(*keys_, record));
  CredentialRecord other = record;
  other.id = "crd_other";
  EXPECT_FALSE(HasRightMac(*keys_, other));
  other = record;
  other.token_uid = "uid of Token/acme/account";
  EXPECT_FALSE(HasRightMac(*keys_, other));
  other = record;
  other.family = "sk_live_";
  EXPECT_FALSE(HasRightMac(*keys_, other));
  other = record;
  other.digest = Sha256("something else");
  EXPECT_FALSE(HasRightMac(*keys_, other));
  other = record;
  other.key_generation = 2;
  EXPECT_FALSE(HasRightMac(*keys_, other));
  // Renames move the address, and the table gives sequences.
  other = record;
  other.token = Id("Token/acme/renamed");
  other.sequence = 99;
  // What says when to look opens nothing.
  other.rotate_at = clock_.Now();
  EXPECT_TRUE(HasRightMac(*keys_, other));
}

// A target that git renames takes no consumer's credential away.
TEST_F(Tampering, ARenamedTargetIsNone) {
  Declare("DeployTarget/acme/ci", "Workspace/acme", R"({"type":"dotenv"})");
  MemorySink sink;
  const auto issued =
      IssueToken(*store_, *credentials_,
                 {Id(kCi), "DeployTarget/acme/ci", {}, {}}, {"ana"}, sink);
  ASSERT_TRUE(issued) << Describe(issued.error());
  const std::string token = sink.got.at(0).second;
  ASSERT_FALSE(Do([&](WriteTransaction& write) {
    return write.Rename(Id("DeployTarget/acme/ci"),
                        Id("DeployTarget/acme/runner"), 1);
  }));
  EXPECT_EQ(Row(issued->id).target, "DeployTarget/acme/runner");
  EXPECT_EQ(VerdictOf(token), Verdict::kValid);
}

// T-13: a planted row, with rights that its planter would like.
TEST_F(Tampering, APlantedRowOpensNothing) {
  const SecretValue own =
      MakeToken(TokenFamily::kClientSecret,
                [this](std::span<std::uint8_t> bytes) { chance_.Fill(bytes); });
  CredentialRecord planted = Issue(kCi).first;
  planted.id = "crd_planted";
  planted.digest = TokenDigest(own.Reveal());
  ASSERT_FALSE(Do([&](WriteTransaction&) {
    return store_->credentials().Insert(planted);
  }));
  EXPECT_EQ(VerdictOf(own.Reveal()), Verdict::kTampered);
  EXPECT_FALSE(Do([&](WriteTransaction& write) {
    return credentials_->AuditTampering(write, planted, {"gateway"});
  }));
  EXPECT_NE(AuditText().find("token.tampered"), std::string::npos);
}

// For a rekey: what isn't authentic doesn't become so.
TEST_F(Tampering, SigningAgainKeepsWhatIsAuthentic) {
  CredentialRecord record = Issue(kCi).first;
  const CredentialRecord before = record;
  EXPECT_TRUE(SignAgain(*keys_, record).value());
  EXPECT_EQ(record, before);
  record.hint = "vela_cs_0000";
  const CredentialRecord planted = record;
  EXPECT_FALSE(SignAgain(*keys_, record).value());
  EXPECT_EQ(record, planted);
}

// T-10: an older database doesn't bring back what was revoked since, and
// nothing opens before somebody accepts it.
TEST_F(Tampering, ARestoredStateServesNobody) {
  const auto [revoked, gone] = Issue(kCi);
  const auto valid = Issue(kAccount).second;
  const std::string backup = folder_ / "backup.db";
  ASSERT_TRUE(store_->BackupTo(backup));
  const auto later = Issue(kAccount).second;
  EXPECT_FALSE(Revoke(revoked.id));
  credentials_.reset();
  store_.reset();

  const std::string restored = folder_ / "restored";
  ASSERT_TRUE(RestoreState(backup, restored, clock_, random_, "ana"));
  for (const auto& file :
       std::filesystem::directory_iterator(folder_ / "state")) {
    const std::string name = file.path().filename();
    if (name.find("revo") == std::string::npos) continue;
    std::filesystem::copy_file(file.path(),
                               std::filesystem::path(restored) / name);
  }
  OpenOptions options = Options(OpenMode::kReadWrite);
  options.folder = restored;
  store_ = std::move(StateStore::Open(options).value());
  keys_.emplace(MakeKeys());
  credentials_.emplace(*store_, &*keys_, clock_, chance_);
  EXPECT_EQ(VerdictOf(gone), Verdict::kRevoked);
  EXPECT_EQ(VerdictOf(valid), Verdict::kRestored);
  EXPECT_EQ(VerdictOf(later), Verdict::kUnknown);
  EXPECT_FALSE(
      Do([](WriteTransaction& write) { return write.AcceptRestore(); }));
  EXPECT_EQ(VerdictOf(valid), Verdict::kValid);
  EXPECT_EQ(VerdictOf(gone), Verdict::kRevoked);
}

}  // namespace
}  // namespace writ::reconciler
