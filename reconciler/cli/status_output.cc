#include "reconciler/cli/status_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <utility>

#include "engine/plan/plan_words.h"
#include "engine/plan/wrap.h"
#include "reconciler/cli/reconcile_output.h"
#include "reconciler/cli/table.h"
#include "schema/ascii_case.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kColumns = 7;
constexpr std::string_view kNothing = "–";

using StatusRow = std::array<std::string, kColumns>;

std::string Short(const std::string& commit) { return commit.substr(0, 7); }

std::string RevisionOf(const EnvironmentStatus& status) {
  if (!status.is_reachable) return std::string(kNothing);
  if (status.in_sync) return ShortRevision(status.head) + " in sync";
  if (status.applied.empty())
    return ShortRevision(status.head) + " not applied";
  if (status.behind && *status.behind > 0) {
    return Short(status.applied) + " " + engine::WithCommas(*status.behind) +
           " behind";
  }
  return Short(status.applied) + " " +
         engine::Counted(status.changes, "change", "changes") + " left";
}

std::string HealthOf(const EnvironmentStatus& status) {
  if (!status.is_reachable) return std::string(kNothing);
  return status.is_healthy() ? "healthy" : "degraded";
}

std::string PolicyOf(const EnvironmentStatus& status) {
  if (!status.is_reachable) return std::string(kNothing);
  std::string text;
  if (status.denied > 0) text = engine::WithCommas(status.denied) + " denied";
  if (status.unsafe > 0) {
    text += (text.empty() ? "" : ", ") + engine::WithCommas(status.unsafe) +
            " unsafe";
  }
  return text.empty() ? "ok" : text;
}

std::string Lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c == '_' ? ' ' : LowerCase(c); });
  return text;
}

std::string RotationsOf(const EnvironmentStatus& status) {
  std::string text;
  const auto add = [&](std::int64_t count, const std::string& what) {
    if (count == 0) return;
    text += (text.empty() ? "" : ", ") + engine::WithCommas(count) + " " + what;
  };
  for (const auto& [phase, count] : status.rotations) {
    add(count, Lowered(phase));
  }
  add(status.rotations_due, "due");
  return text.empty() ? std::string(kNothing) : text;
}

std::string WindowOf(const EnvironmentStatus& status, Timestamp now) {
  if (!status.is_reachable) return std::string(kNothing);
  if (status.sync.suspend) return "suspended";
  if (!status.sync.is_automatic) return "manual";
  if (!status.window_changes) return status.window_open ? "always" : "never";
  const std::string at =
      MomentInZone(*status.window_changes, status.sync.windows, now);
  return status.window_open ? "open until " + at : at;
}

// Escaped, with those of deliveries.
std::vector<StatusProblem> ProblemsOf(const EnvironmentStatus& status,
                                      Timestamp now) {
  std::vector<StatusProblem> problems;
  for (const FailingDeliveries& failing : status.failing) {
    const auto id = ResourceId::Parse(failing.destination);
    std::string line =
        EscapeTerminal(id ? std::string(id->name()) : failing.destination) +
        ": ";
    if (!failing.disabled.empty()) {
      line += "switched off: " + EscapeTerminal(failing.disabled);
    } else {
      line += engine::Counted(failing.pending, "delivery", "deliveries") +
              " failing";
      if (failing.since) {
        line += " since " + MomentInZone(*failing.since, {}, now);
      }
      if (!failing.last_outcome.empty()) {
        line += " (" + EscapeTerminal(failing.last_outcome) + ")";
      }
      if (failing.next_try) {
        line += ", next try " + MomentInZone(*failing.next_try, {}, now);
      }
    }
    problems.push_back(
        {std::move(line),
         "writ deliveries list --env " + EscapeTerminal(status.environment)});
  }
  for (const StatusProblem& problem : status.problems) {
    problems.push_back(
        {EscapeTerminal(problem.text), EscapeTerminal(problem.command)});
  }
  return problems;
}

// Below the environment's line, under its revision. Where both don't fit, the
// command has a line of its own, in one piece, to be copied.
std::string ProblemLine(const StatusProblem& problem, std::size_t hang,
                        std::size_t width) {
  const std::string margin(hang, ' ');
  const std::string line = margin + problem.text + " · " + problem.command;
  if (width == 0 || engine::Columns(line) <= width) return line + "\n";
  return engine::WrapLine(margin + problem.text, width, hang) + "\n" + margin +
         "  " + problem.command + "\n";
}

const char* ColorOf(std::size_t column, const EnvironmentStatus& status) {
  if (column == 2) return status.is_healthy() ? "32" : "31";
  if (column == 3 && status.drifted > 0) return "33";
  if (column == 4 && status.denied + status.unsafe > 0) return "31";
  return nullptr;
}

std::string LineOf(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

Value OptionalTimeValue(const std::optional<Timestamp>& at) {
  return at ? Value(FormatTimestamp(*at)) : Value();
}

std::string LabelText(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '"') escaped += '\\';
    escaped += c == '\n' ? ' ' : c;
  }
  return escaped;
}

std::int64_t UnixSeconds(Timestamp at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch())
      .count();
}

}  // namespace

std::string RenderStatus(const std::vector<EnvironmentStatus>& all,
                         Timestamp now, bool color, std::size_t width) {
  std::vector<StatusRow> rows = {{"environment", "revision", "health", "drift",
                                  "policy", "rotations", "next window"}};
  for (const EnvironmentStatus& status : all) {
    rows.push_back({EscapeTerminal(status.environment), RevisionOf(status),
                    HealthOf(status),
                    status.drifted > 0 ? engine::WithCommas(status.drifted)
                                       : std::string(kNothing),
                    PolicyOf(status), RotationsOf(status),
                    WindowOf(status, now)});
  }
  std::array<std::size_t, kColumns> widths{};
  for (const StatusRow& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) {
      widths[i] = std::max(widths[i], engine::Columns(row[i]));
    }
  }
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < kColumns; ++i) {
      const std::string cell = Padded(rows[r][i], widths[i] + 2);
      const char* code = r == 0           ? "2"
                         : color && r > 0 ? ColorOf(i, all[r - 1])
                                          : nullptr;
      line += color && code != nullptr
                  ? std::string("\x1b[") + code + "m" + cell + "\x1b[0m"
                  : cell;
    }
    text += LineOf(std::move(line));
    if (r == 0) continue;
    for (const StatusProblem& problem : ProblemsOf(all[r - 1], now)) {
      text += ProblemLine(problem, widths[0] + 2, width);
    }
  }
  return text;
}

Value StatusToValue(const EnvironmentStatus& status) {
  Value value;
  value.Set("environment", status.environment);
  value.Set("reachable", status.is_reachable);
  value.Set("head", status.head.id);
  value.Set("applied", status.applied);
  value.Set("in_sync", status.in_sync);
  value.Set("behind", status.behind ? Value(*status.behind) : Value());
  value.Set("changes", status.changes);
  value.Set("drifted", status.drifted);
  value.Set("denied", status.denied);
  value.Set("unsafe", status.unsafe);
  value.Set("healthy", status.is_healthy());
  Value rotations(Value::Map{});
  for (const auto& [phase, count] : status.rotations) {
    rotations.Set(phase, count);
  }
  value.Set("rotations", std::move(rotations));
  value.Set("rotations_due", status.rotations_due);
  value.Set("last_applied_at", OptionalTimeValue(status.last_applied_at));
  value.Set("mode", status.sync.is_automatic ? "auto" : "manual");
  value.Set("suspended", status.sync.suspend);
  value.Set("window_open", status.window_open);
  value.Set("window_changes", OptionalTimeValue(status.window_changes));
  Value::List failing;
  for (const FailingDeliveries& each : status.failing) {
    Value item;
    item.Set("destination", each.destination);
    item.Set("pending", each.pending);
    item.Set("since", OptionalTimeValue(each.since));
    item.Set("next_try", OptionalTimeValue(each.next_try));
    item.Set("last_outcome", each.last_outcome);
    item.Set("disabled", each.disabled);
    failing.push_back(std::move(item));
  }
  value.Set("failing_deliveries", std::move(failing));
  Value::List problems;
  for (const StatusProblem& each : status.problems) {
    Value item;
    item.Set("text", each.text);
    item.Set("command", each.command);
    problems.push_back(std::move(item));
  }
  value.Set("problems", std::move(problems));
  return value;
}

std::string PrometheusText(const std::vector<EnvironmentStatus>& all,
                           Timestamp now) {
  std::string text;
  const auto gauge = [&](const std::string& name, const char* help,
                         const auto& value_of) {
    text += "# HELP " + name + " " + help + "\n# TYPE " + name + " gauge\n";
    for (const EnvironmentStatus& status : all) {
      if (!status.is_reachable) continue;
      const std::optional<std::int64_t> value = value_of(status);
      if (!value) continue;
      text += name + "{environment=\"" + LabelText(status.environment) +
              "\"} " + std::to_string(*value) + "\n";
    }
  };
  using Count = std::optional<std::int64_t>;
  gauge("writ_in_sync", "1 where git asks for no change.",
        [](const EnvironmentStatus& s) { return Count(s.in_sync ? 1 : 0); });
  gauge(
      "writ_healthy", "1 where nothing fails and nothing waits for a person.",
      [](const EnvironmentStatus& s) { return Count(s.is_healthy() ? 1 : 0); });
  gauge("writ_commits_behind", "Commits since the one applied last.",
        [](const EnvironmentStatus& s) {
          return s.in_sync ? Count(0) : s.behind;
        });
  gauge("writ_pending_changes", "Changes that git asks for.",
        [](const EnvironmentStatus& s) { return Count(s.changes); });
  gauge("writ_drifted_resources", "Resources changed outside of git.",
        [](const EnvironmentStatus& s) { return Count(s.drifted); });
  gauge("writ_denied_changes", "Changes that a policy denies.",
        [](const EnvironmentStatus& s) { return Count(s.denied); });
  gauge("writ_problems", "What needs somebody to look at it.",
        [](const EnvironmentStatus& s) {
          return Count(
              static_cast<std::int64_t>(s.problems.size() + s.failing.size()));
        });
  gauge("writ_rotations_due", "Rotations that are due and haven't begun.",
        [](const EnvironmentStatus& s) { return Count(s.rotations_due); });
  gauge("writ_rotations_open", "Rotations that are under way.",
        [](const EnvironmentStatus& s) {
          std::int64_t open = 0;
          for (const auto& [phase, count] : s.rotations) open += count;
          return Count(open);
        });
  gauge("writ_last_apply_timestamp_seconds", "When something was last applied.",
        [](const EnvironmentStatus& s) {
          return s.last_applied_at ? Count(UnixSeconds(*s.last_applied_at))
                                   : std::nullopt;
        });
  text +=
      "# HELP writ_status_timestamp_seconds When this was written.\n"
      "# TYPE writ_status_timestamp_seconds gauge\n"
      "writ_status_timestamp_seconds " +
      std::to_string(UnixSeconds(now)) + "\n";
  return text;
}

Status ReplaceFile(const std::string& path, const std::string& text) {
  // Not named *.prom, so that a collector never reads half of it.
  const std::string draft = path + ".draft-" + std::to_string(getpid());
  const int file =
      open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  bool done = file >= 0 &&
              write(file, text.data(), text.size()) ==
                  static_cast<ssize_t>(text.size()) &&
              fsync(file) == 0;
  int cause = errno;
  if (file >= 0) close(file);
  if (done && std::rename(draft.c_str(), path.c_str()) != 0) {
    cause = errno;
    done = false;
  }
  if (done) return {};
  if (file >= 0) unlink(draft.c_str());
  return Fail(ErrorCode::kIo,
              "can't write " + path + ": " + std::strerror(cause));
}

}  // namespace writ::reconciler
