// Mends of the live state by hand: each names its reason, is audited, and makes
// the next plan look at everything again.
#include <ostream>
#include <span>
#include <string>
#include <utility>

#include "reconciler/cli/state_arguments.h"
#include "reconciler/cli/token_arguments.h"
#include "reconciler/store/unmanaged_resource.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kShownChildren = 5;

void DeclareEdit(Options& options, StateArguments& arguments) {
  DeclareStateCommon(options, arguments);
  options.Positional("ADDRESS", arguments.address, true,
                     "Kind/name or Kind/parent/name");
  options.Text("--reason", arguments.reason, "Why; kept in the audit");
}

void DeclareTransfer(Options& options, StateArguments& arguments) {
  DeclareEdit(options, arguments);
  options.Text("--to", arguments.owner,
               "Name of the repository that manages it from now on");
}

struct Edit {
  std::string action;   // of the audit
  std::string subject;  // address
  std::string owner;    // whose base record ends
  Value details;
};

Status Finish(WriteTransaction& transaction, const Session& session,
              const StateArguments& arguments, Edit edit) {
  if (!edit.owner.empty()) {
    TRY(transaction.WriteBase(edit.owner, std::nullopt));
  }
  if (edit.details.IsNull()) edit.details = Value(Value::Map{});
  edit.details.Set("reason", arguments.reason);
  TRY(transaction.AppendAudit({0,
                               session.clock.Now(),
                               session.actor(),
                               edit.action,
                               edit.subject,
                               CanonicalJson(edit.details),
                               {},
                               {}}));
  return transaction.Commit();
}

ExitCode TellEdit(Session& session, const StateArguments& arguments,
                  const std::string& sentence) {
  Value done;
  done.Set("address", arguments.address);
  return Tell(session, arguments, std::move(done), sentence);
}

Status WantReason(const StateArguments& arguments) {
  if (!arguments.reason.empty()) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "this is kept in the audit and wants --reason TEXT");
}

// A child without its parent is a state that nothing can mend.
Status WantNoChildren(StateStore& store, const ResourceId& id) {
  std::string children;
  std::size_t count = 0;
  const std::span<const ResourceId> ids(&id, 1);
  for (const auto& reference : TRY(store.ReferencesTo(ids))) {
    if (!reference.is_parent) continue;
    if (++count <= kShownChildren) {
      children += (count > 1 ? ", " : "") + reference.from.address();
    }
  }
  if (count == 0) return {};
  if (count > kShownChildren) {
    children += " and " + std::to_string(count - kShownChildren) + " more";
  }
  return Fail(ErrorCode::kUnsafe,
              id.address() + " is the parent of " + children,
              "remove those first");
}

// A Token's go with it, for good; that wants no master key.
Status EndCredentials(const Session& session, const StateArguments& arguments,
                      StateStore& store, WriteTransaction& transaction,
                      const StoredResource& stored) {
  if (stored.live.id.kind() != "Token") return {};
  Credentials credentials(store, nullptr, session.clock, session.random);
  TRY(credentials.RevokeAll(transaction, stored.live.id, stored.live.uid,
                            {session.actor(), arguments.reason}));
  return {};
}

Result<ExitCode> Remove(Session& session, const StateArguments& arguments) {
  const ResourceId id = TRY(AddressOf(arguments));
  TRY(WantReason(arguments));
  auto store = TRY(OpenStateOf(session, arguments, OpenMode::kReadWrite));
  const StoredResource stored = TRY(ReadStoredOf(*store, id));
  auto transaction = TRY(store->BeginWrite(""));
  TRY(WantNoChildren(*store, id));
  TRY(transaction->Delete(id, stored.live.generation));
  TRY(EndCredentials(session, arguments, *store, *transaction, stored));
  TRY(Finish(*transaction, session, arguments,
             {"state.rm", id.address(), stored.live.owner.value_or(""), {}}));
  return TellEdit(session, arguments,
                  "Removed " + id.address() +
                      " from the state. Within 7 days: writ state undelete " +
                      id.address());
}

Result<ExitCode> Undelete(Session& session, const StateArguments& arguments) {
  const ResourceId id = TRY(AddressOf(arguments));
  auto store = TRY(OpenStateOf(session, arguments, OpenMode::kReadWrite));
  auto transaction = TRY(store->BeginWrite(""));
  TRY(transaction->Undelete(id));
  const StoredResource stored = TRY(ReadStoredOf(*store, id));
  TRY(Finish(
      *transaction, session, arguments,
      {"state.undelete", id.address(), stored.live.owner.value_or(""), {}}));
  return TellEdit(session, arguments, id.address() + " is live again.");
}

// Protection is part of the content as well; what the owner applied last stays
// on record, so that a manifest that still protects it shows as drift.
Status EndProtection(StoredResource& stored, const Authorship& by) {
  Value content = TRY(ParseJson(stored.live.content));
  if (Value* lifecycle = content.Find("lifecycle")) {
    lifecycle->Set("protect", false);
  }
  stored.live.protect = false;
  WriteContent(stored, CanonicalJson(content), by);
  return {};
}

Result<ExitCode> Unprotect(Session& session, const StateArguments& arguments) {
  const ResourceId id = TRY(AddressOf(arguments));
  TRY(WantReason(arguments));
  auto store = TRY(OpenStateOf(session, arguments, OpenMode::kReadWrite));
  StoredResource stored = TRY(ReadStoredOf(*store, id));
  if (!stored.live.protect) {
    return TellEdit(session, arguments, id.address() + " is not protected.");
  }
  TRY(EndProtection(stored, {session.clock.Now(), session.actor()}));
  auto transaction = TRY(store->BeginWrite(""));
  TRY(transaction->Put(stored, stored.live.generation));
  TRY(Finish(*transaction, session, arguments,
             {"state.unprotect", id.address(), "", {}}));
  return TellEdit(session, arguments,
                  id.address() + " is protected no longer.");
}

Result<ExitCode> Transfer(Session& session, const StateArguments& arguments) {
  const ResourceId id = TRY(AddressOf(arguments));
  TRY(WantReason(arguments));
  if (arguments.owner.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "state transfer wants --to REPOSITORY");
  }
  TRY(CheckRepositoryName(arguments.owner, "--to"));
  auto store = TRY(OpenStateOf(session, arguments, OpenMode::kReadWrite));
  StoredResource stored = TRY(ReadStoredOf(*store, id));
  const std::string before = stored.live.owner.value_or("");
  if (before == arguments.owner) {
    return TellEdit(session, arguments,
                    id.address() + " is managed by " + before + " already.");
  }
  stored.live.owner = arguments.owner;
  stored.settled = false;
  auto transaction = TRY(store->BeginWrite(""));
  TRY(transaction->Put(stored, stored.live.generation));
  TRY(transaction->WriteBase(arguments.owner, std::nullopt));
  Edit edit{"state.transfer", id.address(), before, {}};
  edit.details.Set("from", before);
  edit.details.Set("to", arguments.owner);
  TRY(Finish(*transaction, session, arguments, std::move(edit)));
  return TellEdit(
      session, arguments,
      id.address() + " is managed by " + arguments.owner + " from now on.");
}

}  // namespace

std::vector<Command> StateEditCommands() {
  Command remove = MakeCommand<StateArguments>(
      "rm", "Remove a resource from the state, whatever git declares",
      DeclareEdit, RunReporting<StateArguments, Remove>);
  remove.examples = {
      "writ state rm App/old --reason \"left over from the import\""};
  Command undelete = MakeCommand<StateArguments>(
      "undelete", "Bring back what was deleted within 7 days", DeclareEdit,
      RunReporting<StateArguments, Undelete>);
  undelete.examples = {"writ state undelete App/order-service"};
  Command unprotect = MakeCommand<StateArguments>(
      "unprotect", "End a resource's protection against deletion", DeclareEdit,
      RunReporting<StateArguments, Unprotect>);
  unprotect.examples = {
      "writ state unprotect App/order-service --reason \"OPS-123\""};
  Command transfer = MakeCommand<StateArguments>(
      "transfer", "Hand a resource to another repository", DeclareTransfer,
      RunReporting<StateArguments, Transfer>);
  transfer.examples = {
      "writ state transfer App/cart --to shop --reason \"teams split\""};
  return {std::move(remove), std::move(undelete), std::move(unprotect),
          std::move(transfer)};
}

}  // namespace writ::reconciler
