// T-11: an audit that was cut, rewritten or reordered is found out.
#include "reconciler/store/audit_chain.h"

#include <filesystem>

#include "tests/reconciler/store/raw_database.h"
#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

class Audit : public StoreTest {
 protected:
  Audit() : store_(Open()) {}

  void Append(int count) {
    const auto write = Begin(*store_);
    for (int i = 0; i < count; ++i) {
      AuditEntry entry;
      entry.at = clock_.Now();
      entry.actor = "ana@runner-4";
      entry.action = "apply.create";
      entry.subject = "App/a" + std::to_string(i);
      entry.details = R"({"apply":"a1"})";
      ASSERT_TRUE(write->AppendAudit(entry));
    }
    ASSERT_TRUE(write->Commit());
  }

  std::string Complaint(const std::optional<AuditHead>& expected = {}) {
    const auto head = VerifyAuditChain(*store_, expected);
    if (head) return "";
    EXPECT_EQ(head.error().code, ErrorCode::kCorrupt);
    return head.error().message;
  }

  std::unique_ptr<StateStore> store_;
};

TEST_F(Audit, NumbersAndChainsEntries) {
  EXPECT_EQ(Complaint(), "");
  Append(3);
  Append(2);
  const auto entries = store_->ReadAudit(1, 100).value();
  ASSERT_EQ(entries.size(), 5U);
  Digest previous;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].sequence, static_cast<std::int64_t>(i) + 1);
    EXPECT_EQ(entries[i].previous, previous);
    EXPECT_EQ(entries[i].digest, AuditDigest(entries[i]));
    previous = entries[i].digest;
  }
  EXPECT_EQ(store_->ReadAuditHead().value().digest, previous);
  EXPECT_EQ(store_->ReadAudit(3, 2).value().front().sequence, 3);
  EXPECT_EQ(store_->ReadAudit(3, 2).value().size(), 2U);
}

TEST_F(Audit, HoldsOverManyBatches) {
  Append(2500);
  const auto head = VerifyAuditChain(*store_, std::nullopt);
  ASSERT_TRUE(head) << Describe(head.error());
  EXPECT_EQ(head->sequence, 2500);
}

TEST(AuditDigest, CoversEveryField) {
  const AuditEntry entry{
      1, Timestamp(std::chrono::seconds(1)), "a", "b", "c", "d", Sha256("p"),
      {}};
  std::vector<AuditEntry> others(7, entry);
  others[0].sequence = 2;
  others[1].at += std::chrono::microseconds(1);
  others[2].actor = "ab";  // and what follows gives up its first letter
  others[2].action = "";
  others[3].action = "x";
  others[4].subject = "x";
  others[5].details = "x";
  others[6].previous = Sha256("q");
  for (const AuditEntry& other : others) {
    EXPECT_NE(AuditDigest(other), AuditDigest(entry));
  }
  AuditEntry same = entry;
  same.digest = Sha256("not part of it");
  EXPECT_EQ(AuditDigest(same), AuditDigest(entry));
}

TEST_F(Audit, FindsWhatWasDoneToIt) {
  struct Case {
    const char* name;
    const char* sql;
    const char* complaint;
  };
  const Case cases[] = {
      {"rewritten", "UPDATE audit SET actor = 'bo' WHERE sequence = 2",
       "audit entry 2 was changed"},
      {"one less", "DELETE FROM audit WHERE sequence = 3",
       "audit entry 3 is missing"},
      {"cut off", "DELETE FROM audit WHERE sequence > 3",
       "audit entry 4 is missing"},
      {"emptied", "DELETE FROM audit", "audit entry 1 is missing"},
      {"swapped",
       "UPDATE audit SET sequence = 100 WHERE sequence = 2;"
       "UPDATE audit SET sequence = 2 WHERE sequence = 3;"
       "UPDATE audit SET sequence = 3 WHERE sequence = 100",
       "audit entry 2 doesn't follow the one before it"},
      {"added", "UPDATE meta SET audit_sequence = 4",
       "audit entry 4 is not the recorded head"},
  };
  Append(5);
  store_.reset();
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const std::string copy = DatabaseFile() + ".copy";
    std::filesystem::remove(copy);
    std::filesystem::copy_file(DatabaseFile(), copy);
    RunSql(DatabaseFile(), c.sql);
    store_ = Open(OpenMode::kReadOnly);
    EXPECT_EQ(Complaint(), c.complaint);
    EXPECT_EQ(store_->Verify().value(), std::vector<std::string>{c.complaint});
    store_.reset();
    std::filesystem::remove(DatabaseFile() + "-wal");
    std::filesystem::remove(DatabaseFile() + "-shm");
    std::filesystem::rename(copy, DatabaseFile());
  }
}

// Whoever can write the file can cut the tail and mend the head; a head that
// was kept elsewhere shows it.
TEST_F(Audit, IsHeldAgainstAHeadThatSomebodyKept) {
  Append(5);
  const AuditHead kept = store_->ReadAuditHead().value();
  EXPECT_EQ(Complaint(kept), "");
  Append(2);
  EXPECT_EQ(Complaint(kept), "");
  AuditHead forged = kept;
  forged.digest = Sha256("x");
  EXPECT_EQ(Complaint(forged),
            "audit entry 5 is not the one that was expected");
  store_.reset();
  RunSql(DatabaseFile(),
         "DELETE FROM audit WHERE sequence > 3;"
         "UPDATE meta SET audit_sequence = 3, audit_digest = "
         "(SELECT digest FROM audit WHERE sequence = 3)");
  store_ = Open(OpenMode::kReadOnly);
  EXPECT_EQ(Complaint(), "");
  EXPECT_EQ(Complaint(kept), "audit entry 4 and what followed it are missing");
}

}  // namespace
}  // namespace writ::reconciler
