// Events that a rule let through, gathered into notifications: a state machine
// over events and time. It holds no clock; whoever drives it says what time it
// is, keeps what changed, and gives it back after a restart.
//
//   without groupBy, or priority critical: one notification an event, at once
//   with groupBy, for each combination of the fields' values one group:
//
//     event  +------+  groupWait over: tell the whole  +------+
//   -------> | new  | -------------------------------> | open | <--+
//            +------+                                  +------+    |
//        each groupInterval: tell what it gained, if any  |   |    |
//        and once repeatEvery is over since the whole     |   +----+
//        was told: the whole since then, if it gained any |
//        and else                                         v
//                                                      +--------+
//                                                      | closed |
//                                                      +--------+
//
// So one event makes one notification, and a group that keeps gaining is told
// as a whole again each repeatEvery. An event at the moment of a tick is still
// part of it. Ticks that were missed are made up by one. Ids follow from the
// rule, the group and the events alone: what is done again after a crash gets
// the same ones.
//
// Memory is bounded (T-20): so many groups of a rule and in all, then one group
// of the rule for the rest; so many small events kept of a group, of others the
// name alone, and the rest counted.
//
// One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/notify/event.h"
#include "engine/notify/rule.h"
#include "schema/time.h"

namespace writ::engine {

struct GroupField {
  std::string path;
  std::string value;  // as text, cut to 256 bytes

  bool operator==(const GroupField&) const = default;
};

struct Notification {
  std::string id;  // "ntf_" and 32 hexadecimal digits
  ResourceId rule;
  std::string rule_uid;
  std::string group;  // the group's id; empty: one event by itself
  std::vector<GroupField> fields;
  bool overflow = false;  // of the group for the rest (T-20)
  bool critical = false;
  bool whole = false;  // of a group: all of it, not what it gained alone
  std::int64_t events = 0;
  std::int64_t fresh = 0;                 // of them, not told of before
  std::vector<NotifyEvent> samples;       // the first that are new
  std::vector<std::string> destinations;  // names, in the rule's order
  Timestamp at;
};

struct Group {
  std::string id;  // "grp_" and 32 hexadecimal digits
  std::string rule_uid;
  std::vector<GroupField> fields;
  bool overflow = false;
  std::string first_event;  // its id: what tells one life from the next
  std::int64_t told = 0;    // notifications so far
  Timestamp tick;           // the last one on the group's grid
  Timestamp whole_at;       // the tick at which the whole was told last
  Timestamp next;           // when it is looked at next
  std::int64_t gained = 0;  // events since the last notification
  std::int64_t since_whole = 0;
  std::vector<NotifyEvent> samples;  // the first that it gained
};

struct GroupLimits {
  std::size_t groups = 10'000;
  std::size_t groups_of_rule = 1'000;
  std::size_t samples = 5;
  std::size_t sample_bytes = 1024;  // of data and metadata
};

class Grouping {
 public:
  explicit Grouping(GroupLimits limits = {}) : limits_(limits) {}

  // A group as it was kept.
  void Restore(Group group);

  // REQUIRES: the rule fires on the event; time never goes back.
  std::optional<Notification> Add(const Rule& rule, const NotifyEvent& event,
                                  Timestamp now);
  // Everything due up to `now`, in order of time, then of groups. A rule that
  // `find` doesn't know any more, or that is switched off, ends its groups.
  std::vector<Notification> Advance(
      Timestamp now, const std::function<const Rule*(std::string_view)>& find);
  std::optional<Timestamp> NextDue() const;

  std::size_t size() const { return groups_.size(); }
  const Group* Find(const std::string& id) const;
  // Ids of groups that changed or went since this was asked last.
  std::set<std::string> TakeChanges() { return std::exchange(changed_, {}); }

 private:
  Group& GroupFor(const Rule& rule, const NotifyEvent& event, Timestamp now);
  std::optional<Notification> Tick(Group& group, const Rule& rule,
                                   Timestamp now);
  void Schedule(Group& group, Timestamp next);
  void Close(const std::string& id);

  GroupLimits limits_;
  std::map<std::string, Group> groups_;
  std::set<std::pair<Timestamp, std::string>> due_;
  std::map<std::string, std::size_t> of_rule_;
  std::set<std::string> changed_;
};

}  // namespace writ::engine
