#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"
#include "schema/kinds/names.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kPolicyExceptionExample = R"yaml(apiVersion: writ/v1
kind: PolicyException
metadata: {name: migration-2026-12}
spec:
  policy: no-admin-all
  validation: least-privilege
  subject: {address: Token/acme/migration, actions: [create], when: "true"}
  reason: one-off import, ticket OPS-123
  approvedBy: security@acme.example
  expiresAt: 2026-12-31T00:00:00Z
)yaml";

Field Subject() {
  return Object("subject", "What is exempt.",
                {Ref("address", ResourceKindViews(), "The resource's address.")
                     .Loose()
                     .Required()
                     .Example("Token/acme/migration"),
                 Set("actions", "Actions that are exempt; empty is all.",
                     OneOf("", ActionNames(), "An action."))
                     .Default("[]"),
                 Text("when", "A CEL expression that has to hold as well.")
                     .As(Format::kCel)
                     .NonEmpty()})
      .Required();
}

}  // namespace

Kind PolicyExceptionKind() {
  Kind kind;
  kind.name = "PolicyException";
  kind.doc =
      "Lets one resource off one policy, for a reason and until a day. What "
      "it lets off is shown as exempt, never as passed.";
  kind.example = kPolicyExceptionExample;
  kind.time_edges = {"spec.expiresAt"};
  kind.spec = Object(
      "spec", "The exception.",
      {Ref("policy", {"Policy"}, "The policy.").Loose().Required(),
       Text("validation", "The validation of the policy.")
           .As(Format::kName)
           .DefaultDoc("all of the policy's"),
       Subject(),
       Text("reason", "Why, for those who read it later.")
           .Required()
           .NonEmpty()
           .Max(4096),
       Line("approvedBy",
            "Who allows it: a principal of the allowed signers, where the "
            "environment asks for signatures.")
           .Example("security@acme.example"),
       Instant("expiresAt", "Until when. An exception always ends.")
           .Required()
           .Example("2026-12-31T00:00:00Z")});
  return kind;
}

}  // namespace writ::kinds
