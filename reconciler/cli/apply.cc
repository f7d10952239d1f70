#include <algorithm>
#include <fstream>
#include <iterator>
#include <ostream>
#include <utility>

#include "engine/plan/render_json.h"
#include "engine/plan/render_text.h"
#include "reconciler/applying/apply_run.h"
#include "reconciler/cli/apply_asking.h"
#include "reconciler/cli/apply_output.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/plan_output.h"
#include "reconciler/cli/planning_arguments.h"
#include "reconciler/cli/remote_session.h"
#include "reconciler/cli/token_arguments.h"
#include "reconciler/remote/remote_apply.h"
#include "schema/report/escape.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

struct ApplyArguments : ApplyTalk {
  std::string plan_file;
  std::string digest;
  std::string lock_timeout = "0s";
  std::string audit_anchor;
  std::string tokens_out;
};

void DeclareApply(Options& options, ApplyArguments& arguments) {
  options.Positional("PLANFILE", arguments.plan_file, false,
                     "A plan that `writ plan --out` wrote");
  DeclarePlanning(options, arguments.planning);
  options.Text("--digest", arguments.digest,
               "Apply only the plan with this digest (as `writ plan` shows "
               "it)");
  options.Flag("-y,--auto-approve", arguments.auto_approve,
               "Apply without asking");
  options.Text("--lock-timeout", arguments.lock_timeout,
               "How long to wait for another apply (default: 0s)");
  options.Text("--audit-anchor", arguments.audit_anchor,
               "Append the audit's head to this file");
  DeclareTokensOut(options, arguments.tokens_out);
  options.Flag("--json", arguments.json, "Print JSON");
  options.Flag("-v,--verbose", arguments.verbose,
               "Show every field and "
               "change");
}

// A plan keeps no variable's value, since it may end where the plan hides it.
Status WantVariables(const std::vector<std::string>& given,
                     const std::vector<std::string>& planned) {
  for (const std::string& name : planned) {
    if (std::find(given.begin(), given.end(), name) != given.end()) continue;
    return Fail(ErrorCode::kInvalidArgument,
                "this plan was made with --var " + name +
                    "=…, whose value it doesn't keep",
                "say it again, with the same value");
  }
  return {};
}

Result<Expectation> ExpectPlanFile(const Session& session,
                                   ApplyArguments& arguments) {
  const std::string path = AbsolutePath(session, arguments.plan_file);
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (!file.good() && text.empty()) {
    return Fail(ErrorCode::kNotFound,
                "can't read the plan file " + arguments.plan_file);
  }
  auto parsed = engine::ParsePlanJson(text);
  if (!parsed) {
    return While(
        Result<Expectation>(Fail(parsed.error().code, parsed.error().message,
                                 parsed.error().remedy)),
        "reading " + arguments.plan_file);
  }
  if (!parsed->has_digest) {
    return Fail(ErrorCode::kInvalidArgument,
                "this plan was made from a working tree and has no digest",
                "commit the changes and plan again, or: writ apply "
                "--working-tree");
  }
  PlanningArguments& planning = arguments.planning;
  planning.source.environment = parsed->environment;
  if (!parsed->commit.id.empty()) planning.source.ref = parsed->commit.id;
  TRY(WantVariables(VariableNames(planning), parsed->variables));
  planning.targets = parsed->targets;
  planning.excludes = parsed->excludes;
  planning.destroy = parsed->mode == "destroy";
  planning.refresh_only = parsed->mode == "refresh-only";
  return Expectation{parsed->digest, parsed->source_ref};
}

Result<Expectation> ExpectationOf(const Session& session,
                                  ApplyArguments& arguments) {
  if (!arguments.plan_file.empty() && !arguments.digest.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "a plan file and --digest exclude each other");
  }
  if (!arguments.plan_file.empty()) return ExpectPlanFile(session, arguments);
  if (arguments.digest.empty()) return Expectation{};
  const auto digest = ParseDigestHex(arguments.digest);
  if (!digest) {
    return Fail(ErrorCode::kInvalidArgument,
                "--digest wants the 64 digits that `writ plan` prints");
  }
  if (arguments.planning.source.working_tree) {
    return Fail(ErrorCode::kInvalidArgument,
                "a working tree's plan has no digest");
  }
  return Expectation{*digest, arguments.planning.source.ref};
}

Result<Duration> LockTimeoutOf(const ApplyArguments& arguments) {
  const auto timeout = ParseDuration(arguments.lock_timeout);
  if (timeout && *timeout >= Duration(0)) return *timeout;
  return Fail(ErrorCode::kInvalidArgument,
              "--lock-timeout wants a duration like 30s, not \"" +
                  arguments.lock_timeout + "\"");
}

bool Approves(Session& session, const engine::Plan& plan) {
  session.err << "Apply this plan to " << plan.environment
              << "? Only \"yes\" is accepted: " << std::flush;
  std::string answer;
  const bool can_read = !session.await_input || session.await_input();
  const bool answered =
      can_read && static_cast<bool>(std::getline(session.in, answer));
  if (!session.in_is_terminal || !answered) session.err << "\n";
  return answered && answer == "yes";
}

class Application {
 public:
  Application(Session& session, const ApplyTalk& arguments,
              ApplyRequest request)
      : session_(session),
        arguments_(arguments),
        has_digest_(request.expected.digest.has_value()),
        run_(EffectsOf(session), std::move(request)) {}

  Result<ExitCode> Run();

 private:
  // The exit code where there is nothing to apply or it may not be.
  Result<std::optional<ExitCode>> PlanAndAsk();
  Status Ask();
  Result<ExitCode> ApplyIt();
  ExitCode Invalid(Diagnostics& diagnostics) const;
  OutputFormat format() const {
    return arguments_.json ? OutputFormat::kJson : OutputFormat::kText;
  }

  Session& session_;
  const ApplyTalk& arguments_;
  bool has_digest_;
  ApplyRun run_;
};

ExitCode Application::Invalid(Diagnostics& diagnostics) const {
  ReportInvalid(session_, diagnostics, format());
  return ExitCode::kInvalid;
}

Result<std::optional<ExitCode>> Application::PlanAndAsk() {
  Diagnostics diagnostics;
  if (!TRY(run_.Plan(diagnostics))) return Invalid(diagnostics);
  engine::Plan& plan = run_.plan();
  run_.run().apply_command =
      ApplyCommandOf(arguments_.planning, run_.run().environment);
  AddSourceNotices(session_, run_.run(), plan);
  if (!arguments_.json && (!has_digest_ || plan.unsafe() || plan.denied())) {
    engine::PlanTextOptions options =
        TextOptionsOf(session_, arguments_.verbose, &run_.run());
    options.applies = true;
    session_.out << engine::RenderPlanText(plan, options);
    session_.out.flush();
  }
  TRY(run_.CheckApplicable());
  if (plan.mode == "refresh-only") return ExitCode::kDone;
  if (arguments_.before_asking) arguments_.before_asking(run_.run());
  TRY(Ask());
  return std::nullopt;
}

Status Application::Ask() {
  const engine::Plan& plan = run_.plan();
  const bool is_approved = has_digest_ || arguments_.auto_approve;
  if (plan.changes.empty() || is_approved) return {};
  if (Approves(session_, plan)) return {};
  if (session_.interrupted()) {
    return Fail(ErrorCode::kInterrupted, "nothing was applied");
  }
  return Fail(ErrorCode::kInternal,
              "the plan was not approved, nothing was applied",
              "answer yes, or say --auto-approve" +
                  (arguments_.takes_digest
                       ? " or --digest " +
                             (plan.has_digest ? plan.digest.Hex() : "DIGEST")
                       : std::string()));
}

Result<ExitCode> Application::ApplyIt() {
  ApplyPrinter printer(session_, run_.plan(), arguments_.verbose,
                       arguments_.json,
                       SameState(session_, arguments_.planning.source));
  bool has_begun = false;
  ApplyWatcher watcher;
  watcher.begin = [&](const engine::Plan&, const std::string& holder) {
    has_begun = true;
    printer.Begin(holder);
  };
  watcher.progress = [&](const ChangeReport& report) { printer.Show(report); };
  watcher.before_tokens = [&] { session_.out.flush(); };
  Diagnostics diagnostics;
  const auto result = TRY(run_.Apply(watcher, diagnostics));
  if (!result) return Invalid(diagnostics);
  if (!has_begun && !arguments_.json && has_digest_) {
    session_.out << "Nothing to apply.\n";
  }
  return printer.End(*result);
}

Result<ExitCode> Application::Run() {
  auto ended = PlanAndAsk();
  if (!ended) return tl::unexpected(run_.Foremost(std::move(ended.error())));
  if (*ended) return **ended;
  return ApplyIt();
}

Result<ApplyResult> ApplyThere(Session& session, const ApplyRequest& request,
                               const std::string& server, PlanRun& run,
                               const ApplyWatcher& watcher) {
  const auto gateway = TRY(ConnectTo(session, server));
  const auto sink = TRY(request.open_sink());
  RemoteApply apply;
  apply.sink = sink.get();
  apply.lock_timeout = request.lock_timeout;
  apply.is_cancelled = session.interrupted;
  return ApplyAtGateway(gateway->client, run, request.planning, apply, watcher);
}

Result<std::optional<LeaseRecord>> ReadLeaseThere(Session& session,
                                                  const std::string& server) {
  const auto gateway = TRY(ConnectTo(session, server));
  return ReadLeaseAtGateway(gateway->client);
}

Result<ApplyRequest> RequestOf(Session& session,
                               const ApplyArguments& arguments,
                               Expectation expected) {
  ApplyRequest request;
  const auto server = std::make_shared<std::string>();
  request.planning = TRY(PlanRequestOf(session, arguments.planning, server));
  request.expected = std::move(expected);
  request.is_approved = arguments.auto_approve;
  request.host_file = arguments.planning.source.host_file;
  request.lock_timeout = TRY(LockTimeoutOf(arguments));
  if (!arguments.audit_anchor.empty()) {
    request.audit_anchor = AbsolutePath(session, arguments.audit_anchor);
  }
  request.open_sink = [&session, &arguments] {
    return TokenSinkOf(session, arguments.tokens_out, arguments.json);
  };
  request.elsewhere = ElsewhereOf(session, request, server);
  return request;
}

Result<ExitCode> Apply(Session& session, const ApplyArguments& given) {
  ApplyArguments arguments = given;
  const PlanningArguments& planning = arguments.planning;
  if (planning.overridden.empty() != planning.reason.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "--override POLICY and --reason TEXT go together",
                "say which policy you override, and why: the audit keeps both");
  }
  TRY(LockTimeoutOf(arguments));
  Expectation expected = TRY(ExpectationOf(session, arguments));
  ApplyRequest request =
      TRY(RequestOf(session, arguments, std::move(expected)));
  return AskAndApply(session, arguments, std::move(request));
}

}  // namespace

Result<ExitCode> AskAndApply(Session& session, const ApplyTalk& talk,
                             ApplyRequest request) {
  return Application(session, talk, std::move(request)).Run();
}

ApplyElsewhere ElsewhereOf(Session& session, const ApplyRequest& request,
                           std::shared_ptr<const std::string> server) {
  ApplyElsewhere elsewhere;
  elsewhere.is_wanted = [server] { return !server->empty(); };
  elsewhere.apply = [&session, there = request, server](
                        PlanRun& run, const ApplyWatcher& watcher) {
    return ApplyThere(session, there, *server, run, watcher);
  };
  elsewhere.read_lease = [&session, server] {
    return ReadLeaseThere(session, *server);
  };
  return elsewhere;
}

Command ApplyCommand() {
  Command command = MakeCommand<ApplyArguments>(
      "apply", "Apply a plan: a file, a digest, or what is shown now",
      DeclareApply, RunReporting<ApplyArguments, Apply>);
  command.description =
      "Always plans again. With a plan file or --digest it applies that plan "
      "or refuses (6); else\nit shows the plan and asks. Killed half way, the "
      "next apply finishes the job.";
  command.examples = {
      "writ apply --env production            # show, ask, apply",
      "writ apply --digest 4e07…1d            # exactly the plan reviewed",
      "writ apply plan.json                   # from `writ plan --out`",
      "writ apply --auto-approve              # for scheduled jobs",
  };
  return command;
}

}  // namespace writ::reconciler
