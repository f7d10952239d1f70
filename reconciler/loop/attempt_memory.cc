#include "reconciler/loop/attempt_memory.h"

#include "reconciler/controller/configured_guards.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

// A repository's name holds no colon.
std::string KeyOfAttempt(const std::string& owner) { return "sync:" + owner; }

}  // namespace

Result<std::optional<engine::SyncAttempt>> ReadAttempt(
    StateStore& store, const std::string& owner) {
  const auto json = TRY(store.ReadGuards(KeyOfAttempt(owner)));
  if (!json) return std::optional<engine::SyncAttempt>();
  return std::optional(TRY(engine::ParseSyncAttempt(*json)));
}

Status WriteAttempt(StateStore& store, const std::string& owner,
                    const engine::SyncAttempt& attempt) {
  auto transaction = TRY(store.BeginWrite(""));
  TRY(transaction->WriteGuards(KeyOfAttempt(owner),
                               CanonicalJson(engine::ToJson(attempt))));
  return transaction->Commit();
}

Result<std::vector<engine::Window>> ReadAppliedWindows(
    StateStore& store, const std::string& owner) {
  const auto json = TRY(store.ReadGuards(owner));
  if (!json) return std::vector<engine::Window>();
  const KeptGuards kept = TRY(ParseKeptGuards(*json));
  return engine::ParseWindows(TRY(ParseJson(kept.guards.windows)));
}

}  // namespace writ::reconciler
