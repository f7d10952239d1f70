// A NotificationRule and a Silence, compiled. What can't be read, a live spec
// of another version, say, becomes a fault: such a rule never fires and says
// why, such a silence holds nothing back.
//
// Immutable; safe from any thread but where said otherwise.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cel/program.h"
#include "engine/notify/condition.h"
#include "engine/notify/event.h"
#include "schema/resource_id.h"
#include "schema/result.h"
#include "schema/time.h"
#include "schema/value.h"

namespace writ::engine {

// A live or desired resource, as rules are made of it.
struct RuleSource {
  ResourceId id;
  std::string uid;  // stays when it is renamed; desired ones have the address
  std::shared_ptr<const Value> spec;  // normalised
};

// The variables of `when`, bound to one event; used by one thread.
class EventBindings {
 public:
  explicit EventBindings(const NotifyEvent& event);
  cel::Bindings& bindings() { return bindings_; }
  // event, level, customer_id ("" for nobody), data, metadata, timestamp.
  static const cel::Environment& Environment();

 private:
  cel::Bindings bindings_;
};

// What a reference ends in: "Destination/shop/slack" and "slack" name the same.
std::string LastName(std::string_view reference);

struct RuleAction {
  std::string destination;  // a name within the app
  bool enabled = true;
};

struct Rule {
  ResourceId id;
  std::string uid;
  std::string event;  // a name or a pattern
  bool enabled = true;
  std::vector<std::string> levels;
  std::vector<Condition> conditions;
  std::shared_ptr<const cel::Program> when;  // null: none
  std::vector<RuleAction> actions;
  std::vector<std::string> group_by;
  Duration group_wait{};
  Duration group_interval{};
  Duration repeat_every{};
  bool critical = false;
  std::string fault;  // empty: it can be read

  std::string name() const { return std::string(id.name()); }
  std::string app() const { return std::string(id.parent()); }
  bool is_pattern() const { return event.find('*') != std::string::npos; }
  bool TakesLevel(std::string_view level) const;

  // All but the event's name and app, which an index has looked at.
  bool Holds(const NotifyEvent& event, EventBindings& bindings) const;
  // The first reason why it doesn't fire; empty: it does.
  std::string WhyNot(const NotifyEvent& event) const;
};

struct Silence {
  ResourceId id;
  std::vector<Condition> matchers;
  std::optional<Timestamp> starts_at;
  Timestamp ends_at;

  // Whether it holds back what was stored at that time.
  bool Holds(const NotifyEvent& event) const;
};

Rule CompileRule(const RuleSource& source);
Result<Silence> CompileSilence(const RuleSource& source);

// "payment.*" against "payment.failed": "*" stands for any text, none too.
bool MatchesPattern(std::string_view pattern, std::string_view name);

}  // namespace writ::engine
