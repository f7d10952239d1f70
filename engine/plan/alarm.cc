#include "engine/plan/alarm.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "engine/diff/content_path.h"
#include "engine/plan/networks.h"
#include "engine/plan/recipient.h"
#include "schema/text_list.h"
#include "schema/value.h"

namespace writ::engine {
namespace {

std::string Text(const Value& content, std::string_view path) {
  const Value* value = content.FindPath(path);
  return value != nullptr && value->IsString() ? value->AsString() : "";
}

// What `after` has that `before` hadn't.
std::vector<std::string> Gained(const Change& change, std::string_view path) {
  const std::vector<std::string> before =
      TextsOf(change.before->FindPath(path));
  std::vector<std::string> gained;
  for (std::string& text : TextsOf(change.after->FindPath(path))) {
    if (std::find(before.begin(), before.end(), text) == before.end()) {
      gained.push_back(std::move(text));
    }
  }
  return gained;
}

class Finder {
 public:
  explicit Finder(const Change& change) : change_(change) {}

  std::vector<Alarm> Find() {
    alarms_ = FindRecipientAlarms(change_);
    if (change_.before != nullptr && change_.after != nullptr) {
      FindWidened();
      FindWeakened();
    }
    FindGuardsGone();
    std::stable_sort(
        alarms_.begin(), alarms_.end(), [](const Alarm& a, const Alarm& b) {
          return std::tie(a.kind, a.path) < std::tie(b.kind, b.path);
        });
    return std::move(alarms_);
  }

 private:
  void Add(AlarmKind kind, std::string path, std::string text) {
    alarms_.push_back({kind, std::move(path), std::move(text)});
  }

  void AddGained(const char* path, const char* verb) {
    const std::vector<std::string> gained = Gained(change_, path);
    if (gained.empty()) return;
    Add(AlarmKind::kWidened, path, std::string(verb) + " " + Joined(gained));
  }

  void FindWidened() {
    const std::string_view kind = change_.id.kind();
    if (kind == "Secret") AddGained("spec.usableBy", "may be used by");
    if (kind == "ScopeSet") AddGained("spec.scopes", "gains");
    if (kind != "Token") return;
    AddGained("spec.scopes", "gains");
    AddGained("spec.scopeSets", "gains the scopes of");
    if (Text(*change_.before, "spec.role") == "VIEWER" &&
        Text(*change_.after, "spec.role") == "MEMBER") {
      Add(AlarmKind::kWidened, "spec.role", "may write, not only read");
    }
    const std::vector<std::string> networks =
        NewlyAllowed(TextsOf(change_.before->FindPath("spec.ipAllowlist")),
                     TextsOf(change_.after->FindPath("spec.ipAllowlist")));
    if (!networks.empty()) {
      Add(AlarmKind::kWidened, "spec.ipAllowlist",
          "may be used from " + Joined(networks));
    }
  }

  // True where the field now has a value further down the list.
  template <std::size_t kCount>
  bool Lowered(const char* path,
               const std::array<std::string_view, kCount>& strictest_first) {
    const std::string before = Text(*change_.before, path);
    const std::string after = Text(*change_.after, path);
    const auto place = [&](const std::string& value) {
      return std::find(strictest_first.begin(), strictest_first.end(), value);
    };
    return place(after) > place(before);
  }

  void FindWeakened() {
    constexpr std::array<std::string_view, 4> kEnforcement = {
        "deny", "deny-overridable", "warn", "audit"};
    constexpr std::array<std::string_view, 3> kOnError = {"deny", "warn",
                                                          "ignore"};
    constexpr std::array<std::string_view, 2> kWrites = {"deny", "allow"};
    const std::string_view kind = change_.id.kind();
    const Value* was_protected = change_.before->FindPath("lifecycle.protect");
    const Value* is_protected = change_.after->FindPath("lifecycle.protect");
    if (was_protected && *was_protected == Value(true) &&
        !(is_protected && *is_protected == Value(true))) {
      Add(AlarmKind::kWeakensGuard, "lifecycle.protect",
          "is no longer protected");
    }
    if (kind == "App" && Lowered("spec.managementWrites", kWrites)) {
      Add(AlarmKind::kWeakensGuard, "spec.managementWrites",
          "HTTP may change what git owns");
    }
    if (kind == "PolicyException") AddChanged("may let more off its policy");
    if (kind != "Policy") return;
    if (Lowered("spec.enforcement", kEnforcement)) {
      Add(AlarmKind::kWeakensGuard, "spec.enforcement", "weakens a guard");
    }
    if (Lowered("spec.onError", kOnError)) {
      Add(AlarmKind::kWeakensGuard, "spec.onError", "weakens a guard");
    }
    AddChanged("may weaken a guard");
  }

  // Fields of a guard whose effect only its engine can judge.
  void AddChanged(const char* text) {
    for (const FieldChange& field : change_.fields) {
      const bool judges =
          IsAtOrBelow(field.path, "spec") && field.path != "spec.description" &&
          field.path != "spec.reason" && field.path != "spec.enforcement" &&
          field.path != "spec.onError";
      if (judges) Add(AlarmKind::kWeakensGuard, field.path, text);
    }
  }

  void FindGuardsGone() {
    const bool goes =
        change_.action == Action::kDelete || change_.action == Action::kForget;
    const std::string_view kind = change_.id.kind();
    if (kind == "Policy" && goes) {
      Add(AlarmKind::kWeakensGuard, "", "weakens a guard: it judges no more");
    }
    if (kind == "PolicyException" && change_.before == nullptr && !goes) {
      Add(AlarmKind::kWeakensGuard, "",
          "weakens a guard: it lets " +
              Text(*change_.after, "spec.subject.address") + " off " +
              Text(*change_.after, "spec.policy"));
    }
  }

  const Change& change_;
  std::vector<Alarm> alarms_;
};

}  // namespace

std::vector<Alarm> FindAlarms(const Change& change) {
  return Finder(change).Find();
}

}  // namespace writ::engine
