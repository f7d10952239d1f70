// A state with a workspace, an app, a project and tokens of every type, the
// master key of its first generation, and credentials over them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reconciler/credentials/credentials.h"
#include "reconciler/credentials/issue.h"
#include "reconciler/keys/key_generation.h"
#include "reconciler/keys/key_ring.h"
#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {

inline constexpr char kCi[] = "Token/acme/ci";
inline constexpr char kIngest[] = "Token/orders/ingest";
inline constexpr char kReader[] = "Token/payments/reader";
inline constexpr char kAccount[] = "Token/acme/account";
inline constexpr char kDashboard[] = "Token/acme/dashboard";

// A sink that keeps what it got, or fails.
class MemorySink final : public TokenSink {
 public:
  Status Put(const ResourceId& token, const SecretValue& value) override {
    if (before) before();
    if (fails) return Fail(ErrorCode::kIo, "the disk is full");
    got.emplace_back(token.address(), value.Reveal());
    return {};
  }
  std::string Name() const override { return "memory"; }

  bool fails = false;
  std::function<void()> before;
  std::vector<std::pair<std::string, std::string>> got;
};

class CredentialTest : public StoreTest {
 protected:
  void SetUp() override {
    store_ = Open();
    ASSERT_NE(store_, nullptr);
    keys_.emplace(MakeKeys());
    credentials_.emplace(*store_, &*keys_, clock_, chance_);
    Declare("Workspace/acme", "", "{}");
    Declare("App/orders", "Workspace/acme", "{}");
    Declare("Project/payments", "Workspace/acme", "{}");
    Declare("ScopeSet/acme/read", "Workspace/acme",
            R"({"scopes":["inbox:read","crm:read"]})");
    Declare(kCi, "Workspace/acme", R"({"type":"clientSecret","label":"CI"})");
    Declare(kIngest, "App/orders", R"({"type":"apiKey"})");
    Declare(kReader, "Project/payments",
            R"({"type":"projectKey","role":"VIEWER",
                "ipAllowlist":["10.0.0.0/8","2001:db8::/32"]})");
    Declare(kAccount, "Workspace/acme", R"({"type":"accountToken"})");
    Declare(kDashboard, "Workspace/acme",
            R"({"type":"workspaceToken","mode":"test",
                "scopes":["analytics:read"],"scopeSets":["read"]})",
            {"ScopeSet/acme/read"});
  }

  KeyRing MakeKeys() {
    MasterKey key{SecretValue::Copy(std::string(kMasterKeySize, 'k')), "test"};
    const auto facts = store_->ReadFacts();
    if (store_->secrets().ReadKeyGenerations().value().empty()) {
      const auto write = Begin(*store_);
      EXPECT_TRUE(store_->secrets().WriteKeyGeneration(
          MakeKeyGeneration(1, facts->lineage, key, clock_.Now())));
      EXPECT_TRUE(write->Commit());
    }
    return std::move(KeyRing::Open(store_->secrets(), key).value());
  }

  // Inserts the resource, or gives it another spec.
  void Declare(const std::string& address, const std::string& parent,
               const std::string& spec,
               const std::vector<std::string>& references = {}) {
    StoredResource resource = MakeResource(address, parent);
    resource.live.content = R"({"spec":)" + spec + "}";
    for (const std::string& to : references) {
      resource.references.push_back(Id(to));
    }
    const auto before = store_->ReadStored(resource.live.id).value();
    const auto write = Begin(*store_);
    const Status put =
        write->Put(resource, before ? before->live.generation : 0);
    ASSERT_TRUE(put) << Describe(put.error());
    ASSERT_TRUE(write->Commit());
  }

  TokenTerms Terms(const std::string& address) {
    auto terms = ReadTerms(*store_, Id(address));
    EXPECT_TRUE(terms) << Describe(terms.error());
    return terms ? *terms : TokenTerms{};
  }

  // Runs and commits; the code that it ends with where it fails.
  template <typename Write>
  std::optional<ErrorCode> Do(Write&& write) {
    auto done = Transact(*store_, "", std::forward<Write>(write));
    if (done) return std::nullopt;
    return done.error().code;
  }

  // An active credential, and its value.
  std::pair<CredentialRecord, std::string> Issue(const std::string& address) {
    MemorySink sink;
    auto record =
        IssueToken(*store_, *credentials_, {Id(address)}, {"ana"}, sink);
    EXPECT_TRUE(record) << Describe(record.error());
    if (!record || sink.got.size() != 1) return {};
    return {*record, sink.got[0].second};
  }

  Verdict VerdictOf(std::string_view token, std::string_view address = "") {
    std::optional<IpAddress> from;
    if (!address.empty()) from = ParseIpAddress(address);
    const auto verification = credentials_->Verify(token, from);
    EXPECT_TRUE(verification) << Describe(verification.error());
    return verification ? verification->verdict : Verdict::kUnknown;
  }

  std::optional<ErrorCode> Revoke(const std::string& id) {
    return Do([&](WriteTransaction& write) {
      return credentials_->Revoke(write, id, {"ana", "leaked"});
    });
  }

  CredentialRecord Row(const std::string& id) {
    return credentials_->Find(id).value();
  }

  // Action and details of all entries, and whatever else the state's files
  // hold.
  std::string AuditText() {
    std::string text;
    // Kept: the result that it comes in is gone before the loop begins.
    const auto entries = store_->ReadAudit(1, 1000).value();
    for (const AuditEntry& entry : entries) {
      text += entry.action + " " + entry.subject + " " + entry.actor + " " +
              entry.details + "\n";
    }
    return text;
  }

  SystemRandom chance_;
  std::unique_ptr<StateStore> store_;
  std::optional<KeyRing> keys_;
  std::optional<Credentials> credentials_;
};

}  // namespace writ::reconciler
