#include "reconciler/controller/credential_changes.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/credentials/issue.h"
#include "reconciler/keys/key_generation.h"
#include "tests/reconciler/controller/controller_fixture.h"

namespace writ::reconciler {
namespace {

using testing::Files;

const char kRepository[] =
    "apiVersion: writ/v1\nkind: Repository\nmetadata: {name: acme}\nspec:\n"
    "  include: [\"m/*.yaml\"]\n"
    "  defaultEnvironment: production\n"
    "  environments: {production: {state: \"sqlite:state\"}}\n";

std::string Document(const std::string& kind, const std::string& name,
                     const std::string& spec,
                     const std::string& lifecycle = "") {
  return "apiVersion: writ/v1\nkind: " + kind + "\nmetadata: {name: " + name +
         "}\n" + (lifecycle.empty() ? "" : "lifecycle: {" + lifecycle + "}\n") +
         "spec: {" + spec + "}\n";
}

Files Shop() {
  return {
      {"writ.yaml", kRepository},
      {"m/acme.yaml", Document("Workspace", "acme", "displayName: Acme")},
      {"m/cart.yaml", Document("App", "cart", "workspace: acme")},
      {"m/key.yaml", Document("Token", "key", "app: cart, type: apiKey")},
      {"m/read.yaml",
       Document("ScopeSet", "read",
                "workspace: acme, scopes: [\"inbox:read\", \"crm:read\"]")},
      {"m/board.yaml",
       Document("Token", "board",
                "workspace: acme, type: workspaceToken, scopeSets: [read]")},
  };
}

class KeepingSink final : public TokenSink {
 public:
  Status Put(const ResourceId& /*token*/, const SecretValue& value) override {
    token = value.Reveal();
    return {};
  }
  std::string Name() const override { return "memory"; }

  std::string token;
};

class CredentialChanges : public ::testing::Test, public ControllerFixture {
 protected:
  void SetUp() override {
    const MasterKey key{SecretValue::Copy(std::string(kMasterKeySize, 'k')),
                        "test"};
    const auto write = std::move(store_->BeginWrite("").value());
    ASSERT_TRUE(store_->secrets().WriteKeyGeneration(
        MakeKeyGeneration(1, store_->ReadFacts()->lineage, key, clock_.Now())));
    ASSERT_TRUE(write->Commit());
    keys_.emplace(std::move(KeyRing::Open(store_->secrets(), key).value()));
    credentials_.emplace(*store_, &*keys_, clock_, random_);
    Commit(Shop());
    ASSERT_EQ(ApplyWith(&*keys_).outcome, ApplyOutcome::kComplete);
  }

  void Commit(Files files) { source_.Commit(std::move(files)); }

  ApplyReport ApplyWith(const KeyRing* keys) {
    auto options = Options();
    options.plan.allow.deletes = 100;
    const auto planned = Plan(options);
    EXPECT_TRUE(planned) << mistakes_;
    if (!planned) return {};
    ApplyOptions apply;
    apply.keys = keys;
    apply.progress = [this](const ChangeReport& report) {
      if (!report.message.empty()) messages_ += report.message + "\n";
    };
    const auto report = ApplyPlanned(*planned, apply);
    EXPECT_TRUE(report) << Describe(report.error());
    return report.value_or(ApplyReport{});
  }

  std::string Issue(const std::string& address) {
    KeepingSink sink;
    const auto issued = IssueToken(
        *store_, *credentials_, {*ResourceId::Parse(address)}, {"ana"}, sink);
    EXPECT_TRUE(issued) << Describe(issued.error());
    return sink.token;
  }
  Verification Verified(const std::string& token) {
    return credentials_->Verify(token, {}).value();
  }

  std::optional<KeyRing> keys_;
  std::optional<Credentials> credentials_;
  std::string messages_;
};

// S-25
TEST_F(CredentialChanges, EndWithTheirToken) {
  const std::string key = Issue("Token/cart/key");
  const std::string board = Issue("Token/acme/board");
  Files files = Shop();
  files.erase("m/key.yaml");
  Commit(files);
  EXPECT_EQ(ApplyWith(nullptr).outcome, ApplyOutcome::kComplete);
  EXPECT_EQ(Verified(key).verdict, Verdict::kRevoked);
  EXPECT_EQ(Verified(key).record->ended_why, "its Token is deleted");
  EXPECT_EQ(Verified(board).verdict, Verdict::kValid);
}

// The token goes in the plan that moves its parent, whose rows move first.
TEST_F(CredentialChanges, EndWithATokenThatItsParentCarriesAway) {
  const std::string key = Issue("Token/cart/key");
  Files files = Shop();
  files["m/cart.yaml"] =
      Document("App", "checkout", "workspace: acme", "moved: [App/cart]");
  files.erase("m/key.yaml");
  Commit(files);
  ASSERT_EQ(ApplyWith(nullptr).outcome, ApplyOutcome::kComplete);
  EXPECT_EQ(Verified(key).verdict, Verdict::kRevoked);
}

TEST_F(CredentialChanges, FollowAMove) {
  const std::string key = Issue("Token/cart/key");
  Files files = Shop();
  files["m/cart.yaml"] =
      Document("App", "checkout", "workspace: acme", "moved: [App/cart]");
  files["m/key.yaml"] = Document("Token", "key", "app: checkout, type: apiKey");
  Commit(files);
  ASSERT_EQ(ApplyWith(&*keys_).outcome, ApplyOutcome::kComplete);
  const Verification moved = Verified(key);
  EXPECT_EQ(moved.verdict, Verdict::kValid);
  EXPECT_EQ(moved.record->token.address(), "Token/checkout/key");
}

// What was issued and is delivered nowhere can't be handed over: its users
// break, and the plan says so before.
TEST_F(CredentialChanges, EndWithATokenThatIsReplaced) {
  const std::string board = Issue("Token/acme/board");
  Files files = Shop();
  files["m/board.yaml"] =
      Document("Token", "board", "workspace: acme, type: accountToken");
  Commit(files);
  const auto planned = Plan();
  ASSERT_TRUE(planned);
  EXPECT_TRUE(planned->plan.unsafe());
  ASSERT_EQ(planned->plan.changes.size(), 1U);
  ASSERT_EQ(planned->plan.changes[0].guards.size(), 1U);
  EXPECT_EQ(planned->plan.changes[0].guards[0].message,
            "Token/acme/board is replaced by one that is delivered nowhere, so "
            "that whoever uses its 1 credential is refused from then on");
  EXPECT_EQ(planned->plan.changes[0].guards[0].flag,
            "--allow-data-loss Token/acme/board");
  ASSERT_EQ(ApplyWith(&*keys_).outcome, ApplyOutcome::kComplete);
  EXPECT_EQ(Verified(board).verdict, Verdict::kRevoked);
  EXPECT_EQ(Verified(Issue("Token/acme/board")).verdict, Verdict::kValid);
}

// Until a rotation has put the new one in its place, nobody is refused.
TEST_F(CredentialChanges, OutliveATokenThatIsReplacedAndDelivered) {
  Files files = Shop();
  files["m/ci.yaml"] =
      Document("DeployTarget", "ci",
               "workspace: acme, type: dotenv, dotenv: {path: /srv/.env}");
  const std::string deliver = ", deliverTo: [{target: ci, name: B}]";
  files["m/board.yaml"] = Document(
      "Token", "board",
      "workspace: acme, type: workspaceToken, scopeSets: [read]" + deliver);
  Commit(files);
  ASSERT_EQ(ApplyWith(&*keys_).outcome, ApplyOutcome::kComplete);
  const std::string board = Issue("Token/acme/board");
  const std::string asleep = Issue("Token/acme/board");
  const auto write = std::move(store_->BeginWrite("").value());
  ASSERT_TRUE(
      credentials_->Suspend(*write, Verified(asleep).record->id, {"ana"}));
  ASSERT_TRUE(write->Commit());
  files["m/board.yaml"] = Document(
      "Token", "board", "workspace: acme, type: accountToken" + deliver);
  Commit(files);
  const auto planned = Plan();
  ASSERT_TRUE(planned);
  EXPECT_FALSE(planned->plan.unsafe());
  ASSERT_EQ(ApplyWith(&*keys_).outcome, ApplyOutcome::kComplete);
  const Verification kept = Verified(board);
  EXPECT_EQ(kept.verdict, Verdict::kValid);
  EXPECT_TRUE(kept.rights->MayUseScope("crm:read"));
  // Due, so that whoever comes next rotates it.
  EXPECT_EQ(kept.record->rotate_at, clock_.Now());
  // A person has ended its use; nobody is handed anything.
  EXPECT_EQ(Verified(asleep).verdict, Verdict::kRevoked);

  // Once the Token goes, they all go.
  files.erase("m/board.yaml");
  Commit(files);
  ASSERT_EQ(ApplyWith(&*keys_).outcome, ApplyOutcome::kComplete);
  EXPECT_EQ(Verified(board).verdict, Verdict::kRevoked);
}

// The parent's move has carried the row, and what stands beside it, already.
TEST_F(CredentialChanges, OutliveATokenThatIsCarriedAndReplaced) {
  const auto files_of = [](const std::string& name, const std::string& type,
                           const std::string& lifecycle) {
    const std::string workspace = "workspace: " + name;
    return Files{
        {"writ.yaml", kRepository},
        {"m/it.yaml",
         Document("Workspace", name, "displayName: It", lifecycle)},
        {"m/ci.yaml",
         Document("DeployTarget", "ci",
                  workspace + ", type: dotenv, dotenv: {path: /srv/.env}")},
        {"m/board.yaml", Document("Token", "board",
                                  workspace + ", type: " + type +
                                      ", deliverTo: [{target: ci, name: B}]")},
    };
  };
  Commit(files_of("acme", "workspaceToken", ""));
  ASSERT_EQ(ApplyWith(&*keys_).outcome, ApplyOutcome::kComplete);
  const std::string board = Issue("Token/acme/board");
  Commit(files_of("beta", "accountToken", "moved: [Workspace/acme]"));
  ASSERT_EQ(ApplyWith(&*keys_).outcome, ApplyOutcome::kComplete);
  const Verification kept = Verified(board);
  EXPECT_EQ(kept.verdict, Verdict::kValid);
  EXPECT_EQ(kept.record->token.address(), "Token/beta/board");
  EXPECT_EQ(kept.record->rotate_at, clock_.Now());
}

// The credentials of a rotation would be left to nobody.
TEST_F(CredentialChanges, KeepATokenFromBeingReplacedWhileItIsRotated) {
  Files files = Shop();
  files["m/ci.yaml"] =
      Document("DeployTarget", "ci",
               "workspace: acme, type: dotenv, dotenv: {path: /srv/.env}");
  const std::string deliver = ", deliverTo: [{target: ci, name: B}]";
  const std::string before = "workspace: acme, type: workspaceToken" + deliver;
  files["m/board.yaml"] = Document("Token", "board", before);
  Commit(files);
  ASSERT_EQ(ApplyWith(&*keys_).outcome, ApplyOutcome::kComplete);
  const std::string board = Issue("Token/acme/board");
  RotationRecord rotation;
  rotation.id = "r_1";
  rotation.token = *ResourceId::Parse("Token/acme/board");
  rotation.token_uid = store_->ReadStored(rotation.token).value()->live.uid;
  rotation.phase = "VERIFYING";
  rotation.state = "{}";
  rotation.opened_at = clock_.Now();
  const auto write = std::move(store_->BeginWrite("").value());
  ASSERT_TRUE(store_->rotations().Insert(rotation));
  ASSERT_TRUE(write->Commit());
  files["m/board.yaml"] = Document(
      "Token", "board", "workspace: acme, type: accountToken" + deliver);
  Commit(files);
  EXPECT_EQ(ApplyWith(&*keys_).outcome, ApplyOutcome::kPartial);
  EXPECT_NE(messages_.find("a rotation of it is under way"), std::string::npos);
  EXPECT_EQ(Verified(board).verdict, Verdict::kValid);
}

// S-34
TEST_F(CredentialChanges, GetWhatTheirScopeSetsSay) {
  const std::string board = Issue("Token/acme/board");
  EXPECT_TRUE(Verified(board).rights->MayUseScope("crm:read"));
  Files files = Shop();
  files["m/read.yaml"] =
      Document("ScopeSet", "read", "workspace: acme, scopes: [\"inbox:read\"]");
  Commit(files);
  ASSERT_EQ(ApplyWith(&*keys_).outcome, ApplyOutcome::kComplete);
  EXPECT_FALSE(Verified(board).rights->MayUseScope("crm:read"));
  EXPECT_TRUE(Verified(board).rights->MayUseScope("inbox:read"));
}

TEST_F(CredentialChanges, AreNotLeftBehindForWantOfTheKey) {
  const std::string board = Issue("Token/acme/board");
  Files files = Shop();
  files["m/read.yaml"] =
      Document("ScopeSet", "read", "workspace: acme, scopes: [\"inbox:read\"]");
  files["m/key.yaml"] =
      Document("Token", "key", "app: cart, type: apiKey, label: new");
  Commit(files);
  const ApplyReport report = ApplyWith(nullptr);
  EXPECT_EQ(report.outcome, ApplyOutcome::kPartial);
  // A label changes nothing that a credential may do, and there is none.
  EXPECT_EQ(report.done, 1);
  EXPECT_EQ(report.failed, 1);
  EXPECT_NE(messages_.find("master key"), std::string::npos) << messages_;
  // What isn't written down isn't said either: the next plan holds it.
  EXPECT_EQ(Plan()->plan.changes.size(), 1U);
  EXPECT_TRUE(Verified(board).rights->MayUseScope("crm:read"));
}

TEST_F(CredentialChanges, KeepWhatWasDoneToATokenInEachPlan) {
  Issue("Token/acme/board");
  const ResourceId id = *ResourceId::Parse("Token/acme/board");
  const auto write = std::move(store_->BeginWrite("").value());
  const std::string uid = store_->ReadStored(id).value()->live.uid;
  ASSERT_TRUE(credentials_->RevokeAll(*write, id, uid, {"ana", "leaked"}));
  ASSERT_TRUE(credentials_->UpdateTokenStatus(*write, id));
  ASSERT_TRUE(write->Commit());
  for (int run = 0; run < 2; ++run) {
    const auto planned = Plan();
    ASSERT_TRUE(planned);
    EXPECT_TRUE(planned->plan.changes.empty());
    ASSERT_EQ(planned->plan.notices.size(), 1U);
    EXPECT_NE(planned->plan.notices[0].find("revoked by ana"),
              std::string::npos);
    EXPECT_EQ(ApplyWith(&*keys_).outcome, ApplyOutcome::kComplete);
  }
}

}  // namespace
}  // namespace writ::reconciler
