#include "reconciler/cli/apply_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ostream>
#include <utility>

#include "engine/plan/plan_words.h"
#include "schema/json.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

using engine::WithCommas;

constexpr std::int64_t kShownSuccesses = 20;
constexpr std::size_t kAddressColumn = 46;
constexpr std::int64_t kProgressEvery = 500;

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

std::string_view Name(ChangeOutcome outcome) {
  switch (outcome) {
    case ChangeOutcome::kDone:
      return "done";
    case ChangeOutcome::kFailed:
      return "failed";
    case ChangeOutcome::kSkipped:
      return "skipped";
  }
  return "";
}

std::string_view Name(ApplyOutcome outcome) {
  switch (outcome) {
    case ApplyOutcome::kRunning:
      return "running";
    case ApplyOutcome::kComplete:
      return "complete";
    case ApplyOutcome::kPartial:
      return "partial";
    case ApplyOutcome::kInterrupted:
      return "interrupted";
  }
  return "";
}

std::string Plural(std::int64_t count, const std::string& noun) {
  return engine::Counted(count, noun, noun + "s");
}

std::string HeadText(const AuditHead& head) {
  return std::to_string(head.sequence) + ":" + head.digest.Hex();
}

}  // namespace

ApplyPrinter::ApplyPrinter(Session& session, const engine::Plan& plan,
                           bool verbose, bool json)
    : session_(session), plan_(plan), verbose_(verbose), json_(json) {}

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
    Value item;
    item.Set("address", report.change->id.address());
    item.Set("action", engine::Name(report.change->action));
    item.Set("outcome", Name(report.outcome));
    if (!report.message.empty()) item.Set("message", report.message);
    reports_.push_back(std::move(item));
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
                 << ", audit head " << HeadText(report.audit_head) << "\n";
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
               << HeadText(report.audit_head) << "\n";
  if (report.outcome == ApplyOutcome::kInterrupted) {
    session_.out << "Interrupted; what was applied stands.\n";
  }
  if (report.outcome != ApplyOutcome::kComplete) {
    session_.out << "What is left: writ apply --env " << plan_.environment
                 << "\n";
  }
}

void ApplyPrinter::PrintJson(const ApplyReport& report,
                             const ApplyTokens* tokens,
                             const ApplyRotations* rotations,
                             ExitCode exit_code) {
  Value value;
  value.Set("format_version", "1.0");
  value.Set("environment", plan_.environment);
  value.Set("digest", plan_.has_digest ? Value(plan_.digest.Hex()) : Value());
  value.Set("outcome", Name(report.outcome));
  value.Set("done", report.done);
  value.Set("failed", report.failed);
  value.Set("skipped", report.skipped);
  value.Set("serial_before", report.serial_before);
  value.Set("serial_after", report.serial_after);
  value.Set("audit_head", report.audit_head.sequence > 0
                              ? Value(HeadText(report.audit_head))
                              : Value());
  value.Set("changes", std::move(reports_));
  if (tokens != nullptr && !tokens->empty()) tokens->AddTo(value);
  if (rotations != nullptr) rotations->AddTo(value);
  value.Set("exit_code", static_cast<int>(exit_code));
  session_.out << PrettyJson(value) << "\n";
}

ExitCode ApplyPrinter::End(const ApplyReport& report, const ApplyTokens* tokens,
                           const ApplyRotations* rotations) {
  ExitCode exit_code = ExitCode::kDone;
  if (report.failed > 0 || report.skipped > 0) exit_code = ExitCode::kPartial;
  if (report.outcome == ApplyOutcome::kInterrupted) {
    exit_code = Worse(exit_code, ExitCode::kInterrupted);
  }
  if (tokens != nullptr) exit_code = Worse(exit_code, tokens->exit_code());
  if (rotations != nullptr) {
    exit_code = Worse(exit_code, rotations->exit_code());
  }
  if (json_) {
    PrintJson(report, tokens, rotations, exit_code);
  } else {
    PrintSummary(report);
    if (tokens != nullptr) tokens->Print();
    if (rotations != nullptr) rotations->Print();
  }
  return exit_code;
}

Status AppendAuditAnchor(const std::string& path,
                         const std::string& environment,
                         const AuditHead& head) {
  const std::string line = environment + " " + HeadText(head) + "\n";
  const int file =
      open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const bool whole = file >= 0 &&
                     write(file, line.data(), line.size()) ==
                         static_cast<ssize_t>(line.size()) &&
                     fsync(file) == 0;
  const int cause = errno;
  if (file >= 0) close(file);
  if (whole) return {};
  return Fail(ErrorCode::kIo, "can't append the audit's head to " + path +
                                  ": " + std::strerror(cause));
}

}  // namespace writ::reconciler
