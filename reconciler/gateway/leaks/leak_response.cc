#include "reconciler/gateway/leaks/leak_response.h"

#include <memory>
#include <utility>

#include "reconciler/applying/rotation_run.h"
#include "reconciler/controller/lease_keeper.h"
#include "reconciler/rotation/leak_replacement.h"

namespace writ::reconciler::gateway {
namespace {

constexpr char kReporter[] = "leak report";
constexpr std::chrono::milliseconds kLeaseWait{2'000};

OpenOptions OptionsOf(const LeakResponse& response) {
  OpenOptions options;
  options.folder = response.folder;
  options.mode = OpenMode::kReadWrite;
  options.clock = response.clock;
  options.random = response.random;
  return options;
}

}  // namespace

Result<std::vector<LeakAnswer>> LeakResponse::Answer(
    std::string_view text) const {
  const Author author{kReporter, "reported as leaked"};
  const auto store = TRY(StateStore::Open(OptionsOf(*this)));
  const KeyRing ring = TRY(keys->Refreshed(store->secrets()));
  Credentials credentials(*store, &ring, *clock, *random);
  const bool is_restored = TRY(store->ReadFacts())
  .restored;
  auto lease =
      LeaseKeeper::Take(OptionsOf(*this), kReporter, kReporter, kLeaseWait);
  if (is_restored || !lease) {
    return AnswerLeaks(*store, credentials, text, author, nullptr);
  }
  const RunEffects effects{*clock,
                           *random,
                           [] { return std::string(kReporter); },
                           variable,
                           [] { return false; },
                           {}};
  RotationRun run(effects, *store, ring, *host,
                  {secret_environment, "", (*lease)->token()});
  // A rotation that stopped says so itself, in its journal and in lists.
  const auto warn = [](const ResourceId&, const Error&) {};
  return AnswerLeaksReplacing(
      {*store, credentials, run.driver(), (*lease)->token(), warn}, text,
      author);
}

}  // namespace writ::reconciler::gateway
