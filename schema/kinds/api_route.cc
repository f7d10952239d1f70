#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kApiRouteExample = R"yaml(apiVersion: writ/v1
kind: ApiRoute
metadata: {name: inbox}
spec:
  workspace: acme
  rules:
    - methods: [GET]
      path: "/api/v1/inbox/**"
      scope: "inbox:read"
      rateLimit: 300/15m
    - methods: [POST, PATCH]
      path: "/api/v1/inbox/**"
      scope: "inbox:write"
      rateLimit: 100/15m
)yaml";

}  // namespace

Kind ApiRouteKind() {
  Kind kind;
  kind.name = "ApiRoute";
  kind.doc =
      "Which scope a request to the workspace's API needs. The first rule "
      "that matches decides; without a match the request is denied.";
  kind.example = kApiRouteExample;
  kind.parent_fields = {"workspace"};
  kind.spec = Object(
      "spec", "The route.",
      {Parent("workspace", "Workspace", "The workspace it belongs to."),
       List(
           "rules", "The rules in order; the first match wins.",
           Object("", "One rule.",
                  {Set("methods", "Methods that it is about; GET is HEAD too.",
                       Text("", "A method.").As(Format::kHttpMethod))
                       .Required()
                       .NonEmpty()
                       .Example("[POST, PATCH]"),
                   Text("path",
                        "The path; * stands for one segment, ** for any "
                        "number.")
                       .As(Format::kUrlPath)
                       .Required()
                       .Example("/api/v1/inbox/**"),
                   Text("scope", "The scope that the token needs.")
                       .As(Format::kScope)
                       .Required()
                       .Example("inbox:read"),
                   Text("rateLimit", "How many requests a token may make here.")
                       .As(Format::kRate)
                       .Example("300/15m")}))
           .Required()
           .NonEmpty()
           .Max(1000)});
  return kind;
}

}  // namespace writ::kinds
