#include "reconciler/cli/remote_commands.h"

#include <optional>
#include <ostream>
#include <sstream>
#include <utility>

#include "reconciler/cli/command_values.h"
#include "reconciler/cli/remote_command_table.h"
#include "reconciler/cli/remote_session.h"
#include "reconciler/cli/secrets_input.h"
#include "reconciler/cli/token_arguments.h"
#include "reconciler/credentials/token_sink.h"
#include "reconciler/remote/answer_lines.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

// Rotations wait for their targets.
constexpr Duration kLongest = std::chrono::hours(1);

// What comes back of a command, line by line.
class Answer {
 public:
  Answer(std::ostream& out, std::ostream& err, TokenSink* sink)
      : out_(out), err_(err), sink_(sink) {}

  void Take(std::string_view bytes) { lines_.Add(bytes); }
  std::optional<ExitCode> exit_code() const { return exit_code_; }
  const std::optional<Error>& failure() const { return failure_; }

 private:
  void Note(std::string_view line) {
    auto value = ParseJson(line);
    if (!value || !value->IsMap()) return;
    const std::string_view event = value->FindString("event");
    if (event == "out") {
      out_ << value->FindString("text") << std::flush;
    } else if (event == "err") {
      err_ << value->FindString("text") << std::flush;
    } else if (event == "token") {
      Keep(*value);
    } else if (const Value* code = value->Find("exit_code");
               event == "end" && code != nullptr && code->IsInteger()) {
      exit_code_ = static_cast<ExitCode>(code->AsInteger());
    }
  }
  void Keep(Value& value) {
    const auto token =
        ResourceId::Parse(std::string(value.FindString("address")));
    Value* text = value.Find("value");
    if (!token || text == nullptr || !text->IsString()) return;
    const SecretValue secret =
        SecretValue::Take(std::move(text->MutableString()));
    const Status kept = sink_ == nullptr
                            ? Status(Fail(ErrorCode::kIo, "no place for it"))
                            : sink_->Put(*token, secret);
    if (kept) return;
    failure_ = kept.error();
    failure_->remedy =
        "its value is lost: writ token revoke " + token->address();
  }

  std::ostream& out_;
  std::ostream& err_;
  TokenSink* sink_;
  AnswerLines lines_{[this](std::string_view line) { Note(line); }};
  std::optional<ExitCode> exit_code_;
  std::optional<Error> failure_;
};

SourceArguments SourceOf(const Command& command) {
  SourceArguments source;
  const std::string path = ReadOption(command, "--source");
  if (!path.empty()) source.path = path;
  source.environment = ReadOption(command, "--env");
  source.state = ReadOption(command, "--state");
  source.server = ReadOption(command, "--server");
  return source;
}

// What `secrets set` reads, read on this side.
Result<SecretValue> InputOf(Session& session, const std::string& name,
                            const Value& options) {
  if (name != "secrets.set") return SecretValue();
  std::string key;
  if (const Value* keys = options.Find("KEY"); keys && keys->IsList()) {
    for (const Value& each : keys->AsList()) key += " " + each.AsString();
  }
  SecretInputOptions input;
  input.prompt = "Value of" + key;
  input.keep_newline = true;  // for the other side to judge
  return ReadSecretInput(session, input);
}

SecretValue BodyOf(const Session& session, const Value& options,
                   const SecretValue& input) {
  SecretBuilder text;
  text.Append("{\"arguments\":" + CanonicalJson(options) +
              ",\"color\":" + (session.color ? "true" : "false") +
              ",\"width\":" + std::to_string(session.width));
  if (!input.empty()) {
    std::string quoted = QuoteJson(input.Reveal());
    text.Append(",\"input\":").Append(quoted);
    Wipe(quoted);
  }
  text.Append("}");
  return text.Finish();
}

Result<ExitCode> Send(const Session& session, const std::string& server,
                      const std::string& name, SecretValue body,
                      Answer& answer) {
  const auto gateway = TRY(ConnectTo(session, server));
  GatewayRequest request;
  request.method = "POST";
  request.path = "/v1/commands/" + name;
  request.body = std::move(body);
  request.timeout = kLongest;
  request.on_body = [&](std::string_view bytes) { answer.Take(bytes); };
  request.is_cancelled = session.interrupted;
  TRY(gateway->client.Send(request));
  if (answer.failure()) return tl::unexpected<Error>(*answer.failure());
  if (answer.exit_code()) return *answer.exit_code();
  return Fail(ErrorCode::kIo,
              "the connection to " + server + " ended before the command did",
              "see what became of it, then try again");
}

Result<ExitCode> RunThere(Session& session, const Command& command,
                          const std::string& name, const std::string& server) {
  const Value options = ReadOptions(command);
  std::unique_ptr<TokenSink> sink;
  if (name == "token.issue") {
    const Value* json = options.Find("--json");
    sink = TRY(TokenSinkOf(session, ReadOption(command, "--tokens-out"),
                           json != nullptr));
    if (sink == nullptr) {
      return Fail(ErrorCode::kInvalidArgument,
                  "a token is shown once, and its value has nowhere to go",
                  "say --tokens-out FILE or --tokens-out fd:N, or run it on a "
                  "terminal");
    }
  }
  const SecretValue input = TRY(InputOf(session, name, options));
  Answer answer(session.out, session.err, sink.get());
  return Send(session, server, name, BodyOf(session, options, input), answer);
}

// The gateway that the command's state is behind; empty: it isn't, or whoever
// looks for the state says what is wrong.
std::string ServerOf(const Session& session, const Command& command) {
  const auto location = FindStateLocation(session, SourceOf(command));
  return location ? location->server : std::string();
}

void AddWay(Command& command, const std::string& name) {
  for (Command& inner : command.subcommands) {
    AddWay(inner, name + "." + inner.name);
  }
  if (FindRemoteCommand(name) == nullptr) return;
  Command here = command;
  command.run = [here = std::move(here), name](Session& session) {
    const std::string server = ServerOf(session, here);
    if (server.empty()) return here.run(session);
    const auto done = RunThere(session, here, name, server);
    if (done) return *done;
    const Value options = ReadOptions(here);
    return ReportError(session, done.error(),
                       options.Find("--json") != nullptr ? OutputFormat::kJson
                                                         : OutputFormat::kText);
  };
}

}  // namespace

Result<Value> ResultThere(const Session& session, const std::string& server,
                          const std::string& name, Value options) {
  options.Set("--json", true);
  std::ostringstream out;
  std::ostringstream err;
  Answer answer(out, err, nullptr);
  const ExitCode ended =
      TRY(Send(session, server, name, BodyOf(session, options, {}), answer));
  auto result = ParseJson(out.str());
  if (ended == ExitCode::kDone && result && result->IsMap()) {
    return *std::move(result);
  }
  return Fail(ErrorCode::kIo, "the gateway at " + server +
                                  " didn't carry out writ " + name + ": " +
                                  (err.str().empty() ? out.str() : err.str()));
}

void AddWayToGateways(std::vector<Command>& commands) {
  for (Command& command : commands) AddWay(command, command.name);
}

}  // namespace writ::reconciler
