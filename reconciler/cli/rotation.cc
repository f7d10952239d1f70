// writ rotate, writ rotation list|show|resume|pause|rollback|abandon.
#include <ostream>
#include <utility>

#include "engine/rotation/apply.h"
#include "engine/rotation/names.h"
#include "reconciler/applying/apply_result.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/cli/rotation_moving.h"
#include "reconciler/cli/rotation_text.h"
#include "reconciler/cli/token_arguments.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

namespace event = engine::rotation::event;
namespace rotation = engine::rotation;
using rotation::Rotation;

struct RotationArguments {
  SourceArguments source;
  std::string address;
  std::string reason;
  std::string lock_timeout = "0s";
  bool compromised = false;
  bool dry_run = false;
  bool all = false;
  bool json = false;
};

void DeclareCommon(Options& options, RotationArguments& arguments) {
  DeclareSource(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareState(options, arguments.source);
  options.Flag("--json", arguments.json, "Print JSON");
}

void DeclareToken(Options& options, RotationArguments& arguments) {
  options.Positional("ADDRESS", arguments.address, true, "Token/parent/name");
  DeclareCommon(options, arguments);
}

void DeclareMove(Options& options, RotationArguments& arguments) {
  DeclareToken(options, arguments);
  options.Text("--host-config", arguments.source.host_file,
               "The operator's file (default: /etc/writ/host.yaml)");
  options.Text("--lock-timeout", arguments.lock_timeout,
               "How long to wait for another apply (default: 0s)");
}

void DeclareRotate(Options& options, RotationArguments& arguments) {
  DeclareMove(options, arguments);
  options.Flag("--compromised", arguments.compromised,
               "Revoke the old credential at once, whatever breaks");
  options.Flag("--dry-run", arguments.dry_run,
               "Say what would happen, and do nothing");
}

void DeclareWish(Options& options, RotationArguments& arguments) {
  DeclareMove(options, arguments);
  options.Text("--reason", arguments.reason, "Why; kept in the audit");
}

void DeclareList(Options& options, RotationArguments& arguments) {
  DeclareCommon(options, arguments);
  options.Flag("--all", arguments.all, "Also those that are over");
}

Result<std::unique_ptr<StateStore>> OpenIt(const Session& session,
                                           const RotationArguments& arguments,
                                           OpenMode mode) {
  const std::string folder = TRY(FindStateFolder(session, arguments.source));
  return OpenState(session, folder, mode, "");
}

// The open rotation of the token, or its last one.
Result<Rotation> FindRotation(StateStore& store, const ResourceId& token,
                              const std::string& same_state) {
  auto records = TRY(store.rotations().ReadOf(token));
  if (records.empty()) {
    const RotatedToken live = TRY(ReadRotatedToken(store, token));
    return Fail(ErrorCode::kNotFound, token.address() + " was never rotated",
                live.terms.deliver_to.empty()
                    ? "it has no target that a new value could go to"
                    : "begin one: writ rotate " + token.address() + same_state);
  }
  const OpenRotation last = TRY(ParseRecord(std::move(records.front())));
  return last.rotation;
}

ExitCode Print(Session& session, const RotationArguments& arguments,
               const Rotation& rotation) {
  if (arguments.json) {
    Value value;
    value.Set("rotation", RotationToValue(rotation));
    return PrintResult(session, std::move(value));
  }
  session.out << RenderRotation(rotation, session.clock.Now(),
                                {session.color, session.out_is_terminal,
                                 SameState(session, arguments.source)});
  return ExitCode::kDone;
}

MovingOptions MovingOf(const RotationArguments& arguments) {
  return {arguments.source, arguments.lock_timeout};
}

ExitCode EndOf(const Rotation& rotation) {
  return rotation::IsStopped(rotation) ? ExitCode::kPartial : ExitCode::kDone;
}

ExitCode PrintMoved(Session& session, const RotationArguments& arguments,
                    const Rotation& rotation) {
  const ExitCode end = EndOf(rotation);
  if (arguments.json) {
    Value value;
    value.Set("rotation", RotationToValue(rotation));
    return PrintResult(session, std::move(value), end);
  }
  Print(session, arguments, rotation);
  return end;
}

Result<ExitCode> DryRun(Session& session, const RotationArguments& arguments,
                        const ResourceId& token) {
  auto store = TRY(OpenIt(session, arguments, OpenMode::kReadOnly));
  const RotatedToken live = TRY(ReadRotatedToken(*store, token));
  const rotation::Beginning beginning =
      TRY(BeginningOf(*store, live, rotation::Cause::kManual, session.actor()));
  const Rotation would = rotation::Begin(beginning, session.clock.Now());
  if (arguments.json) {
    Value value;
    value.Set("rotation", RotationToValue(would));
    return PrintResult(session, std::move(value));
  }
  session.out << "Would rotate " << EscapeTerminal(token.address())
              << ":\n  create → deploy";
  for (const rotation::Target& target : would.targets) {
    session.out << (&target == &would.targets.front() ? " " : ", ")
                << EscapeTerminal(target.name)
                << (target.canary ? " (canary)" : "");
  }
  session.out << " → verify by " << rotation::Name(would.terms.evidence);
  for (const CredentialRecord& old : live.active) {
    session.out << " → revoke " << EscapeTerminal(old.hint) << "…";
  }
  session.out << "\nNothing was done.\n";
  return ExitCode::kDone;
}

Result<ExitCode> RotateToken(Session& session,
                             const RotationArguments& arguments) {
  const ResourceId token = TRY(TokenAddressOf(arguments.address));
  if (arguments.dry_run) return DryRun(session, arguments, token);
  const auto moving = TRY(OpenMoving(session, MovingOf(arguments), "rotate"));
  RotationDriver& driver = moving->run->driver();
  const Rotation begun =
      TRY(driver.Begin(token,
                       arguments.compromised ? rotation::Cause::kCompromised
                                             : rotation::Cause::kManual,
                       arguments.compromised ? rotation::Urgency::kCompromised
                                             : rotation::Urgency::kNone));
  return PrintMoved(session, arguments, TRY(driver.Advance(begun.id)));
}

Result<ExitCode> List(Session& session, const RotationArguments& arguments) {
  auto store = TRY(OpenIt(session, arguments, OpenMode::kReadOnly));
  Value::List items;
  const Timestamp now = session.clock.Now();
  for (RotationRecord& record :
       TRY(store->rotations().ReadAll(arguments.all))) {
    const OpenRotation read = TRY(ParseRecord(std::move(record)));
    const Rotation& rotation = read.rotation;
    if (arguments.json) {
      items.push_back(RotationToValue(rotation));
      continue;
    }
    session.out << RotationInOneLine(rotation, now);
    if (read.record.next_at > now) {
      session.out << "; next look " << FormatSeconds(*read.record.next_at);
    }
    session.out << "\n";
    items.emplace_back(rotation.id);
  }
  if (arguments.json) {
    Value value;
    value.Set("rotations", std::move(items));
    return PrintResult(session, std::move(value));
  }
  if (items.empty()) session.out << "No rotation is under way.\n";
  return ExitCode::kDone;
}

Result<ExitCode> Show(Session& session, const RotationArguments& arguments) {
  const ResourceId token = TRY(TokenAddressOf(arguments.address));
  auto store = TRY(OpenIt(session, arguments, OpenMode::kReadOnly));
  return Print(
      session, arguments,
      TRY(FindRotation(*store, token, SameState(session, arguments.source))));
}

// Tells the open rotation of the token, then moves it on.
Result<ExitCode> Wish(Session& session, const RotationArguments& arguments,
                      const rotation::Event& wish, const char* operation,
                      std::string (*why_not)(const Rotation&)) {
  const ResourceId token = TRY(TokenAddressOf(arguments.address));
  const auto moving = TRY(OpenMoving(session, MovingOf(arguments), operation));
  const auto open = TRY(moving->store->rotations().FindOpen(token));
  if (!open) {
    return Fail(ErrorCode::kNotFound,
                "no rotation of " + token.address() + " is under way",
                "writ rotation show " + token.address() +
                    SameState(session, arguments.source));
  }
  const std::string reason = why_not == nullptr
                                 ? std::string()
                                 : why_not(TRY(ParseRecord(*open)).rotation);
  if (!reason.empty()) return Fail(ErrorCode::kInvalidArgument, reason);
  RotationDriver& driver = moving->run->driver();
  TRY(driver.Tell(open->id, wish));
  return PrintMoved(session, arguments, TRY(driver.Advance(open->id)));
}

Result<ExitCode> Resume(Session& session, const RotationArguments& arguments) {
  return Wish(session, arguments, event::ResumeAsked{}, "rotation resume",
              rotation::WhyNotResume);
}

Result<ExitCode> Pause(Session& session, const RotationArguments& arguments) {
  auto done = Wish(session, arguments, event::PauseAsked{arguments.reason},
                   "rotation pause", rotation::WhyNotPause);
  // What was asked for has happened.
  if (done && *done == ExitCode::kPartial) return ExitCode::kDone;
  return done;
}

Result<ExitCode> RollBack(Session& session,
                          const RotationArguments& arguments) {
  return Wish(session, arguments, event::RollbackAsked{arguments.reason},
              "rotation rollback", rotation::WhyNotRollBack);
}

Result<ExitCode> Abandon(Session& session, const RotationArguments& arguments) {
  auto done = Wish(session, arguments, event::AbandonAsked{arguments.reason},
                   "rotation abandon", nullptr);
  if (done && *done == ExitCode::kPartial) return ExitCode::kDone;
  return done;
}

Command Reading(std::string name, std::string summary,
                void (*declare)(Options&, RotationArguments&),
                ExitCode (*run)(Session&, const RotationArguments&),
                const std::string& example) {
  Command command = MakeCommand<RotationArguments>(
      std::move(name), std::move(summary), declare, run);
  command.examples = {example};
  return command;
}

}  // namespace

Command RotateCommand() {
  Command command = MakeCommand<RotationArguments>(
      "rotate", "Replace a token's credential without a refused request",
      DeclareRotate, RunReporting<RotationArguments, RotateToken>);
  command.description =
      "Goes as far as it can without waiting, and says when to look again; a "
      "later apply,\nor `writ rotation resume`, goes on. Where a rotation is "
      "under way it is joined. Ends 8\nwhere a person has to look.";
  command.examples = {
      "writ rotate Token/acme/production-ci --env production",
      "writ rotate Token/acme/production-ci --compromised",
      "writ rotate Token/acme/production-ci --dry-run",
  };
  return command;
}

Command RotationCommand() {
  Command command;
  command.name = "rotation";
  command.summary = "Look at rotations, and steer them";
  command.subcommands = {
      Reading("list", "Print the rotations that are under way", DeclareList,
              RunReporting<RotationArguments, List>,
              "writ rotation list --all"),
      Reading("show", "Print how far a token's rotation is", DeclareToken,
              RunReporting<RotationArguments, Show>,
              "writ rotation show Token/acme/production-ci"),
      Reading("resume", "Go on with a rotation that was stopped", DeclareMove,
              RunReporting<RotationArguments, Resume>,
              "writ rotation resume Token/acme/production-ci"),
      Reading("pause", "Stop a rotation; both credentials stay valid",
              DeclareWish, RunReporting<RotationArguments, Pause>,
              "writ rotation pause Token/acme/production-ci --reason \"release "
              "day\""),
      Reading("rollback",
              "Keep the old credential, and revoke the new one once no target "
              "holds it",
              DeclareWish, RunReporting<RotationArguments, RollBack>,
              "writ rotation rollback Token/acme/production-ci"),
      Reading("abandon", "Leave a rotation as it is, and erase its value",
              DeclareWish, RunReporting<RotationArguments, Abandon>,
              "writ rotation abandon Token/acme/production-ci --reason "
              "\"moved by hand\""),
  };
  return command;
}

}  // namespace writ::reconciler
