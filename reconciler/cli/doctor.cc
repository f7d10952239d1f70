// Looks at what writ needs here, and says what to do about what is wrong.
#include <sys/statvfs.h>

#include <filesystem>
#include <functional>
#include <ostream>
#include <utility>
#include <vector>

#include "reconciler/cli/commands.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/cli/doctor_gateway.h"
#include "reconciler/host/host_file.h"
#include "reconciler/store/audit_chain.h"
#include "schema/report/escape.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

// Below this, an apply may find the disk full half way.
constexpr std::uint64_t kDiskReserve = 256u << 20;
constexpr std::chrono::seconds kClockTolerance{5};  // T-24

struct DoctorArguments {
  SourceArguments source;
  bool json = false;
};

void DeclareDoctor(Options& options, DoctorArguments& arguments) {
  DeclareSource(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareState(options, arguments.source);
  options.Text("--host-config", arguments.source.host_file,
               "The operator's file (default: /etc/writ/host.yaml)");
  options.Flag("--json", arguments.json, "Print JSON");
}

template <typename T>
Finding FromError(const std::string& subject, const Result<T>& result) {
  return FindingOf(subject, result.error());
}

Finding LookAtSource(Session& session, const DoctorArguments& arguments) {
  const auto source = OpenSourceOf(session, arguments.source);
  if (!source) return FromError("source", source);
  return {
      "source", true,
      (*source)->base_folder() + " at " + ShortRevision((*source)->commit()),
      ""};
}

Finding LookAtHostFile(const DoctorArguments& arguments) {
  const auto host = ReadHostFile(arguments.source.host_file);
  if (!host) return FromError("host file", host);
  const std::size_t refs = host->apply_from.size();
  return {"host file", true,
          refs == 0 ? "absent or without refs: any ref may be applied"
                    : std::to_string(refs) + " environments bound to a ref",
          ""};
}

Finding LookAtDisk(const std::string& folder) {
  std::filesystem::path path = folder;
  std::error_code ignored;
  while (!std::filesystem::exists(path, ignored) && path.has_parent_path() &&
         path != path.parent_path()) {
    path = path.parent_path();
  }
  struct statvfs facts = {};
  if (statvfs(path.c_str(), &facts) != 0) {
    return {"disk", false, "can't look at " + path.string(), ""};
  }
  const std::uint64_t available =
      std::uint64_t{facts.f_bavail} * facts.f_frsize;
  const std::string text = std::to_string(available >> 20) + " MiB available";
  return {"disk", available >= kDiskReserve, text,
          available >= kDiskReserve ? "" : "free some space for the state"};
}

Finding LookAtClock(const StateFacts& facts, Timestamp now) {
  if (now + kClockTolerance >= facts.high_water) {
    return {"clock", true, FormatSeconds(now), ""};
  }
  return {"clock", false,
          "behind what the state has seen (" + FormatSeconds(facts.high_water) +
              ")",
          "set the clock; schedules wait until it has caught up"};
}

// T-15. Writers tighten modes by themselves; until one comes, others may read.
Finding LookAtModes(const std::string& folder) {
  namespace fs = std::filesystem;
  constexpr fs::perms kOthers = fs::perms::group_all | fs::perms::others_all;
  for (const char* name :
       {"", "state.db", "state.db-wal", "state.db-shm", "state.db.lock"}) {
    const fs::path path =
        *name == '\0' ? fs::path(folder) : fs::path(folder) / name;
    std::error_code ignored;
    const fs::file_status status = fs::status(path, ignored);
    if (!fs::exists(status)) continue;
    if ((status.permissions() & kOthers) != fs::perms::none) {
      return {"modes", false, path.string() + " is open to others",
              "chmod go-rwx " + path.string()};
    }
  }
  return {"modes", true, "nobody else may read the state", ""};
}

void LookAtState(Session& session, const std::string& folder,
                 std::vector<Finding>& findings) {
  auto store = OpenState(session, folder, OpenMode::kReadOnly, "");
  if (!store && store.error().code == ErrorCode::kNotFound) {
    findings.push_back(
        {"state", true, "none in " + folder + " yet; apply creates it", ""});
    return;
  }
  if (!store) {
    findings.push_back(FromError("state", store));
    return;
  }
  const auto facts = (*store)->ReadFacts();
  if (!facts) {
    findings.push_back(FromError("state", facts));
    return;
  }
  findings.push_back({"state", !facts->restored,
                      folder + ", " + facts->environment + ", serial " +
                          std::to_string(facts->serial),
                      facts->restored ? "restored and not accepted yet: writ "
                                        "state restore --accept"
                                      : ""});
  findings.push_back(LookAtModes(folder));
  findings.push_back(LookAtClock(*facts, session.clock.Now()));
  const auto faults = (*store)->Verify();
  if (!faults) {
    findings.push_back(FromError("contents", faults));
  } else {
    findings.push_back(
        {"contents", faults->empty(),
         faults->empty() ? "every row and digest holds" : faults->front(),
         faults->empty() ? "" : "see: writ state verify"});
  }
  const auto lease = (*store)->ReadLease();
  if (lease && *lease) {
    findings.push_back({"lease", true,
                        (*lease)->holder + " applies since " +
                            FormatSeconds((*lease)->acquired_at),
                        ""});
  }
}

void Print(Session& session, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    session.out << (finding.good ? "✓ " : "✗ ") << finding.subject
                << std::string(finding.subject.size() < 11
                                   ? 11 - finding.subject.size()
                                   : 1,
                               ' ')
                << EscapeTerminal(finding.text) << "\n";
    if (!finding.remedy.empty()) {
      session.out << "             " << EscapeTerminal(finding.remedy) << "\n";
    }
  }
}

ExitCode Run(Session& session, const DoctorArguments& arguments) {
  std::vector<Finding> findings;
  findings.push_back(LookAtSource(session, arguments));
  findings.push_back(LookAtHostFile(arguments));
  const auto location = FindStateLocation(session, arguments.source);
  if (!location) {
    findings.push_back(FromError("state", location));
  } else if (location->server.empty()) {
    findings.push_back(LookAtDisk(location->folder));
    LookAtState(session, location->folder, findings);
  } else {
    for (Finding& finding : LookAtGateway(session, location->server)) {
      findings.push_back(std::move(finding));
    }
  }
  ExitCode exit_code = ExitCode::kDone;
  for (const Finding& finding : findings) {
    if (!finding.good) exit_code = ExitCode::kError;
  }
  if (!arguments.json) {
    Print(session, findings);
    return exit_code;
  }
  Value value;
  Value::List list;
  for (Finding& finding : findings) {
    Value item;
    item.Set("subject", finding.subject);
    item.Set("good", finding.good);
    item.Set("text", finding.text);
    item.Set("remedy", finding.remedy);
    list.push_back(std::move(item));
  }
  value.Set("findings", std::move(list));
  return PrintResult(session, std::move(value), exit_code);
}

}  // namespace

Command DoctorCommand() {
  Command command = MakeCommand<DoctorArguments>(
      "doctor", "Check source, state or gateway, disk, clock and permissions",
      DeclareDoctor, Run);
  command.examples = {"writ doctor --env production"};
  return command;
}

}  // namespace writ::reconciler
