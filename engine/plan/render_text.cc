#include "engine/plan/render_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>
#include <vector>

#include "engine/plan/plan_entry.h"
#include "engine/plan/plan_words.h"
#include "schema/facts.h"
#include "schema/report/escape.h"

namespace writ::engine {
namespace {

constexpr std::size_t kWidestAddress = 48;
constexpr std::size_t kUnfolded = 30;  // entries of a list before it is folded
constexpr std::size_t kFolded = 10;    // of each action, once it is
constexpr std::size_t kShownOfRank = 20;  // of those that may be many
constexpr std::size_t kFlagsShown = 5;
constexpr std::size_t kUntrustedShown = 10;

// How early a change is to be read; kRest isn't at the head.
enum class Rank {
  kDelete,
  kReplace,
  kBreaking,
  kAlarm,
  kGuard,
  kDenied,
  kRecipient,
  kRotate,
  kFinding,
  kRest
};

// Which of those are told without end.
bool IsFolded(Rank rank) {
  return rank == Rank::kRotate || rank == Rank::kRecipient ||
         rank == Rank::kDenied || rank == Rank::kFinding;
}

bool Denies(const Change& change) {
  return std::any_of(change.findings.begin(), change.findings.end(),
                     [](const Finding& finding) { return finding.denies(); });
}

// A finding that is shown wherever its change stands.
bool HasFinding(const Change& change) {
  return std::any_of(change.findings.begin(), change.findings.end(),
                     [](const Finding& finding) {
                       return finding.enforcement != Enforcement::kAudit;
                     });
}

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
  if (Denies(change)) return Rank::kDenied;
  if (!change.alarms.empty()) return Rank::kRecipient;
  return HasFinding(change) ? Rank::kFinding : Rank::kRest;
}

constexpr std::size_t kRanks = static_cast<std::size_t>(Rank::kRest) + 1;
using RankCounts = std::array<std::size_t, kRanks>;

class Page {
 public:
  Page(const Plan& plan, const PlanTextOptions& options)
      : plan_(plan), options_(options), entry_(plan, options, out_) {}

  std::string Print();

 private:
  using Entries = std::vector<const Change*>;

  void PrintHeading();
  void PrintUntrusted();
  void PrintAlarms();
  void PrintHead(const Entries& head);
  void PrintRest(const RankCounts& seen, Rank rank, const char* one,
                 const char* many, const char* what);
  void PrintChanges(const Entries& rest);
  void PrintFolded(const Entries& entries);
  void PrintNotices();
  void PrintTotals();
  void PrintCauses();
  std::string VerdictsInWords() const;
  void PrintVerdict();
  void PrintDenial();
  void PrintRefusal(std::int64_t refused);
  void PrintEmpty();
  void PrintMore(std::size_t count, const std::string& one,
                 const std::string& many, const std::string& rest = {});

  std::string Command() const;
  std::size_t AddressColumn(const Entries& entries) const;
  bool IsRefreshOnly() const { return plan_.mode == "refresh-only"; }
  // Of two commits: nothing is live, and nothing applied.
  bool IsComparison() const { return plan_.mode == "comparison"; }

  const Plan& plan_;
  const PlanTextOptions& options_;
  std::string out_;
  EntryPrinter entry_;
};

std::string Page::Command() const {
  if (!options_.apply_command.empty()) {
    return EscapeTerminal(options_.apply_command);
  }
  std::string command = "writ apply";
  if (!plan_.environment.empty()) {
    command += " --env " + EscapeTerminal(plan_.environment);
  }
  return command;
}

void Page::PrintMore(std::size_t count, const std::string& one,
                     const std::string& many, const std::string& rest) {
  out_ += "… and " + Counted(static_cast<std::int64_t>(count), one, many) +
          rest + ": writ plan --verbose\n";
}

void Page::PrintHeading() {
  const Commit& commit = plan_.commit;
  out_ += Styled(options_, Style::kBold,
                 EscapeTerminal(plan_.owner) + "@" +
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
  if (IsComparison()) {
    out_ += " · compared with " + EscapeTerminal(plan_.compared_with);
  } else {
    out_ += plan_.lineage.empty() ? " · no state yet"
                                  : " · serial " + std::to_string(plan_.serial);
    if (plan_.mode != "normal") out_ += " · " + EscapeTerminal(plan_.mode);
  }
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

std::size_t Page::AddressColumn(const Entries& entries) const {
  std::size_t widest = 0;
  for (const Change* change : entries) {
    const std::size_t columns = Columns(EscapeTerminal(change->id.address()));
    if (columns <= kWidestAddress) widest = std::max(widest, columns);
  }
  return widest;
}

void Page::PrintUntrusted() {
  if (plan_.untrusted.empty()) return;
  out_ += "\n" + Styled(options_, Style::kBold, "Not trusted") + "\n";
  const std::size_t count = plan_.untrusted.size();
  const std::size_t shown =
      options_.verbose ? count : std::min(count, kUntrustedShown);
  for (std::size_t i = 0; i < shown; ++i) {
    out_ += "  " +
            Styled(options_, Style::kRed,
                   "✗ " + EscapeTerminal(plan_.untrusted[i])) +
            "\n";
  }
  if (shown == count) return;
  out_ += "  ";
  PrintMore(count - shown, "more", "more");
}

void Page::PrintAlarms() {
  for (const Alarm& alarm : plan_.alarms) {
    out_ += "  " +
            Styled(options_, Style::kYellow,
                   "! " + EscapeTerminal(alarm.path) + ": " +
                       EscapeTerminal(alarm.text)) +
            "\n";
  }
}

void Page::PrintHead(const Entries& head) {
  if (head.empty() && plan_.alarms.empty() && plan_.findings.empty()) return;
  out_ += "\n" + Styled(options_, Style::kBold, "Read these first") + "\n";
  PrintAlarms();
  entry_.PrintFindings(plan_.findings, "  ");
  const std::size_t column = AddressColumn(head);
  std::array<std::size_t, kRanks> seen{};
  for (const Change* change : head) {
    const Rank rank = RankOf(*change);
    const bool fits = ++seen[static_cast<std::size_t>(rank)] <= kShownOfRank ||
                      options_.verbose || !IsFolded(rank);
    if (fits) entry_.Print(*change, true, column);
  }
  if (options_.verbose) return;
  PrintRest(seen, Rank::kDenied, "is", "are", " denied");
  PrintRest(seen, Rank::kRecipient, "sends", "send", " a value somewhere new");
  PrintRest(seen, Rank::kFinding, "has", "have", " a word from a policy");
}

void Page::PrintRest(const RankCounts& seen, Rank rank, const char* one,
                     const char* many, const char* what) {
  const std::size_t count = seen[static_cast<std::size_t>(rank)];
  if (count <= kShownOfRank) return;
  out_ += "  ";
  PrintMore(count - kShownOfRank, std::string("more change ") + one,
            std::string("more changes ") + many, what);
}

void Page::PrintFolded(const Entries& entries) {
  constexpr std::size_t kActions = 16;
  std::array<std::size_t, kActions> seen{};
  Entries shown;
  for (const Change* change : entries) {
    if (++seen[static_cast<std::size_t>(change->action)] <= kFolded) {
      shown.push_back(change);
    }
  }
  const std::size_t column = AddressColumn(shown);
  for (const Change* change : shown) entry_.Print(*change, false, column);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i] <= kFolded) continue;
    const auto action = static_cast<Action>(i);
    const std::string one = "more " + std::string(Name(action));
    out_ += "  " +
            Styled(options_, StyleOf(action), std::string(Symbol(action))) +
            " ";
    PrintMore(seen[i] - kFolded, one, one + "s");
  }
}

void Page::PrintChanges(const Entries& rest) {
  if (rest.empty()) return;
  const char* title = IsRefreshOnly() ? "Drift" : "Changes";
  out_ += "\n" + Styled(options_, Style::kBold, title) + "\n";
  if (rest.size() > kUnfolded && !options_.verbose) {
    PrintFolded(rest);
    return;
  }
  const std::size_t column = AddressColumn(rest);
  for (const Change* change : rest) entry_.Print(*change, false, column);
}

void Page::PrintNotices() {
  std::vector<std::string> notes;
  for (const std::string& notice : plan_.notices) {
    notes.push_back(EscapeTerminal(notice));
  }
  for (const ExceptionNotice& notice : plan_.exceptions) {
    const std::string place = PlaceOnTerminal(notice.at);
    notes.push_back(ExceptionInWords(notice) +
                    (place.empty() ? "" : " (" + place + ")"));
  }
  if (notes.empty()) return;
  out_ += "\n";
  const std::size_t shown =
      options_.verbose ? notes.size() : std::min(notes.size(), kUnfolded);
  for (std::size_t i = 0; i < shown; ++i) out_ += "Note: " + notes[i] + "\n";
  if (shown < notes.size()) {
    PrintMore(notes.size() - shown, "more note", "more notes");
  }
}

void Page::PrintTotals() {
  const Counts counts = plan_.counts();
  out_ +=
      IsRefreshOnly()
          ? "\nDrifted: " +
                Counted(static_cast<std::int64_t>(plan_.changes.size()),
                        "resource", "resources") +
                ".\n"
          : "\nPlan: " + CountsInWords(counts) + "." + VerdictsInWords() + "\n";
  if (!IsRefreshOnly()) PrintCauses();
}

// " 1 denied. 2 exempt.": changes.
std::string Page::VerdictsInWords() const {
  std::int64_t denied = 0;
  std::int64_t overridden = 0;
  std::int64_t exempt = 0;
  for (const Change& change : plan_.changes) {
    const auto any = [&](const auto& is) {
      return std::any_of(change.findings.begin(), change.findings.end(), is)
                 ? 1
                 : 0;
    };
    denied += Denies(change) ? 1 : 0;
    overridden += any([](const Finding& f) { return f.overridden; });
    exempt +=
        any([](const Finding& f) { return f.verdict == Verdict::kExempt; });
  }
  std::string words;
  if (denied > 0) words += " " + WithCommas(denied) + " denied.";
  if (overridden > 0) words += " " + WithCommas(overridden) + " overridden.";
  if (exempt > 0) words += " " + WithCommas(exempt) + " exempt.";
  return words;
}

void Page::PrintCauses() {
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

void Page::PrintVerdict() {
  if (IsComparison()) return;
  out_ += "\n";
  if (IsRefreshOnly()) {
    out_ += "Nothing is applied by this plan. Put it back: " + Command() + "\n";
    return;
  }
  if (!plan_.untrusted.empty()) {
    out_ += Styled(options_, Style::kRed, "Can't be applied") +
            ": it isn't trusted; see above.\n";
  }
  if (plan_.denied()) PrintDenial();
  if (plan_.unsafe()) {
    const auto refused = std::count_if(
        plan_.changes.begin(), plan_.changes.end(), [](const Change& change) {
          return std::any_of(change.guards.begin(), change.guards.end(),
                             [](const Guard& g) { return !g.allowed; });
        });
    PrintRefusal(refused);
  }
  if (plan_.unsafe() || plan_.denied() || !plan_.untrusted.empty()) return;
  const auto suspended = static_cast<std::size_t>(plan_.counts().suspended);
  const bool idle = suspended == plan_.changes.size() + plan_.scheduled.size();
  if (idle) {
    out_ += "Nothing to apply: every change is suspended.\n";
  } else if (!options_.applies) {
    out_ += "Apply it: " + Command() + "\n";
  }
}

void Page::PrintDenial() {
  std::int64_t denied = 0;
  std::vector<std::string> policies;  // that deny, in the order of the page
  bool overridable = true;
  const auto look = [&](const std::vector<Finding>& findings) {
    bool denies = false;
    for (const Finding& finding : findings) {
      if (!finding.denies()) continue;
      denies = true;
      overridable =
          overridable && finding.enforcement == Enforcement::kDenyOverridable;
      if (std::find(policies.begin(), policies.end(), finding.policy) ==
          policies.end()) {
        policies.push_back(finding.policy);
      }
    }
    return denies;
  };
  const bool whole = look(plan_.findings);
  for (const Change& change : plan_.changes) {
    denied += look(change.findings) ? 1 : 0;
  }
  out_ += Styled(options_, Style::kRed, "Can't be applied") + ": ";
  if (denied > 0)
    out_ += Counted(denied, "change is", "changes are") + " denied";
  if (whole) out_ += denied > 0 ? ", and the plan as a whole" : "it is denied";
  out_ += ". Mend it, or see: writ policy explain " +
          EscapeTerminal(policies.front()) + "\n";
  if (!overridable) return;
  out_ += "Override it, with a reason that the audit keeps: " + Command();
  for (const std::string& policy : policies) {
    out_ += " --override " + EscapeTerminal(policy);
  }
  out_ += " --reason TEXT\n";
}

void Page::PrintRefusal(std::int64_t refused) {
  out_ += Styled(options_, Style::kRed, "Can't be applied") + " as it is";
  if (refused > 0) {
    out_ += ": " + Counted(refused, "change is", "changes are") + " unsafe";
  }
  out_ += ".\n";
  std::vector<std::string> flags;
  bool hopeless = false;
  const auto look = [&](const Guard& guard) {
    if (guard.allowed) return;
    hopeless = hopeless || guard.flag.empty();
    flags.push_back(EscapeTerminal(guard.flag));
  };
  for (const Guard& guard : plan_.guards) {
    out_ += (guard.allowed ? "  ✓ allowed: " : "  ✗ ") +
            EscapeTerminal(guard.message) + ".\n";
    look(guard);
  }
  for (const Change& change : plan_.changes) {
    for (const Guard& guard : change.guards) look(guard);
  }
  if (hopeless) {
    out_ +=
        "What is marked ✗ has to be mended in the manifests; no flag allows "
        "all of it.\n";
    return;
  }
  std::string command = Command();
  for (std::size_t i = 0; i < std::min(flags.size(), kFlagsShown); ++i) {
    command += " " + flags[i];
  }
  if (flags.size() > kFlagsShown) command += " …";
  out_ += "Mend it, or allow it for one run: " + command + "\n";
}

void Page::PrintEmpty() {
  std::string facts = Counted(plan_.resource_count, "resource", "resources");
  if (options_.seconds) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), ", %.2f s", *options_.seconds);
    facts += text.data();
  }
  if (IsRefreshOnly()) {
    out_ += "No drift. Live state is what was applied (" + facts + ").\n";
  } else if (IsComparison()) {
    out_ += "No differences between " + EscapeTerminal(plan_.compared_with) +
            " and " + EscapeTerminal(ShortRevision(plan_.commit)) + " (" +
            facts + ").\n";
  } else if (plan_.mode == "destroy") {
    out_ += "Nothing to destroy: " + EscapeTerminal(plan_.owner) +
            " owns nothing that is live.\n";
  } else {
    out_ += "No changes. Live state matches manifests at " +
            EscapeTerminal(ShortRevision(plan_.commit)) + " (" + facts + ").\n";
  }
}

std::string Page::Print() {
  if (plan_.empty() && (IsComparison() || !plan_.unsafe())) {
    PrintEmpty();
    PrintUntrusted();
    PrintAlarms();
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
  PrintUntrusted();
  PrintHead(head);
  PrintChanges(rest);
  PrintNotices();
  PrintTotals();
  PrintVerdict();
  if (plan_.has_digest && !IsRefreshOnly()) {
    out_ += "digest " + plan_.digest.Hex() + "\n";
  }
  return std::move(out_);
}

}  // namespace

std::string RenderPlanText(const Plan& plan, const PlanTextOptions& options) {
  return Page(plan, options).Print();
}

}  // namespace writ::engine
