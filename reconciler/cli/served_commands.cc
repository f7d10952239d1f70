// The gateway's end of commands that runners have carried out: the same
// commands, over streams that lead to the runner.
#include <algorithm>
#include <istream>
#include <optional>
#include <ostream>
#include <sstream>
#include <streambuf>
#include <utility>

#include "reconciler/cli/command_reach.h"
#include "reconciler/cli/command_values.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/remote_command_table.h"
#include "reconciler/cli/remote_commands.h"
#include "reconciler/cli/token_arguments.h"
#include "reconciler/store/state_store.h"

namespace writ::reconciler {
namespace {

using gateway::CommandCall;
using gateway::CommandOutput;

// Hands on what is written: at each flush, and when it has come to a few lines.
class HandingOn final : public std::streambuf {
 public:
  explicit HandingOn(const std::function<void(std::string_view)>& to)
      : to_(to) {}
  ~HandingOn() override { Flush(); }
  HandingOn(const HandingOn&) = delete;
  HandingOn& operator=(const HandingOn&) = delete;

 protected:
  int_type overflow(int_type c) override {
    if (c != traits_type::eof()) Add(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    for (std::streamsize i = 0; i < size; ++i) Add(text[i]);
    return size;
  }
  int sync() override {
    Flush();
    return 0;
  }

 private:
  static constexpr std::size_t kEnough = 4096;
  void Add(char c) {
    waiting_ += c;
    if (c == '\n' && waiting_.size() >= kEnough) Flush();
  }
  void Flush() {
    if (!waiting_.empty()) to_(waiting_);
    waiting_.clear();
  }

  const std::function<void(std::string_view)>& to_;
  std::string waiting_;
};

// Input that is wiped.
class SecretInput final : public std::streambuf {
 public:
  explicit SecretInput(const SecretValue& value) : text_(value.Reveal()) {
    setg(text_.data(), text_.data(), text_.data() + text_.size());
  }
  ~SecretInput() override { Wipe(text_); }
  SecretInput(const SecretInput&) = delete;
  SecretInput& operator=(const SecretInput&) = delete;

 private:
  std::string text_;
};

class AnsweringSink final : public TokenSink {
 public:
  explicit AnsweringSink(const CommandOutput& output) : output_(output) {}
  Status Put(const ResourceId& token, const SecretValue& value) override {
    if (output_.token(token, value)) return {};
    return Fail(ErrorCode::kIo, "nobody takes the token's value any more");
  }
  std::string Name() const override { return "whoever asked"; }

 private:
  const CommandOutput& output_;
};

// Of the commands that can be reached from afar alone.
std::optional<Command> FindCommand(std::string_view name) {
  if (FindRemoteCommand(name) == nullptr) return std::nullopt;
  std::vector<Command> commands = {
      TokenCommand(),   SecretsCommand(),    RotateCommand(), RotationCommand(),
      EventsCommand(),  DeliveriesCommand(), AuditCommand(),  LockCommand(),
      HistoryCommand(), StateCommand()};
  while (true) {
    const std::size_t dot = name.find('.');
    const std::string_view word = name.substr(0, dot);
    const auto found =
        std::find_if(commands.begin(), commands.end(),
                     [&](const Command& each) { return each.name == word; });
    if (found == commands.end()) return std::nullopt;
    if (dot == std::string_view::npos) return *found;
    name.remove_prefix(dot + 1);
    commands = std::vector<Command>(found->subcommands);
  }
}

class ServedCommands final : public gateway::StateCommands {
 public:
  explicit ServedCommands(ServedState state) : state_(std::move(state)) {}

  bool Has(std::string_view name) const override {
    return FindCommand(name).has_value();
  }
  Status MayRun(const CommandCall& call) override;
  ExitCode Run(const CommandCall& call, const CommandOutput& output) override;

 private:
  Status Prepare(const Command& command, Value arguments) const;
  ExitCode RunIn(Session& session, const CommandCall& call,
                 const CommandOutput& output) const;

  const ServedState state_;
};

Status ServedCommands::MayRun(const CommandCall& call) {
  const RemoteCommand* command = FindRemoteCommand(call.name);
  if (command == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no such command");
  }
  OpenOptions options;
  options.folder = state_.folder;
  options.mode = OpenMode::kReadOnly;
  options.clock = state_.clock;
  options.random = state_.random;
  const auto store = TRY(StateStore::Open(options));
  return CheckReach(*command, call.arguments, *store, call.rights);
}

Status ServedCommands::Prepare(const Command& command, Value arguments) const {
  TRY(FillOptions(command, arguments));
  FillOption(command, "--state", "sqlite:" + state_.folder);
  FillOption(command, "--source", state_.source.path);
  FillOption(command, "--env", state_.source.environment);
  FillOption(command, "--host-config", state_.host_file);
  return {};
}

ExitCode ServedCommands::RunIn(Session& session, const CommandCall& call,
                               const CommandOutput& output) const {
  const auto command = FindCommand(call.name);
  if (!command) return ExitCode::kUsage;
  const Value* json = call.arguments.Find("--json");
  const bool wants_json =
      json != nullptr && json->IsBoolean() && json->AsBoolean();
  const OutputFormat format =
      wants_json ? OutputFormat::kJson : OutputFormat::kText;
  const Status prepared = Prepare(*command, call.arguments);
  if (!prepared) return ReportError(session, prepared.error(), format);
  if (call.name != "token.issue") return command->run(session);
  TokenArguments arguments;
  arguments.source = state_.source;
  arguments.source.state = "sqlite:" + state_.folder;
  arguments.subject = std::string(call.arguments.FindString("ADDRESS"));
  arguments.target = std::string(call.arguments.FindString("--target"));
  arguments.json = wants_json;
  AnsweringSink sink(output);
  const auto issued = IssueInto(session, arguments, sink);
  return issued ? *issued : ReportError(session, issued.error(), format);
}

ExitCode ServedCommands::Run(const CommandCall& call,
                             const CommandOutput& output) {
  HandingOn out_buffer(output.out);
  HandingOn err_buffer(output.err);
  SecretInput in_buffer(call.input);
  std::ostream out(&out_buffer);
  std::ostream err(&err_buffer);
  std::istream in(&in_buffer);
  Session session{
      .out = out,
      .err = err,
      .in = in,
      .width = call.width,
      .color = call.color,
      .clock = *state_.clock,
      .random = *state_.random,
      .cwd = state_.cwd,
      .actor = [&call] { return call.actor; },
      .variable = [](const char*) { return std::optional<std::string>(); },
      .interrupted = [] { return false; },
      .is_served = true,
  };
  const ExitCode exit_code = RunIn(session, call, output);
  out.flush();
  err.flush();
  return exit_code;
}

}  // namespace

std::unique_ptr<gateway::StateCommands> MakeServedCommands(ServedState state) {
  return std::make_unique<ServedCommands>(std::move(state));
}

}  // namespace writ::reconciler
