// A comment on a pull request. What it may never lose (T-17), totals, deletes,
// widened permissions and guard changes, is set aside first; the rest is added
// in the order of reading for as long as it fits.
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "engine/plan/handover.h"
#include "engine/plan/next_step.h"
#include "engine/plan/plan_words.h"
#include "engine/plan/risk.h"
#include "engine/report/renderers.h"
#include "schema/report/escape.h"

namespace writ::engine {
namespace {

constexpr std::size_t kFieldsTold = 8;
constexpr std::size_t kDependentsTold = 3;
constexpr std::size_t kDiagnosticsTold = 50;
// What the lines that say what was left out may take.
constexpr std::size_t kForWhatIsCut = 1024;
// No entry takes less.
constexpr std::size_t kShortestEntry = 25;
// One text of somebody else's; a policy's message may be a page.
constexpr std::size_t kLongestText = 600;

// Cut between characters.
std::string Shortened(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) {
    --end;
  }
  return text.substr(0, end) + "…";
}

std::string Escaped(const std::string& text) {
  return EscapeMarkdown(Shortened(text, kLongestText));
}

std::string Code(const std::string& text) {
  return text.empty() ? "" : "<code>" + EscapeMarkdown(text) + "</code>";
}

// A command in one line, to be copied: nothing is escaped within a fence, and a
// line that begins with "writ" ends none.
std::string Fenced(const std::string& command) {
  return "```sh\n" + EscapeTerminal(command) + "\n```\n";
}

std::string Bullet(std::size_t level, const std::string& text) {
  return std::string(level * 2, ' ') + "- " + text + "\n";
}

std::string PlaceAfter(const Location& at) {
  const std::string place = PlaceOnTerminal(at);
  return place.empty() ? "" : " · " + Code(place);
}

// What a change is, in a line; and below it what has to be told (`must`), or
// may be (`may`).
struct Entry {
  const Change* change = nullptr;
  bool foldable = false;
  std::string must;
  std::string may;
};

// With a mark that stands out in a comment.
std::string MarkedFinding(const Finding& finding) {
  const std::string words = FindingInWords(finding);
  const std::size_t mark = words.find(' ') + 1;
  if (finding.denies()) return "❌ " + Escaped(words.substr(mark));
  const bool warns = finding.enforcement == Enforcement::kWarn &&
                     finding.verdict != Verdict::kExempt;
  return warns ? "⚠️ " + Escaped(words.substr(mark)) : Escaped(words);
}

void TellFindings(const std::vector<Finding>& findings, std::size_t level,
                  std::string& must, std::string& may) {
  for (const Finding& finding : findings) {
    if (finding.enforcement == Enforcement::kAudit) continue;
    const std::string line =
        Bullet(level, MarkedFinding(finding) + PlaceAfter(finding.policy_at));
    (finding.denies() ? must : may) += line;
  }
}

void TellGuards(const std::vector<Guard>& guards, std::size_t level,
                std::string& out) {
  for (const Guard& guard : guards) {
    out += Bullet(
        level, (guard.allowed ? "✅ allowed: " : "❌ ") + Escaped(guard.message));
  }
}

std::string FieldsOf(const Change& change) {
  std::string out;
  std::size_t told = 0;
  for (const FieldChange& field : change.fields) {
    if (++told > kFieldsTold) continue;
    out += Bullet(1, Code(field.path) + " " +
                         Escaped(FieldInWords(field, /*verbose=*/false)) +
                         PlaceAfter(field.written_at));
  }
  if (told > kFieldsTold) {
    out +=
        Bullet(1, MoreInWords(told - kFieldsTold, "more field", "more fields"));
  }
  return out;
}

std::string DependentsOf(const Change& change) {
  if (change.dependent_count == 0) return {};
  std::string words = WithCommas(change.dependent_count) +
                      (change.dependent_count == 1 ? " depends" : " depend") +
                      " on it: ";
  const std::size_t named = std::min(change.dependents.size(), kDependentsTold);
  for (std::size_t i = 0; i < named; ++i) {
    words += (i == 0 ? "" : ", ") + Code(change.dependents[i].address());
  }
  if (static_cast<std::int64_t>(named) < change.dependent_count) words += ", …";
  return Bullet(1, words);
}

Entry EntryOf(const Plan& plan, const Change& change) {
  Entry entry;
  entry.change = &change;
  entry.foldable = MayBeFolded(RankOf(change));
  std::string words = ActionInWords(plan, change);
  if (change.compatibility && change.compatibility->breaking) {
    words = BrokenPromise(change);
  }
  if (change.suspended) words += " (suspended: planned, not applied)";
  entry.must = "- <code>" + EscapeMarkdown(std::string(Symbol(change.action))) +
               "</code> <b>" + EscapeMarkdown(change.id.address()) + "</b>" +
               (words.empty() ? "" : " " + Escaped(words)) +
               PlaceAfter(change.written_at) + "\n";
  std::vector<std::string> said;
  for (const Alarm& alarm : change.alarms) {
    if (std::find(said.begin(), said.end(), alarm.text) != said.end()) continue;
    said.push_back(alarm.text);
    entry.must += Bullet(1, "⚠️ " + Escaped(alarm.text));
  }
  TellGuards(change.guards, 1, entry.must);
  TellFindings(change.findings, 1, entry.must, entry.may);
  if (change.compatibility && change.compatibility->breaking) {
    for (const std::string& reason : change.compatibility->reasons) {
      entry.may += Bullet(1, Escaped(reason));
    }
  }
  if (change.rotation) {
    entry.may += Bullet(1, Escaped(StepsInWords(*change.rotation)));
  }
  if (IsHandedOver(change)) entry.may += Bullet(1, kHandover);
  if (!change.status.empty()) {
    entry.may += Bullet(1, "live: " + Escaped(change.status));
  }
  const bool goes =
      change.action == Action::kDelete || change.action == Action::kForget;
  if (!goes) entry.may += FieldsOf(change);
  entry.may += DependentsOf(change);
  return entry;
}

class MarkdownPage {
 public:
  explicit MarkdownPage(const ReportInput& input)
      : input_(input), plan_(*input.plan) {}

  PlanReport Print();

 private:
  std::string Heading() const;
  std::string Totals() const;
  std::string WholePlan() const;
  std::string Ending() const;
  std::string Notes() const;
  // Takes it from what is left; false where it doesn't fit.
  bool Take(std::size_t size) {
    if (size > left_) return false;
    left_ -= size;
    return true;
  }
  PlanReport TooLarge() const;
  std::string Head(const std::vector<Entry>& entries);
  std::string Rest(const std::vector<Entry>& entries);
  std::string Cut() const;

  const ReportInput& input_;
  const Plan& plan_;
  std::size_t left_ = 0;
  bool details_cut_ = false;
  std::map<std::string_view, std::int64_t> cut_;  // changes by action
};

std::string MarkdownPage::Heading() const {
  const bool compares = plan_.mode == "comparison";
  std::string out = compares ? "### writ diff" : "### writ plan";
  if (!plan_.environment.empty()) out += " · " + Escaped(plan_.environment);
  out += "\n\n" + Escaped(plan_.owner) + " at " +
         Code(ShortRevision(plan_.commit));
  if (!plan_.commit.subject.empty()) {
    out += " “" + Escaped(plan_.commit.subject) + "”";
  }
  if (!plan_.commit.author_name.empty()) {
    out += " by " + Escaped(plan_.commit.author_name);
  }
  if (!plan_.merged_with.empty()) {
    out += ", merged with " + Code(plan_.merged_with);
  }
  if (compares) {
    out += ", compared with " + Code(plan_.compared_with);
  } else {
    out += plan_.lineage.empty() ? " · no state yet"
                                 : " · serial " + std::to_string(plan_.serial);
  }
  const auto add = [&](const char* word,
                       const std::vector<std::string>& addresses) {
    if (addresses.empty()) return;
    out += std::string("\n") + word;
    for (const std::string& address : addresses) out += " " + Code(address);
  };
  add("only", plan_.targets);
  add("without", plan_.excludes);
  return out + "\n\n";
}

std::string MarkdownPage::Totals() const {
  if (plan_.empty() && !plan_.unsafe()) {
    return "**No changes.** Live state matches manifests (" +
           Counted(plan_.resource_count, "resource", "resources") + ").\n\n";
  }
  std::string out = "**" + Escaped(TotalsInWords(plan_)) + "**";
  const std::string origins = OriginsInWords(plan_);
  if (!origins.empty()) out += "<br>\n" + Escaped(origins);
  return out + "\n\n";
}

std::string MarkdownPage::WholePlan() const {
  std::string must;
  std::string may;
  for (const std::string& reason : plan_.untrusted) {
    must += Bullet(0, "❌ not trusted: " + Escaped(reason));
  }
  for (const Alarm& alarm : plan_.alarms) {
    must += Bullet(0, "⚠️ " + Code(alarm.path) + " " + Escaped(alarm.text));
  }
  TellGuards(plan_.guards, 0, must);
  TellFindings(plan_.findings, 0, must, may);
  return must + may;
}

std::string MarkdownPage::Ending() const {
  const bool by_digest = plan_.has_digest && plan_.mode == "normal";
  const std::string digest = plan_.digest.Hex();
  const bool applies = !plan_.unsafe() && !plan_.denied() &&
                       plan_.untrusted.empty() && !plan_.empty();
  std::string out;
  for (const NextStep& step : NextStepsOf(plan_, input_.apply_command)) {
    if (applies && by_digest && !step.command.empty()) {
      out += "Once this is merged, exactly this plan is applied by:\n" +
             Fenced(step.command + " --digest " + digest);
      return out;
    }
    const std::string refusal =
        step.refusal.empty() ? "" : "❌ **" + Escaped(step.refusal) + "**";
    out += refusal + Escaped(step.words) + "\n";
    if (!step.command.empty()) out += Fenced(step.command);
    out += "\n";
  }
  if (by_digest) out += "Digest <code>" + digest + "</code>\n";
  return out;
}

std::string MarkdownPage::Notes() const {
  std::string out;
  for (const std::string& notice : plan_.notices) {
    out += Bullet(0, Escaped(notice));
  }
  for (const ExceptionNotice& notice : plan_.exceptions) {
    out += Bullet(0, Escaped(ExceptionInWords(notice)) + PlaceAfter(notice.at));
  }
  return out;
}

std::string MarkdownPage::Head(const std::vector<Entry>& entries) {
  std::string out;
  bool full = false;
  for (const Entry& entry : entries) {
    // What must be told is paid for already.
    full = full || (entry.foldable && !Take(entry.must.size()));
    if (entry.foldable && full) {
      ++cut_[Name(entry.change->action)];
      continue;
    }
    out += entry.must;
    if (Take(entry.may.size())) {
      out += entry.may;
    } else {
      details_cut_ = true;
    }
  }
  return out;
}

std::string MarkdownPage::Rest(const std::vector<Entry>& entries) {
  std::string list;
  bool full = false;
  for (const Entry& entry : entries) {
    full = full || !Take(entry.must.size());
    if (full) {
      ++cut_[Name(entry.change->action)];
      continue;
    }
    list += entry.must;
    if (Take(entry.may.size())) {
      list += entry.may;
    } else {
      details_cut_ = true;
    }
  }
  return list;
}

std::string MarkdownPage::Cut() const {
  std::string words;
  for (const auto& [action, count] : cut_) {
    words += (words.empty() ? "" : ", ") +
             Counted(count, std::string(action), std::string(action) + "s");
  }
  if (words.empty() && !details_cut_) return {};
  return "\n✂️ Left out, for this comment is full: " +
         (words.empty() ? std::string("details")
                        : words + (details_cut_ ? ", and details" : "")) +
         ". All of it is in the HTML report, and in <code>writ plan "
         "--verbose</code>.\n\n";
}

PlanReport MarkdownPage::TooLarge() const {
  std::string out = Heading() + Totals() +
                    "❌ **Too large to review**: what must not be left out of "
                    "this comment (deletes, widened permissions, guards) "
                    "doesn't fit into it. Split the change, or read the HTML "
                    "report and <code>writ plan --verbose</code>.\n";
  return {Shortened(out, input_.limit), true};
}

PlanReport MarkdownPage::Print() {
  const ReadingOrder order = ReadingOrderOf(plan_);
  std::vector<Entry> head;
  std::vector<Entry> rest;
  const std::string whole = WholePlan();
  const std::string ending = Ending();
  std::size_t must = kForWhatIsCut + whole.size() + ending.size() +
                     Heading().size() + Totals().size();
  for (const Change* change : order.head) {
    head.push_back(EntryOf(plan_, *change));
    if (!head.back().foldable) must += head.back().must.size();
    if (must > input_.limit) return TooLarge();
  }
  left_ = input_.limit > must ? input_.limit - must : 0;
  std::string out = Heading() + Totals();
  if (!head.empty() || !whole.empty()) {
    out += "#### Read these first\n\n" + whole + Head(head) + "\n";
  }
  for (const Change* change : order.rest) {
    // No more is made than can be shown.
    if (rest.size() * kShortestEntry > left_) {
      ++cut_[Name(change->action)];
    } else {
      rest.push_back(EntryOf(plan_, *change));
    }
  }
  if (const std::string list = Rest(rest); !list.empty()) {
    out += "<details><summary>" +
           Counted(static_cast<std::int64_t>(order.rest.size()),
                   head.empty() ? "change" : "other change",
                   head.empty() ? "changes" : "other changes") +
           "</summary>\n\n" + list + "\n</details>\n\n";
  }
  if (const std::string notes = Notes(); !notes.empty()) {
    if (Take(notes.size() + 60)) {
      out +=
          "<details><summary>Notes</summary>\n\n" + notes + "\n</details>\n\n";
    } else {
      details_cut_ = true;
    }
  }
  return {out + Cut() + ending, false};
}

std::string InvalidInMarkdown(const ReportInput& input) {
  std::string out = "### writ plan\n\n❌ **Nothing was planned.** ";
  if (input.diagnostics == nullptr) return out + "\n";
  const Diagnostics& found = *input.diagnostics;
  out += Counted(static_cast<std::int64_t>(found.error_count()), "error",
                 "errors") +
         " in the manifests:\n\n";
  std::size_t told = 0;
  for (const Diagnostic& item : found.items()) {
    std::string line = item.severity == Severity::kError ? "❌ " : "⚠️ ";
    line += Escaped(item.summary);
    if (!item.hint.empty()) line += " – " + Escaped(item.hint);
    if (!item.locations.empty()) line += PlaceAfter(item.locations.front());
    line = Bullet(0, line);
    if (++told > kDiagnosticsTold ||
        out.size() + line.size() + kForWhatIsCut > input.limit) {
      out += "\n" +
             MoreInWords(found.items().size() + 1 - told, "more", "more") +
             ": <code>writ validate</code>\n";
      break;
    }
    out += line;
  }
  return out;
}

}  // namespace

PlanReport RenderMarkdown(const ReportInput& input) {
  if (input.plan == nullptr) return {InvalidInMarkdown(input), false};
  return MarkdownPage(input).Print();
}

}  // namespace writ::engine
