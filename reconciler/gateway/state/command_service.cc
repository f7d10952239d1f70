#include "reconciler/gateway/state/command_service.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "reconciler/applying/apply_events.h"
#include "reconciler/gateway/problem.h"
#include "reconciler/gateway/state/state_handler.h"
#include "schema/json.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::int64_t kNarrowest = 20;
constexpr std::int64_t kWidest = 1000;

std::string TextLine(const char* event, std::string_view text) {
  Value value;
  value.Set("event", event);
  value.Set("text", text);
  return CanonicalJson(value) + "\n";
}

std::string EndLine(ExitCode exit_code) {
  Value value;
  value.Set("event", "end");
  value.Set("exit_code", static_cast<int>(exit_code));
  return CanonicalJson(value) + "\n";
}

Result<CommandCall> ReadCall(const HttpRequest& request,
                             const Principal& caller) {
  CommandCall call;
  call.name = request.Param("command");
  call.rights = caller.rights;
  call.actor = caller.token.address() + " (" + caller.credential + ")";
  auto body = ParseJson(request.body);
  if (!body || !body->IsMap()) {
    return Fail(ErrorCode::kInvalidArgument, "the body is no JSON object");
  }
  Value* arguments = body->Find("arguments");
  if (arguments == nullptr || !arguments->IsMap()) {
    return Fail(ErrorCode::kInvalidArgument, "arguments is an object");
  }
  call.arguments = std::move(*arguments);
  if (Value* input = body->Find("input"); input && input->IsString()) {
    call.input = SecretValue::Take(std::move(input->MutableString()));
  }
  if (const Value* width = body->Find("width"); width && width->IsInteger()) {
    call.width =
        static_cast<int>(std::clamp(width->AsInteger(), kNarrowest, kWidest));
  }
  const Value* color = body->Find("color");
  call.color = color != nullptr && color->IsBoolean() && color->AsBoolean();
  return call;
}

}  // namespace

void CommandService::Run(const HttpRequest& request, const Principal& caller,
                         const Respond& respond) const {
  if (commands_ == nullptr || !commands_->Has(request.Param("command"))) {
    return respond(Problem(404, Name(ErrorCode::kNotFound),
                           "this gateway carries out no such command",
                           request));
  }
  const auto call = ReadCall(request, caller);
  if (!call) return respond(ProblemOf(call.error(), request));
  const Status may = commands_->MayRun(*call);
  if (!may) return respond(ExplainedProblem(may.error(), request));
  const auto stream = std::make_shared<BodyStream>();
  HttpResponse response;
  response.content_type = "application/x-ndjson";
  response.stream = stream;
  respond(std::move(response));
  CommandOutput output;
  output.out = [&](std::string_view text) {
    stream->Write(TextLine("out", text));
  };
  output.err = [&](std::string_view text) {
    stream->Write(TextLine("err", text));
  };
  output.token = [&](const ResourceId& token, const SecretValue& value) {
    return stream->Write(TokenLine(token, value).Reveal());
  };
  stream->Write(EndLine(commands_->Run(*call, output)));
  stream->End();
}

}  // namespace writ::reconciler::gateway
