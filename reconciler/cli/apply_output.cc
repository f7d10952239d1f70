#include "reconciler/cli/apply_output.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "engine/plan/plan_words.h"
#include "reconciler/cli/rotation_text.h"
#include "schema/report/escape.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

using engine::WithCommas;

constexpr std::int64_t kShownSuccesses = 20;
constexpr std::size_t kAddressColumn = 46;
constexpr std::int64_t kProgressEvery = 500;
constexpr std::size_t kShownTokens = 10;

std::string_view Done(engine::Action action) {
  switch (action) {
    case engine::Action::kCreate:
      return "created";
    case engine::Action::kUpdate:
      return "updated";
    case engine::Action::kReplace:
      return "replaced";
    case engine::Action::kDelete:
      return "deleted";
    case engine::Action::kForget:
      return "no longer managed";
    case engine::Action::kAdopt:
      return "adopted";
    case engine::Action::kMove:
      return "moved";
    case engine::Action::kRotate:
      return "rotated";
    case engine::Action::kNoOp:
      return "unchanged";
  }
  return "";
}

std::string Plural(std::int64_t count, const std::string& noun) {
  return engine::Counted(count, noun, noun + "s");
}

}  // namespace

ApplyPrinter::ApplyPrinter(Session& session, const engine::Plan& plan,
                           bool verbose, bool json, std::string same_state)
    : session_(session),
      plan_(plan),
      verbose_(verbose),
      json_(json),
      same_state_(std::move(same_state)) {}

void ApplyPrinter::Begin(const std::string& lease_holder) {
  if (json_ || plan_.changes.empty()) return;
  session_.out << "Applying ";
  if (plan_.has_digest) session_.out << plan_.digest.Hex().substr(0, 12) << " ";
  session_.out << "to " << plan_.environment << ": "
               << Plural(static_cast<std::int64_t>(plan_.changes.size()),
                         "change")
               << ", lease held by " << EscapeTerminal(lease_holder) << "\n";
}

void ApplyPrinter::Show(const ChangeReport& report) {
  ++seen_;
  if (json_) {
    reports_.push_back(ChangeReportToValue(report));
    return;
  }
  const bool fold = report.outcome == ChangeOutcome::kDone && !verbose_ &&
                    shown_ >= kShownSuccesses;
  if (fold) {
    ++folded_;
    if (seen_ % kProgressEvery == 0) UpdateProgress();
    return;
  }
  if (report.outcome == ChangeOutcome::kDone) ++shown_;
  ClearProgress();
  PrintLine(report);
}

void ApplyPrinter::PrintLine(const ChangeReport& report) {
  const std::string& address = report.change->id.address();
  std::string_view mark = "✓";
  std::string_view color = "\x1b[32m";
  if (report.outcome == ChangeOutcome::kFailed) {
    mark = "✗";
    color = "\x1b[31m";
  } else if (report.outcome == ChangeOutcome::kSkipped) {
    mark = "–";
    color = "\x1b[33m";
  }
  session_.out << "  " << (session_.color ? color : "") << mark
               << (session_.color ? "\x1b[0m" : "") << " "
               << EscapeTerminal(address)
               << std::string(address.size() < kAddressColumn
                                  ? kAddressColumn - address.size()
                                  : 1,
                              ' ');
  if (report.outcome == ChangeOutcome::kDone) {
    session_.out << Done(report.change->action);
  } else {
    session_.out << Name(report.outcome) << ": "
                 << EscapeTerminal(report.message);
  }
  session_.out << "\n";
}

void ApplyPrinter::UpdateProgress() {
  if (!session_.out_is_terminal) return;
  has_progress_line_ = true;
  session_.out << "\r\x1b[K  … " << WithCommas(seen_) << " of "
               << WithCommas(static_cast<std::int64_t>(plan_.changes.size()))
               << std::flush;
}

void ApplyPrinter::ClearProgress() {
  if (!has_progress_line_) return;
  has_progress_line_ = false;
  session_.out << "\r\x1b[K";
}

void ApplyPrinter::PrintSummary(const ApplyReport& report) {
  ClearProgress();
  if (folded_ > 0) session_.out << "  ✓ " << WithCommas(folded_) << " more\n";
  const auto planned = static_cast<std::int64_t>(plan_.changes.size());
  if (planned == 0) {
    if (report.audit_head.sequence == 0) return;
    session_.out << "Serial " << WithCommas(report.serial_after)
                 << ", audit head " << AuditHeadShown(report.audit_head)
                 << "\n";
    return;
  }
  session_.out << "\nApplied " << WithCommas(report.done) << " of "
               << Plural(planned, "change") << ".";
  if (report.failed > 0)
    session_.out << " " << WithCommas(report.failed) << " failed.";
  if (report.skipped > 0)
    session_.out << " " << WithCommas(report.skipped) << " skipped.";
  if (plan_.counts().suspended > 0) {
    session_.out << " " << WithCommas(plan_.counts().suspended)
                 << " suspended.";
  }
  session_.out << " Serial " << WithCommas(report.serial_before) << " → "
               << WithCommas(report.serial_after) << ", audit head "
               << AuditHeadShown(report.audit_head) << "\n";
  if (report.outcome == ApplyOutcome::kInterrupted) {
    session_.out << "Interrupted; what was applied stands.\n";
  }
  if (report.outcome != ApplyOutcome::kComplete) {
    const bool names_it = same_state_.find(" --env ") != std::string::npos;
    session_.out << "What is left: writ apply"
                 << (names_it ? "" : " --env " + plan_.environment)
                 << same_state_ << "\n";
  }
}

// In full where it is kept, so that a log of CI is an anchor (T-11).
std::string ApplyPrinter::AuditHeadShown(const AuditHead& head) const {
  constexpr std::size_t kDigitsOnTerminal = 12;
  std::string text = AuditHeadText(head);
  if (session_.out_is_terminal) {
    text.resize(std::min(text.size(), text.find(':') + 1 + kDigitsOnTerminal));
    text += "…";
  }
  return text;
}

void ApplyPrinter::PrintTokens(const IssuedTokens& tokens) {
  std::ostream& out = session_.out;
  const auto& [to, issued, unissued] = tokens;
  if (!issued.empty()) {
    out << "Issued "
        << Plural(static_cast<std::int64_t>(issued.size()), "token") << " to "
        << EscapeTerminal(to) << ":";
    for (std::size_t i = 0; i < std::min(issued.size(), kShownTokens); ++i) {
      out << (i == 0 ? " " : ", ") << EscapeTerminal(issued[i].token.address());
    }
    if (issued.size() > kShownTokens) out << " and more";
    out << "\n";
  }
  PrintUnissued(unissued);
}

// Under each cause, what issues them once it is mended.
void ApplyPrinter::PrintUnissued(std::vector<UnissuedToken> unissued) {
  std::ostream& out = session_.out;
  std::stable_sort(unissued.begin(), unissued.end(),
                   [](const UnissuedToken& a, const UnissuedToken& b) {
                     return a.why < b.why;
                   });
  const std::string* why = nullptr;
  for (std::size_t i = 0; i < std::min(unissued.size(), kShownTokens); ++i) {
    const UnissuedToken& token = unissued[i];
    if (why == nullptr || *why != token.why) {
      out << "Not issued, " << EscapeTerminal(token.why) << "; then:\n";
    }
    why = &token.why;
    out << "  writ " << (token.is_delivered ? "rotate " : "token issue ")
        << EscapeTerminal(token.token.address()) << same_state_ << "\n";
  }
  if (unissued.size() > kShownTokens) {
    out << "  … "
        << Plural(static_cast<std::int64_t>(unissued.size() - kShownTokens),
                  "token")
        << " more: writ token list" << same_state_ << "\n";
  }
}

void ApplyPrinter::PrintRotations(const MovedRotations& rotations) {
  if (rotations.lacks_key) {
    session_.out << "Rotations wait for the master key: name its file in "
                    "WRIT_MASTER_KEY_FILE. See: writ rotation list"
                 << same_state_ << "\n";
  }
  if (!rotations.round) return;
  const RoundReport& round = *rotations.round;
  const bool told =
      !round.moved.empty() || !round.failed.empty() || round.clock_behind;
  if (!told) return;
  session_.out << "Rotations\n";
  PrintRound(session_, round, same_state_);
  const bool waits = std::any_of(
      round.moved.begin(), round.moved.end(),
      [](const auto& each) { return !engine::rotation::IsOver(each); });
  if (waits && round.next_at) {
    session_.out << "  Look again at " << FormatSeconds(*round.next_at)
                 << ": writ apply" << same_state_ << "\n";
  }
}

ExitCode ApplyPrinter::End(const ApplyResult& result) {
  const ExitCode exit_code = result.exit_code();
  if (json_) {
    return PrintResult(session_,
                       ApplyResultToValue(result, plan_, std::move(reports_)),
                       exit_code);
  }
  PrintSummary(result.report);
  PrintTokens(result.tokens);
  PrintRotations(result.rotations);
  return exit_code;
}

}  // namespace writ::reconciler
