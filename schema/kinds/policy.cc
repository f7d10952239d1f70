#include <string>
#include <string_view>
#include <vector>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"
#include "schema/kinds/names.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kPolicyExample = R"yaml(apiVersion: writ/v1
kind: Policy
metadata: {name: no-admin-all}
spec:
  description: Full access is for people in an emergency.
  scope: change
  match: {kinds: [Token], actions: [create, update, replace]}
  params: {forbidden: "admin:all"}
  variables:
    - {name: scopes, expression: "resource.?spec.?scopes.orValue([])"}
  matchConditions:
    - name: workspace-tokens
      expression: resource.spec.type == 'workspaceToken'
  validations:
    - name: least-privilege
      expression: "!(params.forbidden in variables.scopes)"
      message: workspace tokens must name the scopes they need
      messageExpression: change.address + ' asks for ' + params.forbidden
  enforcement: deny
  onError: deny
)yaml";

FieldBuilder Expression(std::string_view doc) {
  return Text("expression", doc).As(Format::kCel).Required().NonEmpty();
}

Field Name(std::string_view doc) {
  return Text("name", doc).As(Format::kName).Required();
}

Field Match() {
  return Object("match",
                "Which changes it judges. All that is written has to match; "
                "what "
                "is absent or empty matches everything.",
                {Set("kinds", "Kinds of the resource.",
                     OneOf("", ResourceKindNames(), "A kind."))
                     .Default("[]"),
                 Set("actions", "What is to happen to it.",
                     OneOf("", ActionNames(), "An action."))
                     .Default("[]"),
                 Set("environments", "Environments.",
                     Text("", "A name.").As(Format::kName))
                     .Default("[]"),
                 Set("parents", "Names of the parent.",
                     Text("", "A name, with * for any characters.").NonEmpty())
                     .Default("[]"),
                 Set("names", "Names of the resource.",
                     Text("", "A name, with * for any characters.").NonEmpty())
                     .Default("[]"),
                 Map("labels", "Labels of the resource.",
                     Text("", "The label's value.").As(Format::kLabelValue))
                     .KeysAs(Format::kLabelKey)
                     .Default("{}")})
      .Default("{}");
}

Fields Expressions() {
  return {
      Map("params", "Values that expressions see as params.name.",
          Any("", "Any value."))
          .KeysAs(Format::kIdentifier)
          .Default("{}")
          .Example("{forbidden: \"admin:all\"}"),
      List("variables",
           "Expressions with a name, seen as variables.name; each may use "
           "those before it.",
           Object("", "A variable.",
                  {Text("name", "Its name.").As(Format::kIdentifier).Required(),
                   Expression("Its value.")}))
          .UniqueBy("name")
          .Max(64)
          .Default("[]"),
      Keyed("matchConditions", "name",
            "Expressions that have to hold for the policy to judge a change.",
            {Name("Its name, for reports."), Expression("True: judge it.")})
          .Max(64)
          .Default("[]"),
      Keyed("validations", "name", "What has to hold.",
            {Name("Its name, for reports and exceptions."),
             Expression("True: the change is fine."),
             Text("message", "What to say when it isn't.").NonEmpty(),
             Text("messageExpression",
                  "An expression for what to say; message stands in where it "
                  "fails.")
                 .As(Format::kCel)
                 .NonEmpty()})
          .Required()
          .NonEmpty()
          .Max(64)};
}

}  // namespace

Kind PolicyKind() {
  Kind kind;
  kind.name = "Policy";
  kind.doc =
      "A rule over changes, in CEL. It says what must hold; a change for "
      "which it doesn't is a violation.";
  kind.example = kPolicyExample;
  Fields fields = {
      Text("description", "What it is for.").Max(4096),
      OneOf("scope", {"change", "plan"},
            "Whether it judges each change by itself or the plan as a whole.")
          .Default("\"change\""),
      Match()};
  for (Field& field : Expressions()) fields.push_back(std::move(field));
  fields.push_back(
      OneOf("enforcement", {"deny", "deny-overridable", "warn", "audit"},
            "What a violation does: refuses the plan, refuses it unless "
            "somebody overrides it by name, is shown, or is recorded.")
          .Default("\"deny\""));
  fields.push_back(OneOf("onError", {"deny", "warn", "ignore"},
                         "What an expression that fails does.")
                       .Default("\"deny\""));
  kind.spec = Object("spec", "The policy.", std::move(fields));
  return kind;
}

}  // namespace writ::kinds
