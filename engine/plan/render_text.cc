#include "engine/plan/render_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/plan/plan_words.h"
#include "schema/facts.h"
#include "schema/report/escape.h"

namespace writ::engine {
namespace {

constexpr std::size_t kWidestAddress = 48;
constexpr std::size_t kFieldsShown = 4;
constexpr std::size_t kDependentsNamed = 3;
constexpr std::size_t kUnfolded = 30;  // entries of a list before it is folded
constexpr std::size_t kFolded = 10;    // of each action, once it is
constexpr std::size_t kRecipientsShown = 20;
constexpr std::size_t kFlagsShown = 5;

enum class Style { kPlain, kBold, kDim, kRed, kGreen, kYellow, kCyan };

// How early a change is to be read; past kRest it isn't at the head.
enum class Rank {
  kDelete,
  kReplace,
  kBreaking,
  kAlarm,
  kGuard,
  kRecipient,
  kRotate,
  kRest
};

Rank RankOf(const Change& change) {
  if (change.action == Action::kRotate) return Rank::kRotate;
  if (change.action == Action::kDelete) return Rank::kDelete;
  if (change.action == Action::kReplace) return Rank::kReplace;
  if (change.compatibility && change.compatibility->breaking) {
    return Rank::kBreaking;
  }
  const bool only_recipients = std::all_of(
      change.alarms.begin(), change.alarms.end(),
      [](const Alarm& alarm) { return alarm.kind == AlarmKind::kRecipient; });
  if (!only_recipients) return Rank::kAlarm;
  if (!change.guards.empty()) return Rank::kGuard;
  return change.alarms.empty() ? Rank::kRest : Rank::kRecipient;
}

Style StyleOf(Action action) {
  switch (action) {
    case Action::kCreate:
      return Style::kGreen;
    case Action::kUpdate:
    case Action::kMove:
    case Action::kRotate:
      return Style::kYellow;
    case Action::kReplace:
    case Action::kDelete:
      return Style::kRed;
    case Action::kNoOp:
    case Action::kForget:
    case Action::kAdopt:
      return Style::kCyan;
  }
  return Style::kPlain;
}

class Printer {
 public:
  Printer(const Plan& plan, const PlanTextOptions& options)
      : plan_(plan), options_(options) {}

  std::string Print();

 private:
  using Entries = std::vector<const Change*>;

  void PrintHeading();
  void PrintHead(const Entries& head);
  void PrintChanges(const Entries& rest);
  void PrintFolded(const Entries& entries);
  void PrintEntry(const Change& change, bool at_head, std::size_t column);
  void PrintDetails(const Change& change, bool at_head);
  void PrintFields(const Change& change, bool all);
  void PrintNotices();
  void PrintTotals();
  void PrintVerdict();
  void PrintEmpty();

  std::string Summary(const Change& change, bool at_head) const;
  std::string References(const Change& change) const;
  std::string Styled(Style style, const std::string& text) const;
  std::string Command(const char* verb) const;
  // The text, and what stands at the right edge.
  void Line(const std::string& text, std::size_t columns,
            const std::string& right);
  std::size_t AddressColumn(const Entries& entries) const;
  bool OneField(const Change& change) const;

  const Plan& plan_;
  const PlanTextOptions& options_;
  std::string out_;
};

std::string Printer::Styled(Style style, const std::string& text) const {
  constexpr std::array<const char*, 7> kCodes = {"",   "1",  "2", "31",
                                                 "32", "33", "36"};
  if (!options_.color || style == Style::kPlain || text.empty()) return text;
  return std::string("\x1b[") + kCodes[static_cast<std::size_t>(style)] + "m" +
         text + "\x1b[0m";
}

void Printer::Line(const std::string& text, std::size_t columns,
                   const std::string& right) {
  out_ += text;
  if (!right.empty()) {
    const std::size_t used = columns + Columns(right);
    const std::size_t gap =
        used + 2 < options_.width ? options_.width - used : 2;
    out_ += std::string(gap, ' ') + Styled(Style::kDim, right);
  }
  out_ += "\n";
}

std::string Printer::Command(const char* verb) const {
  std::string command = std::string("writ ") + verb;
  if (!plan_.environment.empty()) {
    command += " --env " + EscapeTerminal(plan_.environment);
  }
  return command;
}

void Printer::PrintHeading() {
  const Commit& commit = plan_.commit;
  out_ += Styled(Style::kBold, EscapeTerminal(plan_.owner) + "@" +
                                   EscapeTerminal(ShortRevision(commit)));
  if (!commit.subject.empty()) {
    out_ += " \"" + EscapeTerminal(commit.subject) + "\"";
  }
  if (!commit.author_name.empty()) {
    out_ += " by " + EscapeTerminal(commit.author_name);
  }
  if (!plan_.environment.empty()) {
    out_ += " · " + EscapeTerminal(plan_.environment);
  }
  if (plan_.mode != "comparison") {
    out_ += plan_.lineage.empty() ? " · no state yet"
                                  : " · serial " + std::to_string(plan_.serial);
  }
  if (plan_.mode != "normal") out_ += " · " + EscapeTerminal(plan_.mode);
  out_ += "\n";
  const auto add = [&](const char* word,
                       const std::vector<std::string>& addresses) {
    if (addresses.empty()) return;
    out_ += word;
    for (const std::string& address : addresses) {
      out_ += " " + EscapeTerminal(address);
    }
    out_ += "\n";
  };
  add("only", plan_.targets);
  add("without", plan_.excludes);
}

std::size_t Printer::AddressColumn(const Entries& entries) const {
  std::size_t widest = 0;
  for (const Change* change : entries) {
    const std::size_t columns = Columns(EscapeTerminal(change->id.address()));
    if (columns <= kWidestAddress) widest = std::max(widest, columns);
  }
  return widest;
}

bool Printer::OneField(const Change& change) const {
  return change.action == Action::kUpdate && change.fields.size() == 1 &&
         change.cause != Cause::kDrift && !options_.verbose;
}

std::string Printer::References(const Change& change) const {
  std::string words;
  for (const Touched& touched : change.refers_to) {
    const bool is_parent = touched.id.name() == change.id.parent() ||
                           touched.id.kind() == "Workspace";
    if (is_parent) continue;
    words += words.empty() ? "→ " : ", ";
    words += EscapeTerminal(touched.id.address());
  }
  return words;
}

std::string Printer::Summary(const Change& change, bool at_head) const {
  std::string words;
  if (change.compatibility && change.compatibility->breaking) {
    words = "breaks compatibility";
  } else if (OneField(change) && !at_head) {
    const FieldChange& field = change.fields.front();
    words = EscapeTerminal(field.path) + "  " +
            FieldInWords(field, options_.verbose);
  } else {
    words = ActionInWords(plan_, change);
  }
  if (change.action == Action::kCreate && words.empty()) {
    words = References(change);
  }
  for (const std::string& patch : change.patches) {
    words += "   (Patch " + EscapeTerminal(patch) + ")";
  }
  if (change.suspended) words += "   (suspended: planned, not applied)";
  return words;
}

void Printer::PrintEntry(const Change& change, bool at_head,
                         std::size_t column) {
  const std::string address = EscapeTerminal(change.id.address());
  const std::string symbol(Symbol(change.action));
  const std::string summary = Summary(change, at_head);
  std::string text = "  " + Styled(StyleOf(change.action), symbol) + " " +
                     Styled(Style::kBold, address);
  std::size_t columns = 3 + Columns(symbol) + Columns(address);
  if (!summary.empty()) {
    const std::size_t pad =
        (Columns(address) < column ? column - Columns(address) : 0) + 3;
    text += std::string(pad, ' ') + summary;
    columns += pad + Columns(summary);
  }
  const Location& at =
      OneField(change) && !at_head && !change.fields[0].written_at.file.empty()
          ? change.fields[0].written_at
          : change.written_at;
  Line(text, columns, PlaceOnTerminal(at));
  PrintDetails(change, at_head);
}

void Printer::PrintFields(const Change& change, bool all) {
  const std::size_t shown =
      all ? change.fields.size() : std::min(change.fields.size(), kFieldsShown);
  std::size_t widest = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    widest = std::max(widest, Columns(EscapeTerminal(change.fields[i].path)));
  }
  widest = std::min(widest, kWidestAddress);
  for (std::size_t i = 0; i < shown; ++i) {
    const FieldChange& field = change.fields[i];
    const std::string path = EscapeTerminal(field.path);
    const std::size_t pad =
        (Columns(path) < widest ? widest - Columns(path) : 0) + 3;
    const std::string text = "      " + path + std::string(pad, ' ') +
                             FieldInWords(field, options_.verbose);
    Line(text, Columns(text), PlaceOnTerminal(field.written_at));
  }
  if (shown < change.fields.size()) {
    out_ += "      … and " +
            Counted(static_cast<std::int64_t>(change.fields.size() - shown),
                    "more field", "more fields") +
            ": writ plan --verbose\n";
  }
}

void Printer::PrintDetails(const Change& change, bool at_head) {
  const auto line = [&](const std::string& text) {
    out_ += "      " + text + "\n";
  };
  for (const Alarm& alarm : change.alarms) {
    line(Styled(Style::kYellow, "! " + EscapeTerminal(alarm.text)));
  }
  const bool destroys =
      change.action == Action::kDelete || change.action == Action::kForget;
  if (!destroys && (at_head || !OneField(change))) {
    PrintFields(change, options_.verbose);
  }
  if (change.compatibility && change.compatibility->breaking) {
    for (const std::string& reason : change.compatibility->reasons) {
      line("breaks " + EscapeTerminal(reason));
    }
  }
  if (!change.status.empty()) line("live: " + EscapeTerminal(change.status));
  for (const std::string& missing : change.missing_values) {
    line("has no value yet: " + EscapeTerminal(missing));
  }
  if (change.dependent_count > 0 && (at_head || options_.verbose)) {
    std::string words = WithCommas(change.dependent_count) +
                        (change.dependent_count == 1 ? " depends" : " depend") +
                        " on it: ";
    const std::size_t named =
        options_.verbose ? change.dependents.size()
                         : std::min(change.dependents.size(), kDependentsNamed);
    for (std::size_t i = 0; i < named; ++i) {
      words +=
          (i == 0 ? "" : ", ") + EscapeTerminal(change.dependents[i].address());
    }
    if (static_cast<std::int64_t>(named) < change.dependent_count) {
      words += ", …";
    }
    line(words);
  }
  for (const Guard& guard : change.guards) {
    const std::string text = EscapeTerminal(guard.message);
    line(guard.allowed ? Styled(Style::kDim, "✓ allowed: " + text)
                       : Styled(Style::kRed, "✗ " + text));
  }
}

void Printer::PrintHead(const Entries& head) {
  if (head.empty()) return;
  out_ += "\n" + Styled(Style::kBold, "Read these first") + "\n";
  const std::size_t column = AddressColumn(head);
  std::size_t recipients = 0;
  for (const Change* change : head) {
    const bool foldable = RankOf(*change) == Rank::kRecipient;
    recipients += foldable ? 1 : 0;
    if (foldable && recipients > kRecipientsShown && !options_.verbose) {
      continue;
    }
    PrintEntry(*change, true, column);
  }
  if (recipients > kRecipientsShown && !options_.verbose) {
    out_ += "  … and " +
            Counted(static_cast<std::int64_t>(recipients - kRecipientsShown),
                    "more change sends", "more changes send") +
            " a value somewhere new: writ plan --verbose\n";
  }
}

void Printer::PrintFolded(const Entries& entries) {
  std::array<std::size_t, 16> seen{};
  for (const Change* change : entries) {
    ++seen[static_cast<std::size_t>(change->action)];
  }
  std::array<std::size_t, 16> printed{};
  const std::size_t column = AddressColumn(entries);
  for (const Change* change : entries) {
    const auto action = static_cast<std::size_t>(change->action);
    if (++printed[action] <= kFolded) PrintEntry(*change, false, column);
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i] <= kFolded) continue;
    const auto action = static_cast<Action>(i);
    out_ += "  " + Styled(StyleOf(action), std::string(Symbol(action))) +
            " … and " +
            Counted(static_cast<std::int64_t>(seen[i] - kFolded),
                    "more " + std::string(Name(action)),
                    "more " + std::string(Name(action)) + "s") +
            ": writ plan --verbose\n";
  }
}

void Printer::PrintChanges(const Entries& rest) {
  if (rest.empty()) return;
  const char* title = plan_.mode == "refresh-only" ? "Drift" : "Changes";
  out_ += "\n" + Styled(Style::kBold, title) + "\n";
  if (rest.size() > kUnfolded && !options_.verbose) {
    PrintFolded(rest);
    return;
  }
  const std::size_t column = AddressColumn(rest);
  for (const Change* change : rest) PrintEntry(*change, false, column);
}

void Printer::PrintNotices() {
  if (plan_.notices.empty()) return;
  out_ += "\n";
  const std::size_t shown = options_.verbose
                                ? plan_.notices.size()
                                : std::min(plan_.notices.size(), kUnfolded);
  for (std::size_t i = 0; i < shown; ++i) {
    out_ += "Note: " + EscapeTerminal(plan_.notices[i]) + "\n";
  }
  if (shown < plan_.notices.size()) {
    out_ += "… and " +
            Counted(static_cast<std::int64_t>(plan_.notices.size() - shown),
                    "more note", "more notes") +
            ": writ plan --verbose\n";
  }
}

void Printer::PrintTotals() {
  out_ += "\nPlan: " + CountsInWords(plan_.counts()) + ".\n";
  std::array<std::int64_t, 4> causes{};
  for (const Change& change : plan_.changes) {
    ++causes[static_cast<std::size_t>(change.cause)];
  }
  causes[static_cast<std::size_t>(Cause::kSchedule)] +=
      static_cast<std::int64_t>(plan_.scheduled.size());
  constexpr std::array<const char*, 4> kTitles = {"This branch", "Drift",
                                                  "Dependency", "Schedule"};
  std::string words;
  for (std::size_t i = 0; i < causes.size(); ++i) {
    if (causes[i] == 0) continue;
    const bool first = words.empty();
    words += first ? "" : " ";
    words += std::string(kTitles[i]) + ": ";
    words +=
        first ? Counted(causes[i], "change", "changes") : WithCommas(causes[i]);
    words += ".";
  }
  if (!words.empty()) out_ += words + "\n";
}

void Printer::PrintVerdict() {
  std::vector<std::string> flags;
  std::int64_t refused = 0;
  std::int64_t hopeless = 0;
  const auto look = [&](const std::vector<Guard>& guards) {
    std::int64_t here = 0;
    for (const Guard& guard : guards) {
      if (guard.allowed) continue;
      ++here;
      if (guard.flag.empty()) ++hopeless;
      if (!guard.flag.empty()) flags.push_back(EscapeTerminal(guard.flag));
    }
    return here > 0;
  };
  for (const Change& change : plan_.changes) {
    if (look(change.guards)) ++refused;
  }
  const bool whole = look(plan_.guards);
  if (plan_.mode == "comparison") return;
  out_ += "\n";
  if (plan_.mode == "refresh-only") {
    out_ +=
        "Nothing is applied by this plan. Put it back: " + Command("apply") +
        "\n";
    return;
  }
  if (refused == 0 && !whole) {
    out_ += "Apply it: " + Command("apply") + "\n";
    return;
  }
  out_ += Styled(Style::kRed, "Can't be applied") + " as it is";
  if (refused > 0) {
    out_ += ": " + Counted(refused, "change is", "changes are") + " unsafe";
  }
  out_ += ".\n";
  for (const Guard& guard : plan_.guards) {
    out_ += (guard.allowed ? "  ✓ allowed: " : "  ✗ ") +
            EscapeTerminal(guard.message) + ".\n";
  }
  if (hopeless > 0) {
    out_ +=
        "What is marked ✗ above and no flag allows has to be mended in "
        "the manifests.\n";
    return;
  }
  std::string command = Command("apply");
  for (std::size_t i = 0; i < std::min(flags.size(), kFlagsShown); ++i) {
    command += " " + flags[i];
  }
  if (flags.size() > kFlagsShown) command += " …";
  out_ += "Mend it, or allow it for one run: " + command + "\n";
}

void Printer::PrintEmpty() {
  std::string facts = Counted(plan_.resource_count, "resource", "resources");
  if (options_.seconds) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), ", %.2f s", *options_.seconds);
    facts += text.data();
  }
  if (plan_.mode == "comparison") {
    out_ += "No changes. Both declare the same (" + facts + ").\n";
  } else if (plan_.mode == "refresh-only") {
    out_ += "No drift. Live state is what was applied (" + facts + ").\n";
  } else {
    out_ += "No changes. Live state matches manifests at " +
            EscapeTerminal(ShortRevision(plan_.commit)) + " (" + facts + ").\n";
  }
}

std::string Printer::Print() {
  if (plan_.empty() && plan_.guards.empty()) {
    PrintEmpty();
    PrintNotices();
    return std::move(out_);
  }
  Entries head;
  Entries rest;
  for (const auto* changes : {&plan_.changes, &plan_.scheduled}) {
    for (const Change& change : *changes) {
      (RankOf(change) == Rank::kRest ? rest : head).push_back(&change);
    }
  }
  std::stable_sort(
      head.begin(), head.end(),
      [](const Change* a, const Change* b) { return RankOf(*a) < RankOf(*b); });
  PrintHeading();
  PrintHead(head);
  PrintChanges(rest);
  PrintNotices();
  PrintTotals();
  PrintVerdict();
  if (plan_.has_digest && plan_.mode != "refresh-only") {
    out_ += "digest " + plan_.digest.Hex() + "\n";
  }
  return std::move(out_);
}

}  // namespace

std::string RenderPlanText(const Plan& plan, const PlanTextOptions& options) {
  return Printer(plan, options).Print();
}

}  // namespace writ::engine
