// metadata and lifecycle, which all resources share.
#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"

namespace writ::kinds {

Field MetadataTable() {
  return Object(
      "metadata", "What identifies and describes the document.",
      {Text("name", "Its name. With the parent's, it makes the address.")
           .Required()
           .Example("order-service"),
       Map("labels",
           "Short facts to select resources by; as Kubernetes has them.",
           Text("", "The label's value.").As(Format::kLabelValue))
           .KeysAs(Format::kLabelKey)
           .Default("{}")
           .Example("{team: payments}"),
       Map("annotations", "Facts for people and tools; never selected by.",
           Text("", "Any text.").Max(262144))
           .KeysAs(Format::kLabelKey)
           .Default("{}")
           .Example("{runbook: \"https://runbooks.example.org/orders\"}")});
}

Field LifecycleTable() {
  return Object(
      "lifecycle", "How the resource is to be handled.",
      {Boolean("protect",
               "A protected resource isn't deleted or replaced. It outlives "
               "this block: protection ends by protect: false, applied "
               "first.")
           .Default("false"),
       Boolean("suspend", "Changes are planned, but never applied.")
           .Default("false"),
       Set("moved", "Addresses it had before.",
           Text("", "An address.").As(Format::kAddress))
           .Default("[]")
           .Example("[App/orders]"),
       Any("adopt",
           "True takes over a live resource that no repository owns; {from: "
           "name} one that another repository hands over.")
           .Default("false")
           .Example("{from: other-repository}"),
       OneOf("onDelete", {"delete", "forget"},
             "What follows when no manifest declares it any more: it is "
             "deleted, or stays live without an owner.")
           .Default("\"delete\""),
       Set("ignore", "Paths whose drift is left alone.",
           Text("", "A path.").As(Format::kResourcePath))
           .Default("[]")
           .Example("[spec.retention]")});
}

}  // namespace writ::kinds
