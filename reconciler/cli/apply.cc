#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <utility>

#include "engine/plan/plan_words.h"
#include "engine/plan/render_json.h"
#include "engine/plan/render_text.h"
#include "manifests/source/revision.h"
#include "reconciler/cli/apply_output.h"
#include "reconciler/cli/apply_rotations.h"
#include "reconciler/cli/apply_tokens.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/plan_output.h"
#include "reconciler/cli/planning_arguments.h"
#include "reconciler/cli/token_arguments.h"
#include "reconciler/controller/applier.h"
#include "reconciler/controller/lease_keeper.h"
#include "reconciler/host/host_file.h"
#include "schema/report/escape.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

struct Arguments {
  PlanningArguments planning;
  std::string plan_file;
  std::string digest;
  std::string lock_timeout = "0s";
  std::string audit_anchor;
  std::string tokens_out;
  bool auto_approve = false;
  bool verbose = false;
  bool json = false;
};

void Declare(Options& options, Arguments& arguments) {
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

// What the plan must come to; none: whatever it comes to, once approved.
struct Expectation {
  std::optional<Digest> digest;
  std::string ref;  // that the plan file names
};

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
                                   Arguments& arguments) {
  const std::string path =
      (std::filesystem::path(session.cwd) / arguments.plan_file).string();
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
                                  Arguments& arguments) {
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

Result<Duration> LockTimeoutOf(const Arguments& arguments) {
  const auto timeout = ParseDuration(arguments.lock_timeout);
  if (timeout && *timeout >= Duration(0)) return *timeout;
  return Fail(ErrorCode::kInvalidArgument,
              "--lock-timeout wants a duration like 30s, not \"" +
                  arguments.lock_timeout + "\"");
}

Status CheckDigest(const Expectation& expected, const engine::Plan& plan) {
  if (!expected.digest || *expected.digest == plan.digest) return {};
  return Fail(ErrorCode::kStale,
              "this is not the plan that was approved: it comes to " +
                  plan.digest.Hex() + " now, not " + expected.digest->Hex(),
              "manifests, flags or the live state moved: look at it again "
              "with `writ plan`");
}

// T-03: only what the environment's ref holds may be applied.
Status CheckReachable(const Arguments& arguments, const Expectation& expected,
                      const PlanRun& run) {
  const HostFile host = TRY(ReadHostFile(arguments.planning.host_file));
  const auto apply_from = host.apply_from.find(run.environment);
  const std::string ref =
      apply_from != host.apply_from.end() ? apply_from->second : expected.ref;
  const Commit& commit = run.source->commit();
  if (ref.empty()) return {};
  if (arguments.planning.source.working_tree || commit.id.empty()) {
    if (apply_from == host.apply_from.end()) return {};
    return Fail(ErrorCode::kUntrusted,
                "the host file lets " + run.environment + " be applied from " +
                    ref + " only, and this is no commit of it");
  }
  const bool reachable =
      TRY(manifests::IsAncestor(run.request.path, commit.id, ref));
  if (reachable) return {};
  return Fail(ErrorCode::kUntrusted,
              "commit " + ShortRevision(commit) + " is not part of " + ref +
                  ", from which " + run.environment + " is applied",
              "merge it first");
}

// T-05: whoever signed it may.
Status RefuseUntrusted(const engine::Plan& plan) {
  if (plan.untrusted.empty()) return {};
  std::string why = plan.untrusted.front();
  if (plan.untrusted.size() > 1) {
    why += ", and " +
           engine::Counted(static_cast<std::int64_t>(plan.untrusted.size()) - 1,
                           "more reason", "more reasons");
  }
  return Fail(ErrorCode::kUntrusted, "not trusted: " + why,
              "nothing was applied; see all of it with `writ plan`");
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

Status RefuseDeniedOrUnsafe(const engine::Plan& plan) {
  if (plan.denied()) {
    return Fail(ErrorCode::kDenied, "policies deny this plan",
                "see what they say above, and why: writ policy explain POLICY");
  }
  if (!plan.unsafe()) return {};
  return Fail(ErrorCode::kUnsafe, "the plan is not safe to apply",
              "see what stands in the way above");
}

// Before anybody is asked; the store itself refuses writers.
Status RefuseCopyForPlans(const PlanRun& run) {
  if (run.store == nullptr || !TRY(run.store->ReadFacts()).for_plan) return {};
  return Fail(ErrorCode::kPermission,
              "the state in " + run.state_folder +
                  " is a copy for plans; nothing can be applied to it",
              "name the state itself: --state sqlite:FOLDER");
}

class Application {
 public:
  Application(Session& session, const Arguments& arguments,
              Expectation expected)
      : session_(session),
        arguments_(arguments),
        expected_(std::move(expected)) {}

  Result<ExitCode> Run();

 private:
  // The exit code where there is nothing to apply or it may not be.
  Result<std::optional<ExitCode>> PlanAndAsk();
  Result<ExitCode> ApplyUnderLease();
  Result<ExitCode> EndUnchanged();
  Status Anchor(const AuditHead& head) const;
  // A lease that somebody holds comes before what is wrong with the plan
  // (design, section 4: 7 before 6, 4 and 5).
  Error Foremost(Error error) const;
  // Plans again where the state moved while somebody looked.
  Result<std::optional<ExitCode>> CatchUp(StateStore& store);
  // Policies as of now: an exception may have ended meanwhile.
  Result<std::optional<ExitCode>> JudgeAgain();
  ExitCode Invalid(Diagnostics& diagnostics) const;
  OutputFormat format() const {
    return arguments_.json ? OutputFormat::kJson : OutputFormat::kText;
  }

  Session& session_;
  const Arguments& arguments_;
  Expectation expected_;
  std::optional<PlanRun> run_;
};

ExitCode Application::Invalid(Diagnostics& diagnostics) const {
  ReportInvalid(session_, diagnostics, format());
  return ExitCode::kInvalid;
}

Result<std::optional<ExitCode>> Application::PlanAndAsk() {
  Diagnostics diagnostics;
  run_ = TRY(MakePlanRun(session_, arguments_.planning, diagnostics));
  if (!run_) return Invalid(diagnostics);
  TRY(RefuseCopyForPlans(*run_));
  engine::Plan& plan = run_->planned.plan;
  TRY(CheckReachable(arguments_, expected_, *run_));
  TRY(RefuseUntrusted(plan));
  TRY(CheckDigest(expected_, plan));
  AddSourceNotices(session_, *run_, plan);
  const bool is_approved =
      expected_.digest.has_value() || arguments_.auto_approve;
  if (!arguments_.json &&
      (!expected_.digest || plan.unsafe() || plan.denied())) {
    engine::PlanTextOptions options =
        TextOptionsOf(session_, arguments_.verbose, &*run_);
    options.applies = true;
    session_.out << engine::RenderPlanText(plan, options);
    session_.out.flush();
  }
  TRY(RefuseDeniedOrUnsafe(plan));
  if (plan.mode == "refresh-only") return ExitCode::kDone;
  const bool asks = !plan.changes.empty() && !is_approved;
  if (asks && !Approves(session_, plan)) {
    if (session_.interrupted()) {
      return Fail(ErrorCode::kInterrupted, "nothing was applied");
    }
    return Fail(ErrorCode::kInternal,
                "the plan was not approved, nothing was "
                "applied",
                "answer yes, or say --auto-approve or --digest " +
                    (plan.has_digest ? plan.digest.Hex() : "DIGEST"));
  }
  return std::nullopt;
}

Error Application::Foremost(Error error) const {
  const ExitCode exit_code = ToExitCode(error.code);
  const bool comes_after =
      exit_code != ExitCode::kLocked &&
      Worse(exit_code, ExitCode::kLocked) == ExitCode::kLocked;
  if (!comes_after || !run_ || run_->store == nullptr) return error;
  const auto lease = run_->store->ReadLease();
  if (!lease || !*lease) return error;
  return Error{ErrorCode::kLocked,
               (*lease)->holder + " holds the state's lease for " +
                   (*lease)->operation + "; besides, " + error.message,
               "wait for it to end, then plan again; if it's gone for good: "
               "writ lock break " +
                   (*lease)->token + " --reason TEXT",
               {}};
}

Result<std::optional<ExitCode>> Application::CatchUp(StateStore& store) {
  const StateFacts facts = TRY(store.ReadFacts());
  if (facts.restored) {
    return Fail(ErrorCode::kUnsafe,
                "this state was restored from a backup and is not accepted yet",
                "compare with `writ plan`, then: writ state restore --accept");
  }
  const engine::Snapshot& seen = run_->planned.live;
  const bool created = run_->store == nullptr && facts.serial == 0;
  if (created ||
      (facts.lineage == seen.lineage && facts.serial == seen.serial)) {
    return JudgeAgain();
  }
  Diagnostics diagnostics;
  const Digest before = run_->planned.plan.digest;
  auto planned = TRY(PlanAgain(*run_, store, diagnostics));
  if (!planned) return Invalid(diagnostics);
  run_->planned = std::move(*planned);
  TRY(RefuseUntrusted(run_->planned.plan));
  TRY(CheckDigest(expected_, run_->planned.plan));
  if (run_->planned.plan.digest != before && !arguments_.auto_approve) {
    return Fail(ErrorCode::kStale,
                "the live state moved while this plan was looked at",
                "look at it again: writ apply");
  }
  TRY(RefuseDeniedOrUnsafe(run_->planned.plan));
  return std::nullopt;
}

Result<std::optional<ExitCode>> Application::JudgeAgain() {
  Planned& planned = run_->planned;
  // --now stands for the clock.
  if (planned.policing != nullptr && arguments_.planning.now.empty()) {
    Judge(*planned.policing, session_.clock.Now(), planned.plan);
    TRY(CheckDigest(expected_, planned.plan));
    TRY(RefuseDeniedOrUnsafe(planned.plan));
  }
  return std::nullopt;
}

Result<ExitCode> Application::ApplyUnderLease() {
  const Duration timeout = TRY(LockTimeoutOf(arguments_));
  OpenOptions options;
  options.folder = run_->state_folder;
  options.mode = OpenMode::kMigrate;
  options.environment = run_->environment;
  options.clock = &session_.clock;
  options.random = &session_.random;
  auto store = TRY(StateStore::Open(options));
  options.mode = OpenMode::kReadWrite;
  auto lease =
      TRY(LeaseKeeper::Take(options, session_.actor(), "apply", timeout));
  if (auto ended = TRY(CatchUp(*store))) return *ended;

  ApplyTokens tokens(session_, arguments_.tokens_out, arguments_.json);
  TRY(tokens.Open(*store));
  const engine::Plan& plan = run_->planned.plan;
  ApplyRotations rotations(session_);
  ApplyPrinter printer(session_, plan, arguments_.verbose, arguments_.json);
  printer.Begin(lease->holder());
  ApplyOptions apply;
  apply.lease_token = lease->token();
  apply.actor = session_.actor();
  apply.plan_digest = plan.has_digest ? plan.digest.Hex() : "";
  apply.allowances = AllowancesOf(arguments_.planning);
  apply.override_reason = arguments_.planning.reason;
  apply.keys = tokens.keys();
  apply.progress = [&](const ChangeReport& report) {
    printer.Show(report);
    tokens.Note(report);
    rotations.Note(report);
  };
  apply.stop = session_.interrupted;
  ApplyReport report = TRY(
      ApplyPlan(*store, run_->planned, apply, session_.clock, session_.random));
  TRY(tokens.Issue(*store, lease->token()));
  TRY(rotations.Move(*store, tokens.keys(),
                     {run_->planned.desired.environment.secret_environment,
                      arguments_.planning.host_file, lease->token()}));
  report.audit_head = TRY(store->ReadAuditHead());
  TRY(Anchor(report.audit_head));
  return printer.End(report, &tokens, &rotations);
}

Status Application::Anchor(const AuditHead& head) const {
  if (arguments_.audit_anchor.empty()) return {};
  const auto path =
      std::filesystem::path(session_.cwd) / arguments_.audit_anchor;
  return AppendAuditAnchor(path.string(), run_->environment, head);
}

// The head is printed and anchored by every apply, so that a tail that was cut
// off since the last one is missed (T-11).
Result<ExitCode> Application::EndUnchanged() {
  ApplyReport report;
  if (run_->store != nullptr) {
    report.serial_before = TRY(run_->store->ReadFacts())
    .serial;
    report.serial_after = report.serial_before;
    report.audit_head = TRY(run_->store->ReadAuditHead());
    TRY(Anchor(report.audit_head));
  }
  if (!arguments_.json && expected_.digest) {
    session_.out << "Nothing to apply.\n";
  }
  return ApplyPrinter(session_, run_->planned.plan, false, arguments_.json)
      .End(report);
}

Result<ExitCode> Application::Run() {
  auto ended = PlanAndAsk();
  if (!ended) return tl::unexpected(Foremost(std::move(ended.error())));
  if (*ended) return **ended;
  const bool nothing = run_->planned.plan.changes.empty();
  const bool rotates =
      run_->store != nullptr &&
      TRY(IsAnyRotationDue(*run_->store, session_.clock.Now()));
  const bool unchanged =
      nothing && !rotates &&
      (run_->planned.path == PlanPath::kUnchanged || run_->store == nullptr);
  return unchanged ? EndUnchanged() : ApplyUnderLease();
}

Result<ExitCode> Apply(Session& session, const Arguments& given) {
  Arguments arguments = given;
  const PlanningArguments& planning = arguments.planning;
  if (planning.overridden.empty() != planning.reason.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "--override POLICY and --reason TEXT go together",
                "say which policy you override, and why: the audit keeps both");
  }
  TRY(LockTimeoutOf(arguments));
  Expectation expected = TRY(ExpectationOf(session, arguments));
  return Application(session, arguments, std::move(expected)).Run();
}

}  // namespace

Command ApplyCommand() {
  Command command = MakeCommand<Arguments>(
      "apply", "Apply a plan: a file, a digest, or what is shown now", Declare,
      RunReporting<Arguments, Apply>);
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
