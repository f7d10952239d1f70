#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kScopeSetExample = R"yaml(apiVersion: writ/v1
kind: ScopeSet
metadata: {name: read-only-dashboard}
spec:
  workspace: acme
  scopes: ["inbox:read", "crm:read", "contacts:read", "analytics:read"]
)yaml";

}  // namespace

Kind ScopeSetKind() {
  Kind kind;
  kind.name = "ScopeSet";
  kind.doc = "Scopes under one name, for tokens to refer to.";
  kind.example = kScopeSetExample;
  kind.parent_fields = {"workspace"};
  kind.spec =
      Object("spec", "The set.",
             {Parent("workspace", "Workspace", "The workspace it belongs to."),
              Set("scopes", "The scopes it stands for.",
                  Text("", "A scope.").As(Format::kScope))
                  .Required()
                  .NonEmpty()
                  .Example("[\"inbox:read\", \"crm:read\"]"),
              Text("description", "What it is for.").Max(4096)});
  return kind;
}

}  // namespace writ::kinds
