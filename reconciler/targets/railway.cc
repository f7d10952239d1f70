// A variable of Railway, over GraphQL (targets.md, section 4). An answer of 200
// with errors is a failure; one that is no JSON is the block page of what
// stands before the API. Without a service the variable is shared, and Railway
// itself deploys what uses it.
#include <utility>

#include "reconciler/egress/encoding.h"
#include "reconciler/targets/api_client.h"
#include "reconciler/targets/types.h"

namespace writ::reconciler::targets {
namespace {

constexpr std::size_t kRailwayMaxValue = std::size_t{32} << 10;

constexpr char kRead[] =
    "query($p:String!,$e:String!,$s:String){"
    "variables(projectId:$p,environmentId:$e,serviceId:$s,unrendered:true)}";
constexpr char kUpsert[] =
    "mutation($input:VariableUpsertInput!){variableUpsert(input:$input)}";
constexpr char kDelete[] =
    "mutation($input:VariableDeleteInput!){variableDelete(input:$input)}";
constexpr char kDeploy[] =
    "mutation($s:String!,$e:String!){"
    "serviceInstanceDeployV2(serviceId:$s,environmentId:$e)}";
constexpr char kDeployments[] =
    "query($input:DeploymentListInput!){deployments(input:$input,first:1){"
    "edges{node{id status}}}}";

class Railway final : public Target {
 public:
  Railway(TargetSetup& setup, ApiClient::Options options)
      : project_(TextOf(setup, "project")),
        environment_(TextOf(setup, "environment")),
        service_(TextOf(setup, "service")),
        api_(setup, std::move(options)) {}

  Capabilities capabilities() const override {
    Capabilities can;
    can.reads_back = true;
    can.activates = !service_.empty();
    can.reports_health = !service_.empty();
    can.removes = true;
    return can;
  }
  TargetStatus Preflight(const std::string& name) override;
  TargetResult<Observation> Observe(const std::string& name) override;
  TargetResult<Written> Put(const PutRequest& request) override;
  TargetStatus Activate(const Delivery& delivery) override;
  TargetResult<Health> CheckHealth(const Delivery& delivery) override;
  TargetStatus Remove(const std::string& name) override;
  TargetResult<Written> Restore(const Delivery&, const std::string&) override {
    return CannotRestore();
  }

 private:
  TargetResult<ApiReply> Ask(const char* query, JsonObject variables,
                             const SecretValue* value = nullptr);
  TargetResult<ApiReply> Send(const SecretValue& body, bool reads,
                              const SecretValue* value);
  // The ids that say where, under their long names.
  JsonObject Place() const;

  std::string project_;
  std::string environment_;
  std::string service_;
  // Tokens of accounts and of projects look alike and go in different headers;
  // which it is shows by what is refused.
  bool project_token_ = false;
  ApiClient api_;
};

JsonObject Railway::Place() const {
  JsonObject place;
  place.Add("projectId", project_).Add("environmentId", environment_);
  if (!service_.empty()) place.Add("serviceId", service_);
  return place;
}

bool IsRefusal(const SecretJson& json) {
  const Value* errors = json.Find("errors");
  if (errors == nullptr || !errors->IsList()) return false;
  for (const Value& error : errors->AsList()) {
    if (error.FindString("message") == "Not Authorized") return true;
  }
  return false;
}

TargetResult<ApiReply> Railway::Send(const SecretValue& body, bool reads,
                                     const SecretValue* value) {
  ApiCall call;
  call.method = "POST";
  call.body = body.Clone();
  call.value = value;
  call.reads = reads;
  const SecretValue& token = api_.Secret("token");
  if (project_token_) {
    call.headers.push_back({"Project-Access-Token", token.Clone()});
  } else {
    SecretBuilder line;
    line.Append("Bearer ").Append(token);
    call.headers.push_back({"Authorization", line.Finish()});
  }
  return api_.Call(call);
}

TargetResult<ApiReply> Railway::Ask(const char* query, JsonObject variables,
                                    const SecretValue* value) {
  const bool reads = std::string_view(query).starts_with("query");
  const SecretValue body = JsonObject()
                               .Add("query", query)
                               .AddObject("variables", std::move(variables))
                               .Finish();
  ApiReply reply = TRY_TARGET(Send(body, reads, value));
  if (!project_token_ && IsRefusal(reply.json)) {
    project_token_ = true;
    reply = TRY_TARGET(Send(body, reads, value));
  }
  const Value* errors = reply.json.Find("errors");
  if (errors == nullptr) return reply;
  const std::string said = api_.Said(reply, value);
  FailureClass failure_class = FailureClass::kInvalid;
  if (IsRefusal(reply.json)) {
    failure_class = FailureClass::kAuth;
  } else if (said.find("not found") != std::string::npos) {
    failure_class = FailureClass::kGone;
  }
  return FailTarget(failure_class, ErrorCode::kUnsupported, said);
}

TargetStatus Railway::Preflight(const std::string& name) {
  TRY_TARGET(Observe(name));
  return {};
}

TargetResult<Observation> Railway::Observe(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  JsonObject variables;
  variables.Add("p", project_).Add("e", environment_);
  if (!service_.empty()) variables.Add("s", service_);
  const ApiReply reply = TRY_TARGET(Ask(kRead, std::move(variables)));
  const Value* all = reply.json.Find("data.variables");
  const Value* held = all == nullptr ? nullptr : all->Find(name);
  Observation seen;
  seen.present = held != nullptr;
  // A sealed one is null.
  seen.readable = held == nullptr || held->IsString();
  if (seen.present && seen.readable) {
    seen.value = SecretValue::Copy(held->AsString());
  }
  return seen;
}

TargetResult<Written> Railway::Put(const PutRequest& request) {
  TRY_TARGET(CheckVariableName(request.delivery.name));
  TRY_TARGET(CheckText(request.value, kRailwayMaxValue));
  if (request.value.Reveal().find("${{") != std::string_view::npos) {
    return FailTarget(FailureClass::kInvalid, ErrorCode::kInvalidArgument,
                      "the value holds ${{, which Railway takes for a "
                      "reference");
  }
  JsonObject input = Place();
  input.Add("name", request.delivery.name);
  input.AddSecret("value", request.value);
  // Deployed once, when it's activated, and not at each write.
  input.AddFlag("skipDeploys", !service_.empty());
  JsonObject variables;
  variables.AddObject("input", std::move(input));
  TRY_TARGET(Ask(kUpsert, std::move(variables), &request.value));
  return Written{};
}

TargetStatus Railway::Activate(const Delivery&) {
  if (service_.empty()) return {};
  JsonObject variables;
  variables.Add("s", service_).Add("e", environment_);
  TRY_TARGET(Ask(kDeploy, std::move(variables)));
  return {};
}

TargetResult<Health> Railway::CheckHealth(const Delivery&) {
  if (service_.empty()) return Health::kHealthy;
  JsonObject variables;
  variables.AddObject("input", Place());
  const ApiReply reply = TRY_TARGET(Ask(kDeployments, std::move(variables)));
  const Value* edges = reply.json.Find("data.deployments.edges");
  if (edges == nullptr || !edges->IsList() || edges->AsList().empty()) {
    return Health::kPending;
  }
  const Value* node = edges->AsList()[0].Find("node");
  const std::string status(node == nullptr ? "" : node->FindString("status"));
  if (status == "SUCCESS" || status == "SLEEPING") return Health::kHealthy;
  if (status == "FAILED" || status == "CRASHED" || status == "REMOVED") {
    return FailTarget(FailureClass::kInvalid, ErrorCode::kUnsupported,
                      "the deployment at Railway ended as " + status);
  }
  return Health::kPending;
}

TargetStatus Railway::Remove(const std::string& name) {
  const Observation seen = TRY_TARGET(Observe(name));
  if (!seen.present) return {};
  JsonObject input = Place();
  input.Add("name", name);
  JsonObject variables;
  variables.AddObject("input", std::move(input));
  TRY_TARGET(Ask(kDelete, std::move(variables)));
  return {};
}

}  // namespace

Made MakeRailway(TargetSetup& setup) {
  ApiClient::Options options;
  options.base_url =
      BaseUrlOf(setup, "https://backboard.railway.com/graphql/v2");
  options.name = "Railway";
  return std::make_unique<Railway>(setup, std::move(options));
}

}  // namespace writ::reconciler::targets
