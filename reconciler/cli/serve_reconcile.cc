#include "reconciler/cli/serve_reconcile.h"

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <utility>

#include "reconciler/cli/reconcile_output.h"
#include "reconciler/secrets/private_file.h"
#include "reconciler/thread_name.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

using gateway::HookKind;
using gateway::HookSecret;

constexpr std::size_t kShortestSecret = 16;

std::string VariableOf(const std::string& kind) {
  std::string name = "WRIT_HOOK_";
  for (const char c : kind) {
    name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name + "_FILE";
}

// T-23: a hook that anybody could poke is refused at the start.
Result<HookSecret> SecretOf(const Session& session, const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  const auto kind = gateway::ParseHookKind(name);
  if (!kind) {
    return Fail(
        ErrorCode::kInvalidArgument,
        "--hook knows github, gitlab, gitea and generic, not \"" + name + "\"");
  }
  std::string file = equals == std::string::npos ? "" : text.substr(equals + 1);
  if (equals == std::string::npos) {
    file = session.variable(VariableOf(name).c_str()).value_or("");
  }
  if (file.empty()) {
    return Fail(
        ErrorCode::kInvalidArgument, "the hook of " + name + " has no secret",
        "name its file: --hook " + name + "=FILE, or " + VariableOf(name));
  }
  const auto path = std::filesystem::path(session.cwd) / file;
  auto secret = TRY(ReadPrivateFile(path.string()));
  if (!secret || secret->size() < kShortestSecret) {
    return Fail(ErrorCode::kInvalidArgument,
                "the hook of " + name +
                    " has no secret of at least 16 bytes "
                    "in " +
                    file,
                "make one: openssl rand -hex 32 > FILE, chmod 600 FILE");
  }
  return HookSecret{*kind, *std::move(secret)};
}

Result<std::vector<HookSecret>> SecretsOf(const Session& session,
                                          const ServedLoopArguments& given) {
  std::vector<HookSecret> secrets;
  for (const std::string& text : given.hooks) {
    HookSecret secret = TRY(SecretOf(session, text));
    const bool twice = std::any_of(
        secrets.begin(), secrets.end(),
        [&](const HookSecret& other) { return other.kind == secret.kind; });
    if (twice) {
      return Fail(ErrorCode::kInvalidArgument,
                  "--hook " + std::string(gateway::Name(secret.kind)) +
                      " is there twice");
    }
    secrets.push_back(std::move(secret));
  }
  return secrets;
}

}  // namespace

void DeclareServedLoop(Options& options, ServedLoopArguments& arguments) {
  options.Flag("--reconcile", arguments.reconcile,
               "Keep the state at what git says, as `writ reconcile --watch`");
  options.Text("--interval", arguments.interval,
               "How long between two looks at git (default: 60s)");
  options.Texts("--hook", arguments.hooks,
                "KIND=FILE: open POST /hooks/KIND (github, gitlab, gitea, "
                "generic), which pokes the loop; the file holds its secret "
                "(KIND alone: WRIT_HOOK_KIND_FILE names it)");
}

Result<std::unique_ptr<ServedLoop>> ServedLoop::Open(
    Session& session, const ServedLoopArguments& arguments,
    ReconcileArguments reconcile, const std::string& environment,
    const KeyRing& keys, StateStore& store) {
  if (!arguments.reconcile) {
    if (arguments.hooks.empty()) return std::unique_ptr<ServedLoop>();
    return Fail(ErrorCode::kInvalidArgument,
                "a hook pokes the loop, and there is none",
                "say --reconcile as well");
  }
  QueueOptions options;
  options.interval = TRY(IntervalOf(arguments.interval));
  options.chance = ChanceOf(session.random);
  std::vector<HookSecret> secrets = TRY(SecretsOf(session, arguments));
  TRY(ReconcileRequestOf(session, reconcile, environment, /*json=*/false));
  KeyRing own_keys = TRY(keys.Refreshed(store.secrets()));
  std::unique_ptr<ServedLoop> loop(
      new ServedLoop(session, std::move(reconcile), environment,
                     std::move(options), std::move(own_keys)));
  loop->hooks_ = std::make_unique<gateway::Hooks>(
      std::move(secrets), [watch = &loop->watch_] { watch->Poke(); },
      session.clock, session.random);
  return loop;
}

ServedLoop::ServedLoop(Session& session, ReconcileArguments reconcile,
                       std::string environment, QueueOptions options,
                       KeyRing keys)
    : session_(session),
      reconcile_(std::move(reconcile)),
      environment_(std::move(environment)),
      keys_(std::move(keys)),
      effects_(EffectsOf(session)),
      watch_({environment_}, std::move(options), session.clock) {
  // A run under way finishes.
  effects_.stop = [] { return false; };
  // The master key was read, and wiped, when the gateway was opened.
  effects_.find_keys = [this](StateStore& store) -> Result<FoundKeys> {
    FoundKeys found;
    found.ring =
        std::make_shared<const KeyRing>(TRY(keys_.Refreshed(store.secrets())));
    return found;
  };
}

ServedLoop::~ServedLoop() = default;

void ServedLoop::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    NameThread("writ-reconcile");
    watch_.Run([this](const std::string&) { return RunOne(); },
               [&] { return stop.stop_requested(); });
  });
}

RunOutcome ServedLoop::RunOne() {
  auto request =
      ReconcileRequestOf(session_, reconcile_, environment_, /*json=*/false);
  if (!request) return {RunEnd::kRetry, {}};
  const ReconcileReport report =
      Reconcile(effects_, *std::move(request), ApplyWatcher{});
  std::string news = CanonicalJson(ReportToValue(report));
  if (news != last_news_) {
    const Timestamp now = session_.clock.Now();
    session_.err << FormatSeconds(now) + " " + ReportInLines(report, now, false)
                 << std::flush;
    last_news_ = std::move(news);
  }
  return report.outcome;
}

}  // namespace writ::reconciler
