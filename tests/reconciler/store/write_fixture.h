// A state and short forms for what is written to it in transactions.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {

class StateStoreWrite : public StoreTest {
 protected:
  StateStoreWrite() : store_(Open()) {}

  template <typename Body>
  Status Write(Body&& body) {
    const auto write = Begin(*store_);
    const Status done = body(*write);
    if (!done) return done;
    return write->Commit();
  }

  std::int64_t Serial() { return store_->ReadFacts().value().serial; }

  std::optional<StoredResource> Read(const std::string& address) {
    return store_->ReadStored(Id(address)).value();
  }

  static ErrorCode CodeOf(const Status& status) {
    EXPECT_FALSE(status);
    return status ? ErrorCode::kInternal : status.error().code;
  }

  AuditEntry Audited(const std::string& action) const {
    AuditEntry entry;
    entry.at = clock_.Now();
    entry.actor = "ana";
    entry.action = action;
    entry.details = "{}";
    return entry;
  }

  // The bookkeeping that says the same twice still agrees.
  void ExpectSound() {
    const auto wrong = store_->Verify();
    ASSERT_TRUE(wrong) << Describe(wrong.error());
    EXPECT_TRUE(wrong->empty()) << wrong->front();
  }

  std::unique_ptr<StateStore> store_;
};

}  // namespace writ::reconciler
