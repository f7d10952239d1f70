// An event schema as the gateway asks it, compiled once: does an event's data
// fit, and what is stored of it? See schema/kinds/event_schema.cc for the
// manifest that it comes from.
//
//   required      absent or null: required_missing
//   type          string number boolean date enum object; an array is no
//                 object, 1 and 1.0 are numbers, "1" is not: type_mismatch
//   validation    min and max of a number's value or a string's code points,
//                 pattern (RE2, found anywhere): constraint_failed
//   enumValues    one of them, exactly: constraint_failed
//   date          see iso_date.h: constraint_failed
//   unplanned     allow keeps, omit leaves out, block: additional_property
//   metadata      types of planned fields; all optional, others kept
//   default       where an optional field is absent or null
//
// A name with dots descends: "address.city" plans the member `city` of the
// object `address`. What a plain field of type object holds is not looked into
// but for names that descend into it. A default is set where its object is
// there.
//
// T-16: messages say nothing of values. T-21: patterns have a memory cap, and
// an event a budget of steps over all of its patterns.
//
// Immutable and safe from any thread; an EventVerdict is one thread's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schema/event/json_tree.h"
#include "schema/value.h"

namespace writ {

enum class ViolationCode : std::uint8_t {
  kUnplannedEvent,
  kRequiredMissing,
  kTypeMismatch,
  kAdditionalProperty,
  kConstraintFailed,
};

// "unplanned_event", "required_missing", …
std::string_view Name(ViolationCode code);

struct EventViolation {
  ViolationCode code = ViolationCode::kUnplannedEvent;
  std::string instance_path;  // a JSON pointer in the event: "/data/orderId"
  std::string schema_path;    // "spec.fields[orderId].validation.min"
  std::string message;        // "is shorter than 5 characters"
};

inline constexpr std::size_t kMaxViolations = 20;
inline constexpr std::uint64_t kMaxPatternSteps = 20'000'000;

// What Check found; kept and used again.
struct EventVerdict {
  std::vector<EventViolation> violations;  // at most kMaxViolations
  std::vector<std::uint32_t> omitted;      // nodes, in their order
  std::vector<std::uint8_t> seen;          // by field
  std::uint64_t steps = 0;
  bool has_defaults = false;

  bool valid() const { return violations.empty(); }
};

class EventValidator {
 public:
  // Of normalised content ({"spec": {…}}). A pattern that isn't one, and what
  // doesn't have the shape of a schema, plans nothing.
  static std::shared_ptr<const EventValidator> Compile(const Value& content);
  ~EventValidator();

  // `metadata`: 0 where there is none. REQUIRES: nodes of `tree`, `data` an
  // object.
  void Check(const JsonTree& tree, std::uint32_t data, std::uint32_t metadata,
             EventVerdict& verdict) const;

  // What is stored as data, by the verdict of the same tree: without omitted
  // fields, with defaults.
  void AppendData(const JsonTree& tree, std::uint32_t data,
                  const EventVerdict& verdict, std::string& out) const;

  // spec.mode: false where violations are counted only.
  bool enforces() const;

 private:
  struct Parts;
  explicit EventValidator(std::unique_ptr<const Parts> parts);
  std::unique_ptr<const Parts> parts_;
};

}  // namespace writ
