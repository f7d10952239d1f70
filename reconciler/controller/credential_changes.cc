#include "reconciler/controller/credential_changes.h"

#include <set>
#include <span>

#include "engine/plan/handover.h"

namespace writ::reconciler {
namespace {

using engine::Action;
using engine::Change;

// The address that the resource had when the change began.
const ResourceId& AddressBefore(const Change& change) {
  if (change.carried_to) return *change.carried_to;
  return change.moved_from ? *change.moved_from : change.id;
}

Status EndThose(WriteTransaction& transaction, StateStore& store,
                Credentials& credentials, const Change& change,
                const Planned& planned, const std::string& actor) {
  const engine::LiveResource* before =
      planned.live.Find(change.moved_from ? *change.moved_from : change.id);
  if (before == nullptr) return {};
  const std::string reason(change.action == Action::kReplace
                               ? "its Token is replaced"
                               : "its Token is deleted");
  // Its own, and those of one that it took the place of.
  std::set<std::string> uids = {before->uid};
  for (const CredentialRecord& record :
       TRY(store.credentials().ReadOf(AddressBefore(change)))) {
    uids.insert(record.token_uid);
  }
  for (const std::string& uid : uids) {
    TRY(credentials.RevokeAll(transaction, AddressBefore(change), uid,
                              {actor, reason}));
  }
  return {};
}

// What is valid stays so until a rotation has put the new one in its place; the
// round after the apply begins it (rotation/begin.h).
Status HandOver(WriteTransaction& transaction, StateStore& store,
                Credentials& credentials, const Change& change,
                const std::string& actor, Timestamp now) {
  const auto open = TRY(store.rotations().FindOpen(change.id));
  if (open) {
    return Fail(ErrorCode::kConflict,
                "a rotation of it is under way, whose credentials would be "
                "left behind; end that first: writ rotation show " +
                    change.id.address());
  }
  for (const CredentialRecord& record :
       TRY(store.credentials().ReadOf(change.id))) {
    if (record.status == CredentialStatus::kRevoked) continue;
    if (record.status == CredentialStatus::kActive) {
      TRY(store.credentials().Schedule(record.id, now, record.basis));
    } else {
      TRY(credentials.Revoke(transaction, record.id,
                             {actor, "its Token is replaced"}));
    }
  }
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
                    const Planned& planned, const std::string& actor,
                    Timestamp now) {
  const bool is_token = change.id.kind() == "Token";
  if (!is_token && change.id.kind() != "ScopeSet") return {};
  const bool goes =
      change.action == Action::kDelete || change.action == Action::kReplace;
  if (is_token && goes) {
    if (engine::IsHandedOver(change)) {
      return HandOver(transaction, store, credentials, change, actor, now);
    }
    return EndThose(transaction, store, credentials, change, planned, actor);
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
