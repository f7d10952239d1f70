#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kAppExample = R"yaml(apiVersion: writ/v1
kind: App
metadata: {name: order-service}
spec:
  workspace: acme
  displayName: Order Service
  unplannedEvents: block
  retention: 90d
)yaml";

}  // namespace

Kind AppKind() {
  Kind kind;
  kind.name = "App";
  kind.doc =
      "A producer of events: its schemas, rules and destinations belong to "
      "it, and its API keys may send events to it alone.";
  kind.example = kAppExample;
  kind.parent_fields = {"workspace"};
  kind.parent_in_address = false;
  kind.spec = Object(
      "spec", "The app.",
      {Parent("workspace", "Workspace", "The workspace it belongs to."),
       Line("displayName", "Its name for people.").Example("Order Service"),
       Text("slug", "Its name in URLs; unique in the state.")
           .As(Format::kName)
           .DefaultFrom("metadata.name"),
       OneOf("unplannedEvents", {"allow", "warn", "block"},
             "What becomes of an event that no EventSchema declares: taken, "
             "taken and counted, or refused.")
           .Default("\"block\""),
       Span("retention", "How long events are kept.").Min(1).Default("\"90d\""),
       OneOf("managementWrites", {"allow", "deny"},
             "Whether the management API may change what git owns.")
           .Default("\"deny\"")});
  return kind;
}

}  // namespace writ::kinds
