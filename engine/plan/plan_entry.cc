#include "engine/plan/plan_entry.h"

#include <algorithm>
#include <array>
#include <vector>

#include "engine/diff/diff.h"
#include "engine/plan/plan_words.h"
#include "schema/kind.h"
#include "schema/report/escape.h"

namespace writ::engine {
namespace {

constexpr std::size_t kWidestPath = 48;
constexpr std::size_t kFieldsShown = 4;
constexpr std::size_t kDependentsNamed = 3;
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

void EntryPrinter::Line(const std::string& text, std::size_t columns,
                        const std::string& right) const {
  out_ += text;
  if (!right.empty()) {
    const std::size_t used = columns + Columns(right);
    const std::size_t gap =
        used + 2 < options_.width ? options_.width - used : 2;
    out_ += std::string(gap, ' ') + Styled(options_, Style::kDim, right);
  }
  out_ += "\n";
}

bool EntryPrinter::IsOneLiner(const Change& change, bool at_head) const {
  return change.action == Action::kUpdate && change.fields.size() == 1 &&
         change.cause != Cause::kDrift && !at_head && !options_.verbose;
}

std::string EntryPrinter::References(const Change& change) const {
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

void EntryPrinter::Print(const Change& change, bool at_head,
                         std::size_t column) const {
  const std::string address = EscapeTerminal(change.id.address());
  const std::string symbol(Symbol(change.action));
  const std::string summary = Summary(change, at_head);
  std::string text = "  " + Styled(options_, StyleOf(change.action), symbol) +
                     " " + Styled(options_, Style::kBold, address);
  std::size_t columns = 3 + Columns(symbol) + Columns(address);
  if (!summary.empty()) {
    const std::string pad = Pad(address, column);
    text += pad + summary;
    columns += pad.size() + Columns(summary);
  }
  const bool one = IsOneLiner(change, at_head);
  const bool by_field = one && !change.fields[0].written_at.file.empty();
  Line(text, columns,
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
    out_ += kIndent + StepsInWords(*change.rotation) + "\n";
  }
  if (!change.status.empty()) {
    out_ += kIndent + ("live: " + EscapeTerminal(change.status)) + "\n";
  }
  if (!change.missing_values.empty()) {
    std::string environments;
    for (const std::string& name : change.missing_values) {
      environments += (environments.empty() ? "" : ", ") + name;
    }
    out_ += kIndent + ("has no value yet in " + EscapeTerminal(environments)) +
            "\n";
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
    out_ += kIndent + Styled(options_, Style::kYellow, "! " + text) + "\n";
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
  widest = std::min(widest, kWidestPath);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::string path = EscapeTerminal(fields[i]->path);
    const std::string text = kIndent + path + Pad(path, widest) +
                             FieldInWords(*fields[i], options_.verbose);
    Line(text, Columns(text), PlaceOnTerminal(fields[i]->written_at));
  }
  if (shown < fields.size()) {
    out_ += kIndent;
    out_ += "… and " +
            Counted(static_cast<std::int64_t>(fields.size() - shown),
                    "more field", "more fields") +
            ": writ plan --verbose\n";
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
  widest = std::min(widest, kWidestPath);
  for (const Leaf& leaf : leaves) {
    const std::string path = EscapeTerminal(leaf.path);
    out_ += kIndent + path + Pad(path, widest) + ValueInWords(*leaf.value, 0) +
            "\n";
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
    const std::string text = kIndent + EscapeTerminal(reason);
    Line(text, Columns(text), place);
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
  out_ += words + "\n";
}

void EntryPrinter::PrintGuards(const Change& change) const {
  for (const Guard& guard : change.guards) {
    const std::string text = EscapeTerminal(guard.message);
    out_ += kIndent +
            (guard.allowed ? Styled(options_, Style::kDim, "✓ allowed: " + text)
                           : Styled(options_, Style::kRed, "✗ " + text)) +
            "\n";
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
    Line(indent + Styled(options_, style, words),
         Columns(indent) + Columns(words), PlaceOnTerminal(finding.policy_at));
  }
}

}  // namespace writ::engine
