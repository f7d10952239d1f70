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
             {"equals", "not_equals", "greater_than", "less_than", "contains",
              "starts_with"},
             "How it is compared.")
           .Required(),
       Any("value",
           "What with: text, number or boolean. greater_than and less_than "
           "want a number, contains and starts_with a text.")
           .Required()});
}

}  // namespace writ::kinds
