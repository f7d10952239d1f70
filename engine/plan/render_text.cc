#include "engine/plan/render_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>
#include <vector>

#include "engine/plan/next_step.h"
#include "engine/plan/plan_entry.h"
#include "engine/plan/plan_words.h"
#include "engine/plan/risk.h"
#include "engine/plan/wrap.h"
#include "schema/facts.h"
#include "schema/report/escape.h"

namespace writ::engine {
namespace {

constexpr std::size_t kWidestAddress = 48;
constexpr std::size_t kUnfolded = 30;  // entries of a list before it is folded
constexpr std::size_t kFolded = 10;    // of each action, once it is
constexpr std::size_t kShownOfRank = 20;  // of those that may be many
constexpr std::size_t kUntrustedShown = 10;

using RankCounts = std::array<std::size_t, kRanks>;

PlanTextOptions Fitting(PlanTextOptions options) {
  options.width = std::max<std::size_t>(options.width, 40);
  return options;
}

class Page {
 public:
  Page(const Plan& plan, const PlanTextOptions& options)
      : plan_(plan), options_(Fitting(options)), entry_(plan, options_, out_) {}

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
  void PrintNextSteps();
  void PrintEmpty();
  void PrintMore(const std::string& before, std::size_t count,
                 const std::string& one, const std::string& many,
                 const std::string& rest = {});

  std::size_t AddressColumn(const Entries& entries) const;
  bool IsRefreshOnly() const { return plan_.mode == "refresh-only"; }
  // Of two commits: nothing is live, and nothing applied.
  bool IsComparison() const { return plan_.mode == "comparison"; }

  // A line of text, broken where it has to be.
  void Say(const std::string& line, std::size_t hang = 2);
  // The same, with a command at its end that stays in one piece.
  void Offer(const std::string& words, const std::string& command);

  const Plan& plan_;
  const PlanTextOptions options_;
  std::string out_;
  EntryPrinter entry_;
};

void Page::Say(const std::string& line, std::size_t hang) {
  out_ += (options_.wraps ? WrapLine(line, options_.width, hang) : line) + "\n";
}

void Page::Offer(const std::string& words, const std::string& command) {
  const std::string line = words + " " + command;
  if (!options_.wraps || ColumnsOfLastLine(line) <= options_.width) {
    out_ += line + "\n";
    return;
  }
  Say(words);
  out_ += "  " + command + "\n";
}

void Page::PrintMore(const std::string& before, std::size_t count,
                     const std::string& one, const std::string& many,
                     const std::string& rest) {
  Say(before + MoreInWords(count, one, many) + rest + kToSeeThem, 4);
}

void Page::PrintHeading() {
  const Commit& commit = plan_.commit;
  std::string line = Styled(options_, Style::kBold,
                            EscapeTerminal(plan_.owner) + "@" +
                                EscapeTerminal(ShortRevision(commit)));
  if (!commit.subject.empty()) {
    line += " \"" + EscapeTerminal(commit.subject) + "\"";
  }
  if (!commit.author_name.empty()) {
    line += " by " + EscapeTerminal(commit.author_name);
  }
  if (!plan_.merged_with.empty()) {
    line += " · merged with " + EscapeTerminal(plan_.merged_with);
  }
  if (!plan_.environment.empty()) {
    line += " · " + EscapeTerminal(plan_.environment);
  }
  if (IsComparison()) {
    line += " · compared with " + EscapeTerminal(plan_.compared_with);
  } else {
    line += plan_.lineage.empty() ? " · no state yet"
                                  : " · serial " + std::to_string(plan_.serial);
    if (plan_.mode != "normal") line += " · " + EscapeTerminal(plan_.mode);
  }
  Say(line);
  const auto add = [&](const char* word,
                       const std::vector<std::string>& addresses) {
    if (addresses.empty()) return;
    std::string names = word;
    for (const std::string& address : addresses) {
      names += " " + EscapeTerminal(address);
    }
    Say(names);
  };
  add("only", plan_.targets);
  add("without", plan_.excludes);
}

std::size_t Page::AddressColumn(const Entries& entries) const {
  const std::size_t most = std::min(kWidestAddress, options_.width / 2);
  std::size_t widest = 0;
  for (const Change* change : entries) {
    const std::size_t columns = Columns(EscapeTerminal(change->id.address()));
    if (columns <= most) widest = std::max(widest, columns);
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
    Say("  " + Styled(options_, Style::kRed,
                      "✗ " + EscapeTerminal(plan_.untrusted[i])),
        4);
  }
  if (shown == count) return;
  PrintMore("  ", count - shown, "more reason", "more reasons");
}

void Page::PrintAlarms() {
  for (const Alarm& alarm : plan_.alarms) {
    Say("  " + Styled(options_, Style::kYellow,
                      "! " + EscapeTerminal(alarm.path) + ": " +
                          EscapeTerminal(alarm.text)),
        4);
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
                      options_.verbose || !MayBeFolded(rank);
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
  PrintMore("  ", count - kShownOfRank, std::string("more change ") + one,
            std::string("more changes ") + many, what);
}

void Page::PrintFolded(const Entries& entries) {
  constexpr std::size_t kMostActions = 16;
  std::array<std::size_t, kMostActions> seen{};
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
    const std::string symbol =
        Styled(options_, StyleOf(action), std::string(Symbol(action)));
    PrintMore("  " + symbol + " ", seen[i] - kFolded, one, one + "s");
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
  for (std::size_t i = 0; i < shown; ++i) Say("Note: " + notes[i], 6);
  if (shown < notes.size()) {
    PrintMore("", notes.size() - shown, "more note", "more notes");
  }
}

void Page::PrintTotals() {
  out_ += "\n";
  if (IsRefreshOnly()) {
    Say("Drifted: " +
        Counted(static_cast<std::int64_t>(plan_.changes.size()), "resource",
                "resources") +
        ".");
    return;
  }
  Say("Plan: " + TotalsInWords(plan_));
  const std::string origins = OriginsInWords(plan_);
  if (!origins.empty()) Say(origins);
}

void Page::PrintNextSteps() {
  const std::vector<NextStep> steps =
      NextStepsOf(plan_, options_.apply_command, options_.applies);
  if (!IsComparison()) out_ += "\n";
  for (const NextStep& step : steps) {
    const std::string words =
        Styled(options_, Style::kRed, step.refusal) + step.words;
    if (step.command.empty()) {
      Say(words);
    } else {
      Offer(words, step.command);
    }
    if (!step.names_guards) continue;
    for (const Guard& guard : plan_.guards) {
      const std::string text = EscapeTerminal(guard.message) + ".";
      Say(guard.allowed
              ? "  " + Styled(options_, Style::kDim, "✓ allowed: " + text)
              : "  " + Styled(options_, Style::kRed, "✗ " + text),
          4);
    }
  }
}

void Page::PrintEmpty() {
  std::string facts = Counted(plan_.resource_count, "resource", "resources");
  if (options_.seconds) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), ", %.2f s", *options_.seconds);
    facts += text.data();
  }
  if (IsRefreshOnly()) {
    Say("No drift. Live state is what was applied (" + facts + ").");
  } else if (IsComparison()) {
    Say("No differences between " + EscapeTerminal(plan_.compared_with) +
        " and " + EscapeTerminal(ShortRevision(plan_.commit)) + " (" + facts +
        ").");
  } else if (plan_.mode == "destroy") {
    Say("Nothing to destroy: " + EscapeTerminal(plan_.owner) +
        " owns nothing that is live.");
  } else {
    Say("No changes. Live state matches manifests at " +
        EscapeTerminal(ShortRevision(plan_.commit)) + " (" + facts + ").");
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
  const ReadingOrder order = ReadingOrderOf(plan_);
  PrintHeading();
  PrintUntrusted();
  PrintHead(order.head);
  PrintChanges(order.rest);
  PrintNotices();
  PrintTotals();
  PrintNextSteps();
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
