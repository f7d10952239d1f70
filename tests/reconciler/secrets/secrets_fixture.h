// A state with a project "payments", secrets in it, and a master key.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reconciler/keys/key_ring.h"
#include "reconciler/keys/master_key.h"
#include "reconciler/secrets/managed_secrets.h"
#include "reconciler/secrets/rekey.h"
#include "schema/json.h"
#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {

// What nothing but a value may hold.
inline constexpr char kCanary[] = "canary-7d1f-value";

inline MasterKey TestKey(char fill) {
  return {SecretValue::Copy(std::string(kMasterKeySize, fill)), "a test"};
}

class SecretsTest : public StoreTest {
 protected:
  void SetUp() override {
    store_ = Open();
    Declare("Project/payments",
            R"({"workspace":"acme","environments":["dev","prod"]})");
    Declare("Project/platform",
            R"({"workspace":"acme","environments":["dev","prod"]})");
    Declare(kKey.address(), R"({"project":"payments"})");
    const auto made = InitializeKey(rekeying(), TestKey('a'));
    ASSERT_TRUE(made) << Describe(made.error());
    ring_ = std::make_unique<KeyRing>(
        *KeyRing::Open(store_->secrets(), TestKey('a')));
  }

  Rekeying rekeying() {
    return {*store_, clock_, chance_, "ana",
            [](const KeyRing&, CredentialRecord&) { return true; }};
  }

  void Declare(const std::string& address, const std::string& spec) {
    const ResourceId id = Id(address);
    StoredResource stored;
    stored.live.id = id;
    if (!id.parent().empty()) {
      stored.live.parent = ResourceId("Project", id.parent());
    }
    stored.live.owner = "shop";
    stored.live.content = CanonicalJson(*ParseJson(R"({"spec":)" + spec + "}"));
    stored.live.content_digest = Sha256(stored.live.content);
    stored.live.changed_at = clock_.Now();
    PutAll(*store_, {stored});
  }

  ManagedSecrets secrets() { return {*store_, *ring_, clock_, chance_}; }
  static SecretPlace In(const std::string& environment) {
    return {kKey, environment};
  }

  Result<ManagedSecrets::Written> Set(const std::string& environment,
                                      const std::string& value) {
    return secrets().Set(In(environment), SecretValue::Copy(value), "ana");
  }
  // The current value; an error's name where it isn't served.
  std::string Value(const std::string& environment) {
    return ValueUnder(*ring_, environment);
  }
  std::string ValueUnder(const KeyRing& ring, const std::string& environment) {
    ManagedSecrets under(*store_, ring, clock_, chance_);
    const auto secret = ReadSecret(*store_, kKey);
    if (!secret) return std::string(Name(secret.error().code));
    const auto value = under.Reveal(*secret, environment);
    if (!value) return std::string(Name(value.error().code));
    return std::string(value->value.Reveal());
  }

  std::vector<AuditEntry> Audit() { return *store_->ReadAudit(1, 1000); }
  std::int64_t Audited(const std::string& action) {
    std::int64_t count = 0;
    for (const AuditEntry& entry : Audit()) count += entry.action == action;
    return count;
  }

  // Writes past ManagedSecrets, as somebody with the file would.
  template <typename Body>
  void Tamper(Body&& body) {
    const auto write = Begin(*store_);
    const Status done = body(store_->secrets());
    ASSERT_TRUE(done) << Describe(done.error());
    ASSERT_TRUE(write->Commit());
  }

  inline static const ResourceId kKey{"Secret", "payments", "SLACK_URL"};
  std::unique_ptr<StateStore> store_;
  std::unique_ptr<KeyRing> ring_;
  SystemRandom chance_;
};

}  // namespace writ::reconciler
