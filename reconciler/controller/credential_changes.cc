#include "reconciler/controller/credential_changes.h"

#include <span>

namespace writ::reconciler {
namespace {

using engine::Action;
using engine::Change;

// The address that the resource had when the change began.
const ResourceId& AddressBefore(const Change& change) {
  if (change.carried_to) return *change.carried_to;
  return change.moved_from ? *change.moved_from : change.id;
}

Status EndThose(WriteTransaction& transaction, Credentials& credentials,
                const Change& change, const Planned& planned,
                const std::string& actor) {
  const engine::LiveResource* before =
      planned.live.Find(change.moved_from ? *change.moved_from : change.id);
  if (before == nullptr) return {};
  const std::string reason(change.action == Action::kReplace
                               ? "its Token is replaced"
                               : "its Token is deleted");
  TRY(credentials.RevokeAll(transaction, AddressBefore(change), before->uid,
                            {actor, reason}));
  return {};
}

Status Refresh(WriteTransaction& transaction, StateStore& store,
               Credentials& credentials, const ResourceId& token,
               const std::string& actor) {
  if (TRY(store.credentials().ReadOf(token)).empty()) return {};
  const TokenTerms terms = TRY(ReadTerms(store, token));
  TRY(While(credentials.Refresh(transaction, terms, {actor, "applied"}),
            "changing what the credentials of " + token.address() + " may do"));
  return {};
}

Status RefreshUsers(WriteTransaction& transaction, StateStore& store,
                    Credentials& credentials, const ResourceId& scope_set,
                    const std::string& actor) {
  for (const auto& reference :
       TRY(store.ReferencesTo(std::span(&scope_set, 1)))) {
    if (reference.from.kind() != "Token") continue;
    TRY(Refresh(transaction, store, credentials, reference.from, actor));
  }
  return {};
}

}  // namespace

Status FollowChange(WriteTransaction& transaction, StateStore& store,
                    Credentials& credentials, const Change& change,
                    const Planned& planned, const std::string& actor) {
  const bool is_token = change.id.kind() == "Token";
  if (!is_token && change.id.kind() != "ScopeSet") return {};
  const bool goes =
      change.action == Action::kDelete || change.action == Action::kReplace;
  if (is_token && goes) {
    return EndThose(transaction, credentials, change, planned, actor);
  }
  if (change.action == Action::kDelete || change.action == Action::kForget) {
    return {};
  }
  if (is_token) {
    return Refresh(transaction, store, credentials, change.id, actor);
  }
  return RefreshUsers(transaction, store, credentials, change.id, actor);
}

}  // namespace writ::reconciler
