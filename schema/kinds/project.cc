#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"
#include "schema/kinds/rules.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kProjectExample = R"yaml(apiVersion: writ/v1
kind: Project
metadata: {name: payments}
spec:
  workspace: acme
  environments: [dev, staging, prod]
  description: Payment services
)yaml";

void CheckProject(const Value& spec, Reporter& reporter) {
  const Value* environments = spec.Find("environments");
  if (environments == nullptr || !environments->IsList()) return;
  for (const Value& name : environments->AsList()) {
    if (name.IsString() && name.AsString() == "all") {
      Violate(reporter, "reserved-name", name, "spec.environments",
              "has an environment named all, which means every environment");
    }
  }
}

}  // namespace

Kind ProjectKind() {
  Kind kind;
  kind.name = "Project";
  kind.doc =
      "A set of secrets with one key of encryption; a value of each for every "
      "environment.";
  kind.example = kProjectExample;
  kind.parent_fields = {"workspace"};
  kind.parent_in_address = false;
  kind.check = CheckProject;
  kind.spec = Object(
      "spec", "The project.",
      {Parent("workspace", "Workspace", "The workspace it belongs to."),
       Set("environments", "The environments its secrets have values in.",
           Text("", "A name.").As(Format::kName))
           .NonEmpty()
           .Max(20)
           .Default(R"(["dev","prod","staging"])"),
       Text("description", "What it is for.").Max(4096)});
  return kind;
}

}  // namespace writ::kinds
