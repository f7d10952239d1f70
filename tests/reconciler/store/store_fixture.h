// A state in a temporary folder under a clock that tests move, and resources to
// put into it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/state/desired_digest.h"
#include "reconciler/store/state_store.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace writ::reconciler {

// Counts, so that ids differ and runs repeat.
class CountingRandom final : public Random {
 public:
  void Fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) byte = 0;
    std::uint64_t value = ++count_;
    for (std::size_t i = 0; i < bytes.size() && value > 0; ++i) {
      bytes[bytes.size() - 1 - i] = static_cast<std::uint8_t>(value);
      value >>= 8U;
    }
  }

 private:
  std::uint64_t count_ = 0;
};

inline ResourceId Id(const std::string& address) {
  return ResourceId::Parse(address).value();
}

// A complete resource; every field has a value of its own.
inline StoredResource MakeResource(const std::string& address,
                                   const std::string& parent = "",
                                   const std::string& owner = "acme") {
  StoredResource stored;
  engine::LiveResource& live = stored.live;
  live.id = Id(address);
  if (!parent.empty()) live.parent = Id(parent);
  live.uid = "uid of " + address;
  if (!owner.empty()) live.owner = owner;
  live.content = R"({"spec":{"name":")" + address + R"("}})";
  live.content_digest = Sha256(live.content);
  live.desired_digest = Sha256("desired " + address);
  live.provenance = {"3f9c2e1",
                     "Add " + address,
                     "Ana Ruiz <ana@acme.example>",
                     "manifests/all.yaml",
                     3,
                     5};
  live.changed_by = "ana@runner-4";
  live.changed_at = Timestamp(std::chrono::seconds(1796000000));
  stored.settled = true;
  stored.file = "manifests/all.yaml";
  return stored;
}

class StoreTest : public ::testing::Test {
 protected:
  OpenOptions Options(OpenMode mode) {
    OpenOptions options;
    options.folder = folder_ / "state";
    options.mode = mode;
    options.environment = "production";
    options.clock = &clock_;
    options.random = &random_;
    options.busy_timeout = std::chrono::milliseconds(50);
    return options;
  }

  std::unique_ptr<StateStore> Open(OpenMode mode = OpenMode::kMigrate) {
    Result<std::unique_ptr<StateStore>> store = StateStore::Open(Options(mode));
    if (!store) {
      ADD_FAILURE() << Describe(store.error());
      return nullptr;
    }
    return *std::move(store);
  }

  // The code that opening ends with.
  std::optional<ErrorCode> OpenError(OpenMode mode) {
    const Result<std::unique_ptr<StateStore>> store =
        StateStore::Open(Options(mode));
    if (store) return std::nullopt;
    return store.error().code;
  }

  static std::unique_ptr<WriteTransaction> Begin(
      StateStore& store, const std::string& token = "") {
    Result<std::unique_ptr<WriteTransaction>> write = store.BeginWrite(token);
    if (!write) {
      ADD_FAILURE() << Describe(write.error());
      return nullptr;
    }
    return *std::move(write);
  }

  // Puts new resources in one transaction.
  static void PutAll(StateStore& store,
                     const std::vector<StoredResource>& resources) {
    const auto write = Begin(store);
    for (const StoredResource& resource : resources) {
      const Status put = write->Put(resource, 0);
      ASSERT_TRUE(put) << Describe(put.error());
    }
    const Status committed = write->Commit();
    ASSERT_TRUE(committed) << Describe(committed.error());
  }

  std::string DatabaseFile() const { return folder_ / "state/state.db"; }

  testing::TempFolder folder_;
  testing::ManualClock clock_;
  CountingRandom random_;
};

inline std::vector<std::string> Addresses(const std::vector<ResourceId>& ids) {
  std::vector<std::string> addresses;
  for (const ResourceId& id : ids) addresses.push_back(id.address());
  return addresses;
}

}  // namespace writ::reconciler
