#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kWorkspaceExample = R"yaml(apiVersion: writ/v1
kind: Workspace
metadata: {name: acme}
spec:
  displayName: Acme Inc
  workspaceId: 64f1a2b3c4d5e6f7a8b9c0d1
  tier: production
)yaml";

}  // namespace

Kind WorkspaceKind() {
  Kind kind;
  kind.name = "Workspace";
  kind.doc =
      "A tenant: what apps, projects, tokens and routes belong to. Requests "
      "name it by its id in x-workspace-id.";
  kind.example = kWorkspaceExample;
  kind.spec = Object(
      "spec", "The workspace.",
      {Line("displayName", "Its name for people."),
       Text("workspaceId",
            "The id that requests carry: 24 hexadecimal digits. Given by the "
            "state where the manifest has none.")
           .As(Format::kWorkspaceId)
           .Immutable()
           .Computed()
           .Example("64f1a2b3c4d5e6f7a8b9c0d1"),
       OneOf("tier", {"production", "sandbox"},
             "production is what sk_live_ tokens act on, sandbox what "
             "sk_test_ tokens act on.")
           .Default("\"production\"")});
  return kind;
}

}  // namespace writ::kinds
