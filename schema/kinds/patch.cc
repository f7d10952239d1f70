#include <string>
#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"
#include "schema/kinds/names.h"
#include "schema/kinds/rules.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kPatchExample = R"yaml(apiVersion: writ/v1
kind: Patch
metadata: {name: production-retention}
spec:
  target: {address: App/order-service}
  merge: {spec: {retention: 365d}}
)yaml";

Field Target() {
  return Object("target",
                "What is changed: one address, or every resource of "
                "a kind that has the labels.",
                {Text("address", "The resource's address.")
                     .As(Format::kAddress)
                     .Example("App/order-service"),
                 OneOf("kind", ResourceKindNames(), "The resources' kind."),
                 Map("labels", "Labels that they have.",
                     Text("", "The label's value.").As(Format::kLabelValue))
                     .KeysAs(Format::kLabelKey)
                     .Example("{team: payments}")})
      .ExactlyOneOf({"address", "kind"})
      .Required();
}

Field Operations() {
  return List("json",
              "Operations as in RFC 6902. Items of keyed lists are named by "
              "their key: /spec/fields/[name=currency]/required.",
              Object(
                  "", "One operation.",
                  {OneOf("op",
                         {"add", "remove", "replace", "move", "copy", "test"},
                         "What to do.")
                       .Required(),
                   Text("path", "Where.").Required().Example("/spec/retention"),
                   Text("from", "Where from.")
                       .When("op", {"move", "copy"})
                       .Required(),
                   Any("value", "What.")
                       .When("op", {"add", "replace", "test"})
                       .Required()}))
      .NonEmpty();
}

void CheckPointer(const Value& operation, std::string_view member,
                  std::size_t index, Reporter& reporter) {
  const Value* pointer = operation.Find(member);
  if (pointer == nullptr || !pointer->IsString()) return;
  if (pointer->AsString().starts_with('/')) return;
  Violate(reporter, "bad-format", *pointer,
          Join(Indexed("spec.json", index), member),
          "is not a path that starts with a slash",
          "write it like /spec/retention");
}

void CheckPatch(const Value& spec, Reporter& reporter) {
  const Value* target = spec.Find("target");
  if (target != nullptr && target->Find("address") != nullptr) {
    if (const Value* labels = target->Find("labels")) {
      Violate(reporter, "misplaced-field", *labels, "spec.target.labels",
              "goes with kind, not with address");
    }
  }
  const Value* merge = spec.Find("merge");
  if (merge != nullptr && !merge->IsMap()) {
    Violate(reporter, "wrong-type", *merge, "spec.merge", "is not a map");
  }
  const Value* operations = spec.Find("json");
  if (operations == nullptr || !operations->IsList()) return;
  for (std::size_t i = 0; i < operations->AsList().size(); ++i) {
    CheckPointer(operations->AsList()[i], "path", i, reporter);
    CheckPointer(operations->AsList()[i], "from", i, reporter);
  }
}

}  // namespace

Kind PatchKind() {
  Kind kind;
  kind.name = "Patch";
  kind.doc =
      "A change that an environment's overlay makes to resources of the "
      "manifests.";
  kind.example = kPatchExample;
  kind.is_resource = false;
  kind.check = CheckPatch;
  kind.spec = Object("spec", "The patch.",
                     {Target(),
                      Any("merge",
                          "What to merge into it, as in RFC 7396: maps are "
                          "merged, null removes, all else replaces.")
                          .Example("{spec: {retention: 365d}}"),
                      Operations()})
                  .ExactlyOneOf({"merge", "json"});
  return kind;
}

}  // namespace writ::kinds
