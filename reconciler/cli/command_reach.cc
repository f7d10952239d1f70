#include "reconciler/cli/command_reach.h"

#include <optional>
#include <string>
#include <utility>

#include "reconciler/cli/secrets_arguments.h"
#include "reconciler/credentials/state_secret.h"
#include "reconciler/credentials/workspace_reach.h"
#include "reconciler/gateway/ingest/app_catalog.h"
#include "schema/resource_id.h"

namespace writ::reconciler {
namespace {

constexpr char kCredentialId[] = "crd_";
constexpr std::string_view kDestinationKind = "Destination/";

tl::unexpected<Error> Beyond(const WorkspaceReach& reach,
                             const std::string& what) {
  const std::string own = reach.workspace().empty()
                              ? "a workspace that is gone"
                              : reach.workspace().address();
  return Fail(ErrorCode::kPermission,
              "this is a client secret of " + own +
                  ", and the state holds other workspaces: " + what,
              "use that workspace's secret, or the state's own");
}

// The first text of an argument; empty where it wasn't given.
std::string TextOf(const Value& arguments, std::string_view name) {
  const Value* found = arguments.Find(name);
  if (found == nullptr) return {};
  if (found->IsString()) return found->AsString();
  if (!found->IsList() || found->AsList().empty()) return {};
  const Value& first = found->AsList().front();
  return first.IsString() ? first.AsString() : std::string();
}

Result<std::optional<ResourceId>> TokenNamed(StateStore& store,
                                             const std::string& text) {
  if (!text.starts_with(kCredentialId)) return ResourceId::Parse(text);
  const auto record = TRY(store.credentials().FindById(text));
  return record ? std::optional(record->token) : std::nullopt;
}

Result<ResourceId> ProjectNamed(StateStore& store, const Value& arguments,
                                const std::string& key) {
  SecretsArguments secrets;
  secrets.keys = {key};
  secrets.project = TextOf(arguments, "--project");
  return ResourceId("Project", TRY(ProjectOf(store, secrets)));
}

// Where it was before it was deleted; empty: it wasn't.
Result<ResourceId> ParentOfDeleted(StateStore& store, const ResourceId& id) {
  for (const DeletedResource& deleted : TRY(store.ReadDeleted())) {
    if (deleted.resource.live.id == id) return deleted.resource.live.parent;
  }
  return ResourceId();
}

Result<bool> HoldsAddress(StateStore& store, WorkspaceReach& reach,
                          const std::string& text) {
  const auto id = ResourceId::Parse(text);
  if (!id) return false;
  if (TRY(reach.Holds(*id))) return true;
  if (!TRY(reach.WorkspaceOf(*id)).empty()) return false;
  return reach.Holds(TRY(ParentOfDeleted(store, *id)));
}

Result<bool> HoldsApp(StateStore& store, const CredentialRights& rights,
                      const std::string& text) {
  const auto catalog = TRY(gateway::ReadCatalog(store, nullptr));
  const gateway::CatalogApp* app = catalog->Find(text);
  return app != nullptr && app->workspace_uid == rights.parent_uid;
}

Result<bool> HoldsNamed(RemoteSubject subject, const std::string& text,
                        const Value& arguments, StateStore& store,
                        WorkspaceReach& reach, const CredentialRights& rights) {
  switch (subject) {
    case RemoteSubject::kToken: {
      const auto token = TRY(TokenNamed(store, text));
      return token ? reach.Holds(*token) : Result<bool>(false);
    }
    case RemoteSubject::kAddress:
      return HoldsAddress(store, reach, text);
    case RemoteSubject::kSecret:
      return reach.Holds(TRY(ProjectNamed(store, arguments, text)));
    case RemoteSubject::kApp:
      return HoldsApp(store, rights, text);
    case RemoteSubject::kDestination: {
      const bool is_whole = text.starts_with(kDestinationKind);
      return HoldsAddress(
          store, reach, is_whole ? text : std::string(kDestinationKind) + text);
    }
    case RemoteSubject::kState:
    case RemoteSubject::kNothing:
      break;
  }
  return false;
}

// Whoever made one would reach workspaces that come later.
Status CheckStateSecret(const RemoteCommand& command, const std::string& text,
                        const CredentialRights& rights) {
  if (command.name != "token.issue" || OpensWholeState(rights)) return {};
  const auto token = ResourceId::Parse(text);
  if (!token || !IsStateSecret(*token)) return {};
  return Fail(ErrorCode::kPermission,
              "only a client secret of the state itself issues another",
              "or run writ token issue where the state is");
}

}  // namespace

Status CheckReach(const RemoteCommand& command, const Value& arguments,
                  StateStore& store, const CredentialRights& rights) {
  if (command.subject == RemoteSubject::kNothing) return {};
  const std::string text = TextOf(arguments, command.argument);
  TRY(CheckStateSecret(command, text, rights));
  WorkspaceReach reach = TRY(WorkspaceReach::Read(store, rights));
  if (reach.is_whole()) return {};
  if (command.subject == RemoteSubject::kState) {
    return Beyond(reach, "this command is about all of them");
  }
  const bool may_be_empty = command.subject == RemoteSubject::kSecret;
  if (text.empty() && !may_be_empty) {
    return Beyond(reach, "without " + std::string(command.argument) +
                             " this command is about all of them");
  }
  const bool holds =
      TRY(HoldsNamed(command.subject, text, arguments, store, reach, rights));
  if (holds) return {};
  return Beyond(reach, text + " isn't in its own");
}

}  // namespace writ::reconciler
