#include "engine/plan/plan_words.h"

#include <algorithm>
#include <utility>

#include "schema/json.h"
#include "schema/report/escape.h"
#include "schema/time.h"
#include "schema/utf8.h"

namespace writ::engine {
namespace {

constexpr std::size_t kShortValue = 40;
constexpr std::size_t kNamesShown = 5;

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

bool IsFlatList(const std::optional<Value>& value) {
  return value && value->IsList() &&
         std::none_of(
             value->AsList().begin(), value->AsList().end(),
             [](const Value& item) { return item.IsMap() || item.IsList(); });
}

// What came to a list and what went, in its order.
std::string ListChange(const Value::List& before, const Value::List& after,
                       std::size_t limit) {
  std::string words;
  const auto add = [&](const Value::List& items, const Value::List& others,
                       std::string_view sign) {
    for (const Value& item : items) {
      if (std::find(others.begin(), others.end(), item) != others.end()) {
        continue;
      }
      if (!words.empty()) words += ' ';
      words.append(sign).append(ValueInWords(item, limit));
    }
  };
  add(after, before, "+");
  add(before, after, "-");
  return words.empty() ? "in another order" : words;
}

std::string Dropped(const Plan& plan) {
  if (plan.commit.id.empty()) return {};
  return " (" + ShortRevision(plan.commit) + ")";
}

std::string DeletedBecause(const Plan& plan, const Change& change) {
  const std::string verb =
      change.action == Action::kForget ? "let go, stays live" : "deleted";
  switch (change.reason) {
    case Reason::kDestroyRequested:
      return verb + ": everything is to go";
    case Reason::kSupersededByToken:
      return verb + ": its app declares a token of its own";
    case Reason::kForgetOnDelete:
    case Reason::kNotDeclared:
      if (change.cause == Cause::kDependency) {
        return verb + ": its app goes";
      }
      return verb + ": no manifest declares it any more" + Dropped(plan);
    case Reason::kNotLive:
    case Reason::kManifestChanged:
    case Reason::kImmutableChanged:
    case Reason::kDrifted:
    case Reason::kAdoptRequested:
    case Reason::kRenamed:
    case Reason::kParentMoved:
    case Reason::kImpliedByApp:
    case Reason::kRotationDue:
      break;
  }
  return verb;
}

std::int64_t CountDrifted(const Change& change) {
  return std::count_if(
      change.fields.begin(), change.fields.end(),
      [](const FieldChange& field) { return field.cause == Cause::kDrift; });
}

std::string DriftInWords(const Plan& plan, const Change& change) {
  const bool shown_only = plan.mode == "refresh-only";
  std::string words =
      Counted(CountDrifted(change), "drifted field", "drifted fields");
  if (!shown_only) words += " will be put back";
  if (change.drifted_by.empty()) return words;
  words += " (changed by " + EscapeTerminal(change.drifted_by);
  if (change.drifted_at && plan.planned_at) {
    words += ", " + FormatAge(*change.drifted_at, *plan.planned_at);
  }
  return words + ")";
}

std::string UpdateInWords(const Plan& plan, const Change& change) {
  if (change.cause == Cause::kDrift) return DriftInWords(plan, change);
  std::string words =
      change.reason == Reason::kParentMoved
          ? "follows its parent's new name"
          : Counted(static_cast<std::int64_t>(change.fields.size()), "field",
                    "fields");
  if (CountDrifted(change) > 0) words += ", " + DriftInWords(plan, change);
  return words;
}

std::string MovedInWords(const Change& change) {
  if (change.reason == Reason::kParentMoved) return "moves with its parent";
  return "moved from " + (change.moved_from
                              ? EscapeTerminal(change.moved_from->address())
                              : "elsewhere");
}

// What stands in the way of a change that another owner keeps.
bool IsRefused(const Change& change) {
  return std::any_of(change.guards.begin(), change.guards.end(),
                     [](const Guard& guard) {
                       return guard.kind == GuardKind::kForeignOwner ||
                              guard.kind == GuardKind::kUnmanaged;
                     });
}

// The demand that a schema's two versions make, the newer one's first.
std::string Demand(const Change& change) {
  for (const auto& content : {change.after, change.before}) {
    const Value* mode =
        content ? content->FindPath("spec.compatibility") : nullptr;
    if (mode == nullptr || !mode->IsString() || *mode == Value("none")) {
      continue;
    }
    const std::string& text = mode->AsString();
    return text.substr(0, text.find('-'));
  }
  return "backward";
}

}  // namespace

std::string NameInWords(std::string_view name) {
  std::string words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::size_t Columns(std::string_view text) { return DisplayWidth(text); }

std::string WithCommas(std::int64_t count) {
  std::string digits = std::to_string(count);
  const std::size_t sign = count < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > sign + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string Counted(std::int64_t count, std::string_view one,
                    std::string_view many) {
  return WithCommas(count).append(" ").append(count == 1 ? one : many);
}

std::string MoreInWords(std::size_t count, std::string_view one,
                        std::string_view many) {
  return "… " + Counted(static_cast<std::int64_t>(count), one, many);
}

std::string ValueInWords(const Value& value, std::size_t limit) {
  std::string text = EscapeTerminal(value.IsString() ? value.AsString()
                                                     : CanonicalJson(value));
  if (value.IsString() && text.empty()) text = "\"\"";
  if (limit == 0 || Columns(text) <= limit) return text;
  std::size_t end = 0;
  for (std::size_t left = limit; left > 0; --left) {
    ++end;
    while (end < text.size() && IsContinuation(text[end])) ++end;
  }
  return text.substr(0, end) + "…";
}

std::string FieldInWords(const FieldChange& field, bool verbose) {
  const std::size_t limit = verbose ? 0 : kShortValue;
  std::string words;
  if (field.sensitive) {
    words = "(sensitive) changed";
  } else if (IsFlatList(field.before) && IsFlatList(field.after)) {
    words = ListChange(field.before->AsList(), field.after->AsList(), limit);
  } else {
    words = field.before ? ValueInWords(*field.before, limit) : "(none)";
    words += " → ";
    words += field.known_after_apply ? "(known after apply)"
             : field.after           ? ValueInWords(*field.after, limit)
                                     : "(none)";
  }
  if (field.forces_replacement) words += "   forces replacement";
  return words;
}

std::string RotationInWords(const Change& change) {
  if (!change.rotation) return "rotation due";
  const RotationOutlook& outlook = *change.rotation;
  std::string words =
      "rotation due since " + FormatTimestamp(outlook.due_since).substr(0, 10);
  if (!outlook.schedule.empty()) {
    words += " (" + EscapeTerminal(outlook.schedule) + ")";
  }
  return words;
}

std::string ActionInWords(const Plan& plan, const Change& change) {
  switch (change.action) {
    case Action::kNoOp:
      return "nothing changes";
    case Action::kCreate:
      return change.reason == Reason::kImpliedByApp
                 ? "its app declares no token of its own"
                 : "";
    case Action::kUpdate:
      return UpdateInWords(plan, change);
    case Action::kReplace:
      return plan.mode == "refresh-only"
                 ? DriftInWords(plan, change)
                 : "replaced: a field changed that can't change in place";
    case Action::kDelete:
    case Action::kForget:
      return DeletedBecause(plan, change);
    case Action::kAdopt:
      return IsRefused(change) ? "live, but not this repository's"
                               : "taken over";
    case Action::kMove:
      return MovedInWords(change);
    case Action::kRotate:
      return RotationInWords(change);
  }
  return {};
}

std::string StepsInWords(const RotationOutlook& outlook) {
  const auto names = [](const std::vector<std::string>& all, const char* end) {
    std::string words;
    for (std::size_t i = 0; i < std::min(all.size(), kNamesShown); ++i) {
      words += (i == 0 ? " " : ", ") + EscapeTerminal(all[i]) + end;
    }
    if (all.size() > kNamesShown) {
      words += " and " + std::to_string(all.size() - kNamesShown) + " more";
    }
    return words;
  };
  std::string words = "create → deploy" + names(outlook.targets, "");
  if (outlook.evidence == "usage") {
    words += " → verify by use, quiet " + EscapeTerminal(outlook.quiet_for);
  } else if (!outlook.evidence.empty()) {
    words += " → verify by " + EscapeTerminal(outlook.evidence);
  }
  return words + " → revoke" + names(outlook.revokes, "…");
}

std::string ReplayInWords(const Change& change) {
  const EventReplay& replay = *change.replay;
  const bool is_rule = change.id.kind() == "NotificationRule";
  const std::string last =
      "the last " + Counted(replay.events, "event", "events");
  const std::string affected =
      replay.affected == 0 ? "none" : WithCommas(replay.affected);
  // In hundredths of a percent, rounded up: one of many isn't none.
  const std::int64_t share =
      (replay.affected * 10'000 + replay.events - 1) / replay.events;
  std::string digits = std::to_string(share % 100);
  if (digits.size() < 2) digits.insert(0, "0");
  const std::string percent =
      replay.affected == 0
          ? ""
          : " (" + std::to_string(share / 100) + "." + digits + " %)";
  return is_rule
             ? "would have fired on " + affected + " of " + last + percent
             : affected + " of " + last + " would have been rejected" + percent;
}

std::string BrokenPromise(const Change& change) {
  return "breaks " + EscapeTerminal(Demand(change)) + " compatibility";
}

std::string PlaceOnTerminal(const Location& at) {
  if (at.file.empty()) return {};
  std::string place = EscapeTerminal(at.file);
  if (at.line > 0) place += ":" + std::to_string(at.line);
  if (at.line > 0 && at.column > 0) place += ":" + std::to_string(at.column);
  return place;
}

std::string FindingInWords(const Finding& finding) {
  std::string name = EscapeTerminal(finding.policy);
  if (!finding.validation.empty()) {
    name += "/" + EscapeTerminal(finding.validation);
  }
  std::string words;
  if (finding.verdict == Verdict::kExempt) {
    words =
        "– " + name + ": exempt by " + EscapeTerminal(finding.exception) + ": ";
  } else if (finding.overridden) {
    words = "✓ " + name + ": overridden: ";
  } else if (finding.denies()) {
    words = "✗ " + name + ": ";
  } else {
    const bool warns = finding.enforcement == Enforcement::kWarn;
    words = (warns ? "! " : "· ") + name + ": ";
  }
  if (finding.verdict == Verdict::kError) words += "can't be decided: ";
  words += EscapeTerminal(finding.message);
  if (finding.guards == Guards::kApplied) words += " (as applied last)";
  return words;
}

std::string ExceptionInWords(const ExceptionNotice& notice) {
  std::string words = "exception " + EscapeTerminal(notice.exception);
  const std::string day = FormatTimestamp(notice.expires_at);
  switch (notice.state) {
    case ExceptionState::kExpired:
      return words + " ended on " + day + " and lets nothing off any more";
    case ExceptionState::kSoonExpiring:
      return words + " ends soon, on " + day;
    case ExceptionState::kUnused:
      return words +
             " was not needed: " + EscapeTerminal(notice.subject.address()) +
             " meets " + EscapeTerminal(notice.policy);
  }
  return words;
}

std::string CountsInWords(const Counts& counts) {
  const std::pair<std::int64_t, const char*> parts[] = {
      {counts.create, "to add"},      {counts.update, "to change"},
      {counts.replace, "to replace"}, {counts.remove, "to destroy"},
      {counts.move, "to move"},       {counts.adopt, "to adopt"},
      {counts.forget, "to let go"},   {counts.rotate, "to rotate"},
      {counts.suspended, "suspended"}};
  std::string words;
  for (const auto& [count, what] : parts) {
    if (count == 0) continue;
    if (!words.empty()) words += ", ";
    words += WithCommas(count) + " " + what;
  }
  return words.empty() ? "nothing to do" : words;
}

}  // namespace writ::engine
