#include "schema/kinds/conditions.h"

#include "schema/kinds/builder.h"

namespace writ::kinds {

Field ConditionTable() {
  return Object(
      "", "One condition.",
      {Text("field",
            "What is compared: a dotted path in the event's data, or "
            "metadata. and a path.")
           .As(Format::kFieldPath)
           .Required()
           .Example("metadata.traceId"),
       OneOf("operator",
             {"equals", "not_equals", "greater_than", "less_than",
              "greater_or_equal", "less_or_equal", "contains", "starts_with",
              "matches", "in", "exists"},
             "How it is compared.")
           .Required(),
       Any("value",
           "What with: text, number or boolean. greater_than, less_than, "
           "greater_or_equal and less_or_equal want a number; contains, "
           "starts_with and matches (RE2, anywhere in the text) a text; in a "
           "list of them. exists takes false for a field that isn't there, and "
           "may stand without.")});
}

}  // namespace writ::kinds
