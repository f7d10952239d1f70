// Who asks, answered from memory: the state's credentials in a snapshot, and
// the state's generation that says whether it still holds (design, section 8).
//
//   generation     a check
//   even, known    answers from memory: no system call, no database
//   even, higher   reads the rows that changed first
//   odd, or none   asks the database, each time
//
// A row that isn't what writ wrote isn't served; the audit is told of it once,
// by the same thread (T-13).
//
// Ten times a second a thread of its own compares SQLite's own count of commits
// and the files behind the names with what the generation says: where they
// disagree, everything is read anew, and an alarm is counted. Where neither the
// generation nor the database can be read for 2 s, IsCurrent is false (T-18).
//
// Any thread; Check blocks on a lock and the disk in the cases above.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>

#include "reconciler/clock.h"
#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/access/published.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/store/change_watch.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

struct LiveCredentialsOptions {
  std::string folder;
  const Clock* clock = nullptr;
  // False: nobody looks but who calls Look.
  bool has_watch = true;
  // False: as where the file system can't share memory.
  bool maps_generation = true;
};

// Since it was opened.
struct LiveCredentialsCounts {
  std::int64_t reads = 0;    // of the database by checks
  std::int64_t reloads = 0;  // of everything, the first one included
  std::int64_t alarms = 0;   // commits that no writer of writ's made
  std::int64_t mended = 0;   // writers that ended in the middle
  std::int64_t held = 0;
  std::int64_t tampered = 0;  // rows that aren't served (T-13)
};

class LiveCredentials final : public Authenticator {
 public:
  // Errors: those of StateStore::Open and ReadNext.
  static Result<std::unique_ptr<LiveCredentials>> Open(
      const LiveCredentialsOptions& options, KeyRing keys);
  ~LiveCredentials() override;

  Authentication Check(std::string_view token,
                       const IpAddress& client) override;
  bool IsCurrent() override { return is_current_.load(); }
  bool IsIntact() override { return is_intact_.load(); }

  // Moves whenever a read finds another serial, or another state: what was read
  // of its resources has to be read again.
  std::uint64_t revision() const { return revision_.load(); }
  // Reads what changed, as a check does. False where it can't.
  bool Refresh();
  // What the watching thread does ten times a second.
  void Look();
  // Tells the audit of rows that were found tampered with since it was told
  // last; where it can't be told, the next call does. Not while checks wait.
  void TellTampered();
  LiveCredentialsCounts counts();

 private:
  struct View;
  // What the last look found the generation and the count of commits to be.
  struct Agreement {
    std::uint64_t generation = 0;
    std::int64_t data_version = 0;
  };

  LiveCredentials(const LiveCredentialsOptions& options, KeyRing keys);
  Status LoadAll();
  Status ReadChanges();
  Status ReadRows(std::shared_ptr<View> view);
  // Makes another view where the table has to grow.
  void PutRow(std::shared_ptr<View>& view, const CredentialRecord& record);
  // Nothing where a commit is on its way.
  Result<std::optional<Agreement>> Agreed(const GenerationFile* generation);
  Status CompareCommits();
  void LookAtGeneration();
  bool IsInPlaceNow() const;
  // Null where it can't be mapped.
  std::shared_ptr<GenerationFile> OpenGeneration() const;
  Verdict JudgeUnknown(std::string_view token, const View& view,
                       const Digest& digest) const;
  void Watch(const std::stop_token& stop);

  const LiveCredentialsOptions options_;

  std::atomic<bool> is_current_{true};
  std::atomic<bool> is_intact_{true};
  std::atomic<std::uint64_t> revision_{0};
  Published<View> view_;

  // All below belongs to who holds this.
  std::mutex mutex_;
  KeyRing keys_;
  std::shared_ptr<View> current_;  // what view_ is
  std::unique_ptr<StateStore> store_;
  std::optional<ChangeWatch> watch_;
  std::optional<Agreement> agreed_;
  // The generation that lacked a commit at the last look.
  std::optional<std::uint64_t> suspect_;
  std::optional<std::uint64_t> odd_;
  std::int64_t serial_ = -1;
  std::string lineage_;
  std::chrono::nanoseconds last_seen_{};  // readable
  LiveCredentialsCounts counts_;
  // By id; a row that is written anew with another MAC is another one.
  std::map<std::string, CredentialRecord> tampered_;
  std::set<std::string> told_;

  std::condition_variable_any wakeup_;
  std::mutex wakeup_mutex_;
  std::jthread thread_;
};

}  // namespace writ::reconciler::gateway
