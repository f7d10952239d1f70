#include "engine/plan/plan_entry.h"

#include <algorithm>
#include <array>
#include <vector>

#include "engine/diff/diff.h"
#include "engine/plan/handover.h"
#include "engine/plan/plan_words.h"
#include "engine/plan/risk.h"
#include "engine/plan/wrap.h"
#include "schema/kind.h"
#include "schema/report/escape.h"

namespace writ::engine {
namespace {

constexpr std::size_t kWidestPath = 48;
constexpr std::size_t kFieldsShown = 4;
constexpr std::size_t kDependentsNamed = 3;
constexpr std::size_t kReferencesNamed = 4;
constexpr std::size_t kEnvironmentsNamed = 6;
constexpr std::size_t kLeastBelow = 32;  // columns that make a column of text
constexpr std::size_t kNearLeft = 8;
constexpr std::size_t kBelowFields = 9;  // the indent, and the gap
constexpr const char* kIndent = "      ";

bool Breaks(const Change& change) {
  return change.compatibility && change.compatibility->breaking;
}

// The reason that tells a field's change already; null: none.
const std::string* ReasonFor(const Change& change, const FieldChange& field) {
  if (!Breaks(change)) return nullptr;
  for (const std::string& reason : change.compatibility->reasons) {
    if (reason.rfind(field.path + ":", 0) == 0) return &reason;
  }
  return nullptr;
}

Style StyleOf(const Finding& finding) {
  if (finding.denies()) return Style::kRed;
  const bool shown = finding.enforcement == Enforcement::kWarn &&
                     finding.verdict != Verdict::kExempt;
  return shown ? Style::kYellow : Style::kDim;
}

struct Leaf {
  std::string path;
  const Value* value;
};

void AddLeaves(const Value& value, const std::string& path,
               std::vector<Leaf>& leaves) {
  if (!value.IsMap()) {
    leaves.push_back({path, &value});
    return;
  }
  for (const Value::Entry& entry : value.AsMap()) {
    AddLeaves(entry.value, path + "." + entry.key, leaves);
  }
}

std::string Pad(const std::string& text, std::size_t column) {
  const std::size_t columns = Columns(text);
  return std::string((columns < column ? column - columns : 0) + 3, ' ');
}

}  // namespace

std::string Styled(const PlanTextOptions& options, Style style,
                   const std::string& text) {
  constexpr std::array<const char*, 7> kCodes = {"",   "1",  "2", "31",
                                                 "32", "33", "36"};
  if (!options.color || style == Style::kPlain || text.empty()) return text;
  return std::string("\x1b[") + kCodes[static_cast<std::size_t>(style)] + "m" +
         text + "\x1b[0m";
}

Style RiskStyleOf(const Change& change) {
  switch (RankOf(change)) {
    case Rank::kDelete:
    case Rank::kReplace:
    case Rank::kBreaking:
    case Rank::kDenied:
      return Style::kRed;
    case Rank::kGuard:
      return IsUnsafe(change) ? Style::kRed : Style::kYellow;
    case Rank::kAlarm:
    case Rank::kRecipient:
    case Rank::kRotate:
    case Rank::kFinding:
      return Style::kYellow;
    case Rank::kRest:
      break;
  }
  return StyleOf(change.action);
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

std::size_t EntryPrinter::HangBelow(std::size_t column) const {
  return column + kLeastBelow <= options_.width ? column : kNearLeft;
}

void EntryPrinter::Line(const std::string& text, std::size_t hang,
                        const std::string& right) const {
  const std::string lines =
      options_.wraps ? WrapLine(text, options_.width, hang) : text;
  out_ += lines;
  if (!right.empty()) {
    const std::size_t last = ColumnsOfLastLine(lines);
    const std::size_t place = Columns(right);
    if (last + 2 + place <= options_.width) {
      out_.append(options_.width - last - place, ' ');
    } else if (!options_.wraps) {
      out_ += "  ";
    } else {
      // Never at the left edge, where it would read as an entry of its own.
      const std::size_t near = std::min(hang, kNearLeft);
      const std::size_t margin = hang + place <= options_.width ? hang : near;
      out_ += "\n" +
              WrapLine(std::string(margin, ' ') +
                           Styled(options_, Style::kDim, right),
                       options_.width, margin) +
              "\n";
      return;
    }
    out_ += Styled(options_, Style::kDim, right);
  }
  out_ += "\n";
}

bool EntryPrinter::IsOneLiner(const Change& change, bool at_head) const {
  return change.action == Action::kUpdate && change.fields.size() == 1 &&
         change.cause != Cause::kDrift && !at_head && !options_.verbose;
}

std::string EntryPrinter::References(const Change& change) const {
  std::string words;
  std::size_t named = 0;
  for (const Touched& touched : change.refers_to) {
    const bool is_parent = touched.id.name() == change.id.parent() ||
                           touched.id.kind() == "Workspace";
    if (is_parent) continue;
    if (!options_.verbose && ++named > kReferencesNamed) continue;
    words += words.empty() ? "→ " : ", ";
    words += EscapeTerminal(touched.id.address());
  }
  if (named > kReferencesNamed) {
    words += ", … " + std::to_string(named - kReferencesNamed) + " more";
  }
  return words;
}

std::string EntryPrinter::Summary(const Change& change, bool at_head) const {
  const bool goes = change.action == Action::kDelete ||
                    change.action == Action::kForget ||
                    change.action == Action::kReplace;
  std::string words;
  if (Breaks(change)) {
    words = BrokenPromise(change);
  } else if (IsOneLiner(change, at_head)) {
    const FieldChange& field = change.fields.front();
    words = EscapeTerminal(field.path) + "  " +
            FieldInWords(field, options_.verbose);
  } else if (at_head && !goes && !change.alarms.empty()) {
    words = EscapeTerminal(change.alarms.front().text);
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

std::string EntryPrinter::Environments(const Change& change) const {
  const std::size_t all = change.missing_values.size();
  const std::size_t named =
      options_.verbose ? all : std::min(all, kEnvironmentsNamed);
  std::string words;
  for (std::size_t i = 0; i < named; ++i) {
    words += (i == 0 ? "" : ", ") + EscapeTerminal(change.missing_values[i]);
  }
  if (named < all) words += " and " + std::to_string(all - named) + " more";
  return words;
}

void EntryPrinter::Print(const Change& change, bool at_head,
                         std::size_t column) const {
  const std::string address = EscapeTerminal(change.id.address());
  const std::string symbol(Symbol(change.action));
  const std::string summary = Summary(change, at_head);
  std::string text = "  " + Styled(options_, RiskStyleOf(change), symbol) +
                     " " + Styled(options_, Style::kBold, address);
  std::size_t hang = kNearLeft;
  if (!summary.empty()) {
    const std::string pad = Pad(address, column);
    text += pad + summary;
    const bool beside = Columns(address) <= column;
    if (beside) hang = HangBelow(3 + Columns(symbol) + column + 3);
  }
  const bool one = IsOneLiner(change, at_head);
  const bool by_field = one && !change.fields[0].written_at.file.empty();
  Line(text, hang,
       PlaceOnTerminal(by_field ? change.fields[0].written_at
                                : change.written_at));

  PrintAlarms(change, at_head);
  if (!one) PrintFields(change);
  if (options_.verbose && change.action == Action::kCreate) {
    PrintContent(change);
  }
  PrintReasons(change);
  if (change.replay && change.replay->events > 0) {
    out_ += kIndent + ReplayInWords(change) + "\n";
  }
  if (change.rotation) {
    Line(kIndent + StepsInWords(*change.rotation), kNearLeft);
  }
  if (!change.status.empty()) {
    Line(kIndent + ("live: " + EscapeTerminal(change.status)), kNearLeft);
  }
  if (IsHandedOver(change)) Line(kIndent + std::string(kHandover), kNearLeft);
  if (!change.missing_values.empty()) {
    Line(kIndent + ("has no value yet in " + Environments(change)), kNearLeft);
  }
  if (at_head || options_.verbose) PrintDependents(change);
  PrintGuards(change);
  PrintFindings(change.findings, kIndent);
}

void EntryPrinter::PrintAlarms(const Change& change, bool at_head) const {
  const std::string summary = Summary(change, at_head);
  for (const Alarm& alarm : change.alarms) {
    const std::string text = EscapeTerminal(alarm.text);
    const bool told =
        &alarm == &change.alarms.front() && summary.rfind(text, 0) == 0;
    const bool said = std::any_of(
        change.alarms.data(), &alarm,
        [&](const Alarm& earlier) { return earlier.text == alarm.text; });
    if (told || said) continue;
    Line(kIndent + Styled(options_, Style::kYellow, "! " + text), kNearLeft);
  }
}

void EntryPrinter::PrintFields(const Change& change) const {
  if (change.action == Action::kDelete || change.action == Action::kForget) {
    return;
  }
  std::vector<const FieldChange*> fields;
  for (const FieldChange& field : change.fields) {
    // The parent's new name is in the address already.
    const bool told =
        ReasonFor(change, field) != nullptr ||
        (field.cause == Cause::kDependency && change.action == Action::kMove);
    if (!told || options_.verbose) fields.push_back(&field);
  }
  std::stable_partition(
      fields.begin(), fields.end(),
      [](const FieldChange* field) { return field->forces_replacement; });
  const std::size_t shown =
      options_.verbose ? fields.size() : std::min(fields.size(), kFieldsShown);
  std::size_t widest = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    widest = std::max(widest, Columns(EscapeTerminal(fields[i]->path)));
  }
  widest = std::min({widest, kWidestPath, options_.width / 2});
  for (std::size_t i = 0; i < shown; ++i) {
    const std::string path = EscapeTerminal(fields[i]->path);
    const std::string text = kIndent + path + Pad(path, widest) +
                             FieldInWords(*fields[i], options_.verbose);
    const bool beside = Columns(path) <= widest;
    Line(text, beside ? HangBelow(kBelowFields + widest) : kNearLeft,
         PlaceOnTerminal(fields[i]->written_at));
  }
  if (shown < fields.size()) {
    Line(kIndent +
             MoreInWords(fields.size() - shown, "more field", "more fields") +
             kToSeeThem,
         kNearLeft);
  }
}

void EntryPrinter::PrintContent(const Change& change) const {
  const Kind* kind = FindKind(change.id.kind());
  if (kind == nullptr || !change.after) return;
  const Value content = Redact(*kind, *change.after);
  std::vector<Leaf> leaves;
  for (const char* part : {"metadata", "spec", "lifecycle"}) {
    if (const Value* value = content.Find(part))
      AddLeaves(*value, part, leaves);
  }
  std::erase_if(leaves,
                [](const Leaf& leaf) { return leaf.path == "metadata.name"; });
  std::size_t widest = 0;
  for (const Leaf& leaf : leaves) {
    widest = std::max(widest, Columns(EscapeTerminal(leaf.path)));
  }
  widest = std::min({widest, kWidestPath, options_.width / 2});
  for (const Leaf& leaf : leaves) {
    const std::string path = EscapeTerminal(leaf.path);
    Line(kIndent + path + Pad(path, widest) + ValueInWords(*leaf.value, 0),
         HangBelow(kBelowFields + widest));
  }
}

void EntryPrinter::PrintReasons(const Change& change) const {
  if (!Breaks(change)) return;
  for (const std::string& reason : change.compatibility->reasons) {
    std::string place;
    for (const FieldChange& field : change.fields) {
      if (ReasonFor(change, field) == &reason) {
        place = PlaceOnTerminal(field.written_at);
      }
    }
    Line(kIndent + EscapeTerminal(reason), kNearLeft, place);
  }
}

void EntryPrinter::PrintDependents(const Change& change) const {
  if (change.dependent_count == 0) return;
  std::string words = kIndent + WithCommas(change.dependent_count) +
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
  Line(words, kNearLeft);
}

void EntryPrinter::PrintGuards(const Change& change) const {
  for (const Guard& guard : change.guards) {
    const std::string text = EscapeTerminal(guard.message);
    Line(kIndent + (guard.allowed
                        ? Styled(options_, Style::kDim, "✓ allowed: " + text)
                        : Styled(options_, Style::kRed, "✗ " + text)),
         kNearLeft);
  }
}

void EntryPrinter::PrintFindings(const std::vector<Finding>& findings,
                                 const std::string& indent) const {
  for (const Finding& finding : findings) {
    const Style style = StyleOf(finding);
    if (style == Style::kDim && finding.verdict != Verdict::kExempt &&
        !finding.overridden && !options_.verbose) {
      continue;
    }
    const std::string words = FindingInWords(finding);
    Line(indent + Styled(options_, style, words), indent.size() + 2,
         PlaceOnTerminal(finding.policy_at));
  }
}

}  // namespace writ::engine
