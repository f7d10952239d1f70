// What somebody else does to a state meanwhile: holds its lease, as another
// apply would, or changes a resource outside of git.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "reconciler/clock.h"
#include "reconciler/store/state_store.h"
#include "reconciler/store/unmanaged_resource.h"
#include "schema/json.h"
#include "schema/value.h"

namespace writ::e2e {

// A store of this test's own, on a state that exists.
class OwnStore {
 public:
  explicit OwnStore(
      const std::filesystem::path& folder,
      std::chrono::milliseconds busy_timeout = std::chrono::seconds(5)) {
    reconciler::OpenOptions options;
    options.folder = folder.string();
    options.mode = reconciler::OpenMode::kReadWrite;
    options.clock = &clock_;
    options.random = &random_;
    options.busy_timeout = busy_timeout;
    auto store = reconciler::StateStore::Open(options);
    if (!store) throw std::runtime_error(Describe(store.error()));
    store_ = std::move(*store);
  }

  reconciler::StateStore& operator*() { return *store_; }
  reconciler::StateStore* operator->() { return store_.get(); }

 private:
  reconciler::SystemClock clock_;
  reconciler::SystemRandom random_;
  std::unique_ptr<reconciler::StateStore> store_;
};

// Sets a text of a live resource's spec, as a write over HTTP would.
inline void ChangeOutsideOfGit(const std::filesystem::path& folder,
                               const ResourceId& id, const std::string& field,
                               const std::string& text) {
  OwnStore store(folder);
  auto write = store->BeginWrite("");
  auto stored = store->ReadStored(id);
  ASSERT_TRUE(write && stored && *stored);
  Value content = *ParseJson((*stored)->live.content);
  content.Find("spec")->Set(field, text);
  reconciler::WriteContent(**stored, CanonicalJson(content),
                           {reconciler::SystemClock().Now(), "console/ben"});
  EXPECT_TRUE((*write)->Put(**stored, (*stored)->live.generation));
  EXPECT_TRUE((*write)->Commit());
}

class HeldLease {
 public:
  HeldLease(const std::filesystem::path& folder, const std::string& holder)
      : store_(folder) {
    auto lease = store_->AcquireLease(holder, "apply", std::chrono::minutes(5),
                                      std::chrono::milliseconds(0));
    if (!lease) throw std::runtime_error(Describe(lease.error()));
    token_ = lease->token;
  }
  ~HeldLease() { (void)store_->ReleaseLease(token_); }
  HeldLease(const HeldLease&) = delete;
  HeldLease& operator=(const HeldLease&) = delete;

  const std::string& token() const { return token_; }

 private:
  OwnStore store_;
  std::string token_;
};

}  // namespace writ::e2e
