#include <algorithm>
#include <ostream>
#include <utility>

#include "engine/plan/plan_words.h"
#include "engine/plan/wrap.h"
#include "reconciler/applying/apply_result.h"
#include "reconciler/cli/apply_history.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/cli/table.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

constexpr std::int64_t kMostShown = 10'000;
constexpr std::size_t kWidestActor = 24;
constexpr std::size_t kApplyHang = 19;  // below when

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

std::string HistoryLine(const PastApply& apply, std::size_t actor_column) {
  const ApplyRecord& record = apply.record;
  std::string line = apply.serial
                         ? RightAligned(engine::WithCommas(*apply.serial), 8)
                         : RightAligned("–", 10);
  line += "  " + (record.commit.empty() ? std::string("–      ")
                                        : record.commit.substr(0, 7));
  line += "  " + FormatSeconds(record.started_at);
  line += "  " + Padded(EscapeTerminal(record.actor), actor_column);
  line += "  " + CountsOf(record);
  if (record.outcome == ApplyOutcome::kRunning) {
    line += ", not ended";
  } else if (record.outcome != ApplyOutcome::kComplete) {
    line += ", " + std::string(Name(record.outcome));
  }
  return line;
}

void Print(Session& session, const std::vector<PastApply>& applies,
           const std::string& same_state) {
  if (applies.empty()) {
    session.out << "Nothing was applied yet.\n";
    return;
  }
  std::size_t actor_column = 3;
  for (const PastApply& apply : applies) {
    actor_column =
        std::max(actor_column,
                 std::min(kWidestActor,
                          engine::Columns(EscapeTerminal(apply.record.actor))));
  }
  const auto say = [&](const std::string& line) {
    session.out << (session.out_is_terminal
                        ? engine::WrapLine(
                              line, static_cast<std::size_t>(session.width),
                              kApplyHang)
                        : line)
                << "\n";
  };
  say(RightAligned("serial", 8) + "  commit   when                  " +
      Padded("who", actor_column) + "  applied");
  for (const PastApply& apply : applies) say(HistoryLine(apply, actor_column));
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
    Print(session, applies, SameState(session, arguments.source));
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
