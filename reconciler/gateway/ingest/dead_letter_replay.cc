#include "reconciler/gateway/ingest/dead_letter_replay.h"

#include <utility>

#include "reconciler/gateway/ingest/batch_verdict.h"

namespace writ::reconciler::gateway {
namespace {

constexpr int kPage = 100;

class Replay {
 public:
  Replay(EventStore& store, const AppCatalog& catalog, bool dry_run)
      : store_(store), catalog_(catalog), dry_run_(dry_run) {}

  Result<ReplayedLetter> Run(const DeadLetter& dead) {
    ReplayedLetter replayed{dead.id, dead.letter.app, dead.letter.event, "",
                            dead.letter.violations};
    const CatalogApp* app = catalog_.FindByUid(dead.letter.app_uid);
    if (app == nullptr) return replayed;
    BatchVerdict verdict = judge_.Judge(*app, dead.letter.body);
    if (!verdict.accepted()) {
      replayed.violations = PrintViolations(verdict.violations);
      return replayed;
    }
    replayed.violations.clear();
    replayed.event_id = "-";
    if (!dry_run_) replayed.event_id = TRY(Store(dead, std::move(verdict)));
    return replayed;
  }

 private:
  Result<std::string> Store(const DeadLetter& dead, BatchVerdict verdict) {
    NewBatch batch;
    batch.events = std::move(verdict.events);
    for (NewEvent& event : batch.events) {
      if (!event.timestamp) event.timestamp = dead.first_at;
    }
    batch.from_dead_letter = dead.id;
    const Appended appended = TRY(store_.AppendAndWait(std::move(batch)));
    return appended.events.empty() ? "-" : appended.events.front().id;
  }

  EventStore& store_;
  const AppCatalog& catalog_;
  const bool dry_run_;
  BatchJudge judge_;
};

}  // namespace

Result<std::vector<ReplayedLetter>> ReplayDeadLetters(
    EventReader& reader, EventStore& store, const AppCatalog& catalog,
    const ReplayOptions& options) {
  Replay replay(store, catalog, options.dry_run);
  std::vector<ReplayedLetter> all;
  std::int64_t after = 0;
  while (true) {
    const auto page =
        TRY(reader.DeadLettersAfter(options.app_uid, after, kPage));
    for (const DeadLetter& dead : page) {
      all.push_back(TRY(replay.Run(dead)));
      after = dead.id;
    }
    if (page.size() < static_cast<std::size_t>(kPage)) return all;
  }
}

}  // namespace writ::reconciler::gateway
