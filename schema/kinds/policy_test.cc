#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"
#include "schema/kinds/names.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kPolicyTestExample = R"yaml(apiVersion: writ/v1
kind: PolicyTest
metadata: {name: no-admin-all}
spec:
  policy: no-admin-all
  now: 2026-12-01T00:00:00Z
  params: {}
  cases:
    - name: full access is refused
      change:
        action: create
        environment: production
        after:
          kind: Token
          metadata: {name: x}
          spec:
            type: workspaceToken
            workspace: acme
            scopes: ["admin:all"]
      expect: {least-privilege: violation}
      message: asks for admin:all
)yaml";

Fields ChangeFacts() {
  return {
      OneOf("action", ActionNames(), "What happens to it.").Required(),
      Any("before", "The resource as it is: {kind, metadata, spec}."),
      Any("after", "The resource as it shall be: {kind, metadata, spec}."),
      Text("address", "Its address.")
          .As(Format::kAddress)
          .DefaultDoc("by the resource"),
      Text("environment", "The environment.").As(Format::kName),
      OneOf("cause", {"git", "drift", "dependency", "schedule"},
            "Why it changes.")
          .Default("\"git\""),
      Text("reason", "The reason that the plan gives."),
      Set("paths", "Paths that differ.",
          Text("", "A path.").As(Format::kResourcePath)),
      Map("labels", "Its labels.",
          Text("", "The label's value.").As(Format::kLabelValue))
          .KeysAs(Format::kLabelKey),
      Object("usage", "How the credential is used.",
             {Integer("count7d", "Uses in seven days.").Min(0).Default("0"),
              Instant("lastUsedAt", "The last use.")}),
      Object("compatibility", "What the change means for readers.",
             {Boolean("breaking", "Whether it breaks them.").Default("false"),
              List("reasons", "Why.", Text("", "A reason.")).Default("[]")}),
      Set("missingValues", "Environments in which a secret has no value.",
          Text("", "An environment.").As(Format::kName))};
}

Field Facts() {
  return Object("commit", "The commit as policies see it.",
                {Text("id", "Its id."), Text("author", "Its author's address."),
                 Text("signedBy", "The principal that signed it.")});
}

Field Graph() {
  return Object("graph", "The resource's place among others.",
                {Set("dependents", "Who depends on it.",
                     Text("", "An address.").As(Format::kAddress)),
                 Set("references", "What it refers to.",
                     Text("", "An address.").As(Format::kAddress))});
}

Field Manifests() {
  return Object("manifests",
                "Files whose plan is judged, relative to the test.",
                {List("before", "The files as they were.",
                      Text("", "A path.").As(Format::kRelativePath))
                     .Default("[]"),
                 List("after", "The files as they shall be.",
                      Text("", "A path.").As(Format::kRelativePath))
                     .Default("[]")});
}

Field Cases() {
  return List("cases", "The cases.",
              Object("", "One case.",
                     {Line("name", "What it shows.").Required(),
                      Object("change", "The change that is judged.",
                             ChangeFacts()),
                      List("plan", "The changes that are judged together.",
                           Object("", "A change.", ChangeFacts())),
                      Manifests(), Facts(), Graph(),
                      Map("expect",
                          "What each validation comes to. A case without it "
                          "fails.",
                          OneOf("", {"pass", "violation", "error", "exempt"},
                                "The verdict."))
                          .KeysAs(Format::kName)
                          .Required()
                          .NonEmpty()
                          .Example("{least-privilege: violation}"),
                      Text("message", "A part of the message.")})
                  .ExactlyOneOf({"change", "plan", "manifests"}))
      .UniqueBy("name")
      .Required()
      .NonEmpty();
}

}  // namespace

Kind PolicyTestKind() {
  Kind kind;
  kind.name = "PolicyTest";
  kind.doc =
      "Cases that a policy has to decide as written; run by writ policy "
      "test.";
  kind.example = kPolicyTestExample;
  kind.is_resource = false;
  kind.spec =
      Object("spec", "The test.",
             {Ref("policy", {"Policy"}, "The policy.").Loose().Required(),
              Instant("now", "What time it is in the cases.")
                  .Example("2026-12-01T00:00:00Z"),
              Map("params", "Parameters, over the policy's own.",
                  Any("", "Any value."))
                  .KeysAs(Format::kIdentifier)
                  .Default("{}"),
              Cases()});
  return kind;
}

}  // namespace writ::kinds
