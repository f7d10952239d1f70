// A token that two targets receive, targets that live in memory and can fail,
// a record of use that tests write, and drivers over a state.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/rotation/names.h"
#include "reconciler/rotation/driver.h"
#include "tests/reconciler/credentials/credential_fixture.h"
#include "tests/support/faulty_store.h"

namespace writ::reconciler {

inline constexpr char kDeploy[] = "Token/acme/deploy";
inline constexpr char kFirst[] = "DeployTarget/acme/first";
inline constexpr char kSecond[] = "DeployTarget/acme/second";

// What a target holds, and how it behaves; outlives the Targets over it.
struct MemoryPlace {
  std::map<std::string, std::string> values;
  std::int64_t version = 0;
  bool reads_back = true;
  std::string name = {};                  // Target::ScopePath
  std::vector<std::string> shadows = {};  // Target::FindShadows
  int puts = 0;
  // Asked before each operation; a failure is what it answers.
  std::function<std::optional<FailureClass>(const std::string& operation)>
      fault;
  // Put happens although the answer is lost.
  bool applies_lost_puts = false;
  std::function<void(const std::string& value)> on_put;
};

class MemoryTarget final : public Target {
 public:
  explicit MemoryTarget(MemoryPlace& place) : place_(place) {}

  Capabilities capabilities() const override {
    Capabilities can;
    can.reads_back = place_.reads_back;
    can.removes = true;
    return can;
  }
  TargetStatus Preflight(const std::string&) override {
    return Try("preflight");
  }
  TargetResult<Observation> Observe(const std::string& name) override {
    TRY_TARGET(Try("observe"));
    Observation seen;
    seen.version = std::to_string(place_.version);
    const auto found = place_.values.find(name);
    seen.present = found != place_.values.end();
    if (seen.present && place_.reads_back) {
      seen.readable = true;
      seen.value = SecretValue::Copy(found->second);
    }
    return seen;
  }
  std::string ScopePath() const override { return place_.name; }
  TargetResult<std::vector<std::string>> FindShadows(
      const std::string&) override {
    TRY_TARGET(Try("shadows"));
    return place_.shadows;
  }
  TargetResult<Written> Put(const PutRequest& request) override {
    const auto failed = Try("put");
    if (!failed && !place_.applies_lost_puts) {
      return tl::unexpected<TargetFailure>(failed.error());
    }
    const std::string value(request.value.Reveal());
    place_.values[request.delivery.name] = value;
    ++place_.version;
    ++place_.puts;
    if (place_.on_put) place_.on_put(value);
    if (!failed) return tl::unexpected<TargetFailure>(failed.error());
    return Written{std::to_string(place_.version)};
  }
  TargetStatus Activate(const Delivery&) override { return {}; }
  TargetResult<Health> CheckHealth(const Delivery&) override {
    return Health::kHealthy;
  }
  TargetStatus Remove(const std::string& name) override {
    place_.values.erase(name);
    return {};
  }
  TargetResult<Written> Restore(const Delivery&, const std::string&) override {
    return FailTarget(FailureClass::kInvalid, ErrorCode::kUnsupported,
                      "keeps no versions");
  }

 private:
  TargetStatus Try(const std::string& operation) {
    if (!place_.fault) return {};
    if (const auto failure = place_.fault(operation)) {
      return FailTarget(*failure, ErrorCode::kInternal, operation + " fails");
    }
    return {};
  }

  MemoryPlace& place_;
};

class MemoryTargets final : public TargetOpener {
 public:
  Result<OpenTarget> Open(const ResourceId& target) override {
    const auto found = places.find(target.address());
    if (found == places.end()) {
      return Fail(ErrorCode::kNotFound, target.address() + " isn't live");
    }
    OpenTarget open;
    open.target = std::make_unique<MemoryTarget>(found->second);
    return open;
  }

  std::map<std::string, MemoryPlace> places;
};

class MemoryUsage final : public UsageRecord {
 public:
  Result<std::optional<Timestamp>> CompleteUntil() override {
    return complete_until;
  }
  Result<std::vector<CredentialUse>> Read(std::span<const std::string>,
                                          Timestamp) override {
    return uses;
  }

  std::optional<Timestamp> complete_until;
  std::vector<CredentialUse> uses;
};

class RotationTest : public CredentialTest {
 protected:
  void SetUp() override {
    CredentialTest::SetUp();
    targets_.places[kFirst];
    targets_.places[kSecond];
    Declare(kFirst, "Workspace/acme", R"({"type":"dotenv","workspace":"acme",
        "dotenv":{"path":"/etc/first/.env"}})");
    Declare(kSecond, "Workspace/acme", R"({"type":"dotenv","workspace":"acme",
        "dotenv":{"path":"/etc/second/.env"}})");
    DeclareSchedule("readback");
    DeclareToken(1);
  }

  void DeclareSchedule(const std::string& evidence) {
    Declare("RotationSchedule/acme/often", "Workspace/acme",
            R"({"workspace":"acme","every":"30d","grace":"24h",
                "quietFor":"1h","canary":"first","evidence":")" +
                evidence + R"("})");
  }
  void DeclareToken(int rotation_id, const std::string& deliver_to =
                                         R"({"target":"first","name":"SECRET"},
                                         {"target":"second","name":"SECRET"})") {
    Declare(kDeploy, "Workspace/acme",
            R"({"type":"clientSecret","workspace":"acme","rotation":"often",
                "deliverTo":[)" +
                deliver_to + R"(],"maxActive":2,"rotationId":)" +
                std::to_string(rotation_id) + "}",
            {kFirst, kSecond, "RotationSchedule/acme/often"});
  }

  RotationDriver Driver() { return DriverOver(*store_, *credentials_); }
  RotationDriver DriverOver(StateStore& store, Credentials& credentials) {
    return RotationDriver(
        {store, credentials, *keys_, targets_, usage_, clock_, chance_},
        {"", "ana", {}, {}});
  }

  engine::rotation::Rotation Begin(
      engine::rotation::Cause cause = engine::rotation::Cause::kManual) {
    auto begun = Driver().Begin(Id(kDeploy), cause);
    EXPECT_TRUE(begun) << Describe(begun.error());
    return begun ? *std::move(begun) : engine::rotation::Rotation{};
  }
  engine::rotation::Rotation Advance(const std::string& id) {
    auto moved = Driver().Advance(id);
    EXPECT_TRUE(moved) << Describe(moved.error());
    return moved ? *std::move(moved) : engine::rotation::Rotation{};
  }
  // A first credential at both targets.
  void Deliver() {
    const auto done = Advance(Begin(engine::rotation::Cause::kIssue).id);
    ASSERT_EQ(engine::rotation::Name(done.phase), "DONE") << done.text;
  }

  std::string Held(const std::string& target) {
    return targets_.places[target].values["SECRET"];
  }
  bool Opens(const std::string& value) {
    return credentials_->Verify(value, std::nullopt).value().verdict ==
           Verdict::kValid;
  }
  int CountActive() {
    int active = 0;
    const auto records = store_->credentials().ReadOf(Id(kDeploy)).value();
    for (const auto& record : records) {
      active += record.status == CredentialStatus::kActive ? 1 : 0;
    }
    return active;
  }
  std::string KeyFile(const std::string& rotation) {
    return store_->folder() + "/rotation-" + rotation + ".key";
  }

  MemoryTargets targets_;
  MemoryUsage usage_;
};

}  // namespace writ::reconciler
