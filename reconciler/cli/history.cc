#include <algorithm>
#include <ostream>
#include <utility>

#include "engine/plan/plan_words.h"
#include "reconciler/applying/apply_result.h"
#include "reconciler/cli/apply_history.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/common_arguments.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

constexpr std::int64_t kMostShown = 10'000;
constexpr std::size_t kActorColumn = 24;

struct HistoryArguments {
  SourceArguments source;
  std::int64_t limit = 20;
  bool json = false;
};

void DeclareHistory(Options& options, HistoryArguments& arguments) {
  options.Integer("--limit", arguments.limit, "At most so many (=20)");
  DeclareSource(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareState(options, arguments.source);
  options.Flag("--json", arguments.json, "Print JSON");
}

std::string CountsOf(const ApplyRecord& record) {
  std::string text = engine::WithCommas(record.done) + " of " +
                     engine::Counted(record.planned, "change", "changes");
  if (record.failed > 0) {
    text += ", " + engine::WithCommas(record.failed) + " failed";
  }
  if (record.skipped > 0) {
    text += ", " + engine::WithCommas(record.skipped) + " skipped";
  }
  return text;
}

std::string RightAligned(const std::string& text, std::size_t width) {
  return std::string(text.size() < width ? width - text.size() : 0, ' ') + text;
}

void Print(Session& session, const std::vector<PastApply>& applies,
           const std::string& same_state) {
  if (applies.empty()) {
    session.out << "Nothing was applied yet.\n";
    return;
  }
  session.out << RightAligned("serial", 8)
              << "  commit   when                  who" << std::string(23, ' ')
              << "applied\n";
  for (const PastApply& apply : applies) {
    const ApplyRecord& record = apply.record;
    const std::string who = EscapeTerminal(record.actor);
    const std::size_t columns = engine::Columns(who);
    session.out << RightAligned(
                       apply.serial ? engine::WithCommas(*apply.serial) : "–",
                       apply.serial ? 8 : 10)
                << "  "
                << (record.commit.empty() ? std::string("–      ")
                                          : record.commit.substr(0, 7))
                << "  " << FormatSeconds(record.started_at) << "  " << who
                << std::string(
                       columns < kActorColumn ? kActorColumn - columns : 0, ' ')
                << "  " << CountsOf(record);
    if (record.outcome == ApplyOutcome::kRunning) {
      session.out << ", not ended";
    } else if (record.outcome != ApplyOutcome::kComplete) {
      session.out << ", " << Name(record.outcome);
    }
    session.out << "\n";
  }
  session.out << "\nBack to one of them: writ rollback" << same_state
              << " --to SERIAL\n";
}

Value ToValue(const PastApply& apply) {
  const ApplyRecord& record = apply.record;
  Value value;
  value.Set("id", record.id);
  value.Set("serial", apply.serial ? Value(*apply.serial) : Value());
  value.Set("commit", record.commit);
  value.Set("owner", record.owner);
  value.Set("actor", record.actor);
  value.Set("started_at", FormatTimestamp(record.started_at));
  value.Set("finished_at", record.finished_at
                               ? Value(FormatTimestamp(*record.finished_at))
                               : Value());
  value.Set("outcome", Name(record.outcome));
  value.Set("planned", record.planned);
  value.Set("done", record.done);
  value.Set("failed", record.failed);
  value.Set("skipped", record.skipped);
  value.Set("plan", record.plan_digest);
  return value;
}

Result<ExitCode> History(Session& session, const HistoryArguments& arguments) {
  if (arguments.limit < 1 || arguments.limit > kMostShown) {
    return Fail(ErrorCode::kInvalidArgument,
                "--limit is not between 1 and 10000");
  }
  const std::string folder = TRY(FindStateFolder(session, arguments.source));
  auto store = TRY(OpenState(session, folder, OpenMode::kReadOnly, ""));
  const auto applies =
      TRY(ReadPastApplies(*store, static_cast<int>(arguments.limit)));
  if (!arguments.json) {
    Print(session, applies, SameState(arguments.source));
    return ExitCode::kDone;
  }
  Value::List list;
  for (const PastApply& apply : applies) list.push_back(ToValue(apply));
  Value found;
  found.Set("applies", std::move(list));
  return PrintResult(session, std::move(found));
}

}  // namespace

Command HistoryCommand() {
  Command command = MakeCommand<HistoryArguments>(
      "history", "List what was applied: serial, commit, when, by whom",
      DeclareHistory, RunReporting<HistoryArguments, History>);
  command.examples = {
      "writ history --env production",
      "writ history --limit 100 --json",
  };
  return command;
}

}  // namespace writ::reconciler
