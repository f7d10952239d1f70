// A key of a Kubernetes Secret (targets.md, section 9), by server-side apply.
// The field manager is one for each key: what a manager applies is all that it
// owns, so that one for all keys would take out those that it doesn't name.
// Others' fields are never forced.
//
// Restarts are an annotation of the pod template that says for which rotation;
// saying it again restarts nothing.
#include <utility>

#include "reconciler/egress/encoding.h"
#include "reconciler/targets/api_client.h"
#include "reconciler/targets/types.h"
#include "schema/digest.h"

namespace writ::reconciler::targets {
namespace {

constexpr std::size_t kKubernetesMaxValue = std::size_t{512} << 10;
constexpr std::size_t kMaxManager = 128;

// "deployment/checkout"
struct Workload {
  std::string kind;
  std::string name;
};

struct Current {
  bool exists = false;  // the Secret
  bool immutable = false;
  std::string version;
  std::optional<SecretValue> value;
};

class Kubernetes final : public Target {
 public:
  Kubernetes(TargetSetup& setup, ApiClient::Options options,
             std::vector<Workload> workloads)
      : namespace_(TextOf(setup, "namespace")),
        secret_(TextOf(setup, "secret")),
        workloads_(std::move(workloads)),
        api_(setup, std::move(options)) {}

  Capabilities capabilities() const override {
    Capabilities can;
    can.reads_back = true;
    can.compares_version = true;
    can.activates = !workloads_.empty();
    can.reports_health = !workloads_.empty();
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
  std::string SecretPath() const {
    return "/api/v1/namespaces/" + namespace_ + "/secrets/" + secret_;
  }
  std::string WorkloadPath(const Workload& workload) const {
    return "/apis/apps/v1/namespaces/" + namespace_ + "/" + workload.kind +
           "s/" + workload.name;
  }
  TargetResult<Current> Read(const std::string& name);
  // With `value` null, the key is given up, and goes.
  TargetResult<ApiReply> Apply(const std::string& name,
                               const SecretValue* value,
                               const std::string& version);

  std::string namespace_;
  std::string secret_;
  std::vector<Workload> workloads_;
  ApiClient api_;
};

// Keys of a Secret may hold dots and dashes too.
TargetStatus CheckKey(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
  if (plain && !name.empty() && name.size() <= 253 && name != "." &&
      !name.starts_with("..")) {
    return {};
  }
  return FailTarget(FailureClass::kInvalid, ErrorCode::kInvalidArgument,
                    "\"" + Excerpt(name, {}) + "\" is no key of a Secret",
                    "letters, digits, _, - and .");
}

std::string ManagerOf(const std::string& name) {
  std::string manager = "writ-" + name;
  if (manager.size() <= kMaxManager) return manager;
  return "writ-" + Sha256(name).Hex();
}

TargetResult<Current> Kubernetes::Read(const std::string& name) {
  ApiCall call;
  call.path = SecretPath();
  const ApiReply reply = TRY_TARGET(api_.Call(call, {kNotFound}));
  Current current;
  if (reply.status == kNotFound) {
    // A namespace that isn't there answers the same.
    ApiCall space;
    space.path = "/api/v1/namespaces/" + namespace_;
    const ApiReply answer = TRY_TARGET(api_.Call(space, {403}));
    static_cast<void>(answer);
    return current;
  }
  current.exists = true;
  current.immutable = reply.json.IsTrue("immutable");
  current.version = reply.json.Text("metadata.resourceVersion");
  const Value* keys = reply.json.Find("data");
  if (keys == nullptr || keys->Find(name) == nullptr) return current;
  auto bytes = ParseBase64(keys->FindString(name));
  if (bytes) current.value = SecretValue::Take(std::move(*bytes));
  return current;
}

TargetResult<ApiReply> Kubernetes::Apply(const std::string& name,
                                         const SecretValue* value,
                                         const std::string& version) {
  JsonObject metadata;
  metadata.Add("name", secret_).Add("namespace", namespace_);
  if (!version.empty()) metadata.Add("resourceVersion", version);
  JsonObject body;
  body.Add("apiVersion", "v1").Add("kind", "Secret");
  body.AddObject("metadata", std::move(metadata));
  if (value != nullptr) {
    JsonObject keys;
    keys.AddSecret(name, SecretValue::Take(Base64(value->Reveal())));
    body.AddObject("data", std::move(keys));
  }
  ApiCall call;
  call.method = "PATCH";
  call.path = SecretPath() + "?fieldManager=" + PercentEncode(ManagerOf(name));
  call.content_type = "application/apply-patch+yaml";
  call.body = body.Finish();
  call.value = value;
  return api_.Call(call);
}

TargetStatus Kubernetes::Preflight(const std::string& name) {
  TRY_TARGET(CheckKey(name));
  const Current current = TRY_TARGET(Read(name));
  if (current.immutable) {
    return FailTarget(
        FailureClass::kInvalid, ErrorCode::kUnsupported,
        "the Secret " + namespace_ + "/" + secret_ + " is immutable",
        "make one of another name, and point the target at it");
  }
  for (const Workload& workload : workloads_) {
    ApiCall call;
    call.path = WorkloadPath(workload);
    TRY_TARGET(api_.Call(call));
  }
  return {};
}

TargetResult<Observation> Kubernetes::Observe(const std::string& name) {
  TRY_TARGET(CheckKey(name));
  Current current = TRY_TARGET(Read(name));
  Observation seen;
  seen.readable = true;
  seen.version = current.exists ? current.version : "absent";
  seen.present = current.value.has_value();
  if (seen.present) seen.value = std::move(*current.value);
  return seen;
}

TargetResult<Written> Kubernetes::Put(const PutRequest& request) {
  const std::string& name = request.delivery.name;
  TRY_TARGET(CheckKey(name));
  if (request.value.empty() || request.value.size() > kKubernetesMaxValue) {
    return FailTarget(FailureClass::kInvalid, ErrorCode::kLimit,
                      "a Secret's key takes 1 to 524288 bytes");
  }
  const Current current = TRY_TARGET(Read(name));
  if (current.value && SameSecret(*current.value, request.value)) {
    return Written{current.version};
  }
  const std::string& expected = request.expected_version;
  if (!expected.empty() &&
      expected != (current.exists ? current.version : "absent")) {
    return FailTarget(FailureClass::kConflict, ErrorCode::kConflict,
                      "the Secret " + namespace_ + "/" + secret_ +
                          " was written since it was looked at");
  }
  const ApiReply reply =
      TRY_TARGET(Apply(name, &request.value,
                       expected.empty() || !current.exists ? "" : expected));
  return Written{reply.json.Text("metadata.resourceVersion")};
}

TargetStatus Kubernetes::Activate(const Delivery& delivery) {
  JsonObject annotations;
  annotations.Add("writ/rotation", delivery.rotation_id + "-" +
                                       std::to_string(delivery.generation));
  JsonObject body;
  JsonObject metadata;
  metadata.AddObject("annotations", std::move(annotations));
  JsonObject pod;
  pod.AddObject("metadata", std::move(metadata));
  JsonObject spec;
  spec.AddObject("template", std::move(pod));
  body.AddObject("spec", std::move(spec));
  const SecretValue patch = body.Finish();
  for (const Workload& workload : workloads_) {
    ApiCall call;
    call.method = "PATCH";
    call.path = WorkloadPath(workload);
    call.content_type = "application/merge-patch+json";
    call.body = patch.Clone();
    TRY_TARGET(api_.Call(call));
  }
  return {};
}

bool HasFailed(const SecretJson& workload) {
  const Value* conditions = workload.Find("status.conditions");
  if (conditions == nullptr || !conditions->IsList()) return false;
  for (const Value& condition : conditions->AsList()) {
    if (condition.FindString("type") == "Progressing" &&
        condition.FindString("status") == "False") {
      return true;
    }
  }
  return false;
}

bool HasRolledOut(const SecretJson& workload, const std::string& kind) {
  const auto count = [&](const char* path) {
    return workload.Integer(path).value_or(0);
  };
  if (count("status.observedGeneration") < count("metadata.generation")) {
    return false;
  }
  if (kind == "daemonset") {
    const std::int64_t wanted = count("status.desiredNumberScheduled");
    return count("status.updatedNumberScheduled") == wanted &&
           count("status.numberAvailable") == wanted;
  }
  const std::int64_t wanted = workload.Integer("spec.replicas").value_or(1);
  // Pods of the old template that still run would be among the replicas.
  return count("status.updatedReplicas") == wanted &&
         count("status.availableReplicas") == wanted &&
         count("status.replicas") == wanted;
}

TargetResult<Health> Kubernetes::CheckHealth(const Delivery&) {
  Health health = Health::kHealthy;
  for (const Workload& workload : workloads_) {
    ApiCall call;
    call.path = WorkloadPath(workload);
    const ApiReply reply = TRY_TARGET(api_.Call(call));
    if (HasFailed(reply.json)) {
      return FailTarget(
          FailureClass::kInvalid, ErrorCode::kUnsupported,
          "the rollout of " + workload.kind + "/" + workload.name + " in " +
              namespace_ + " has stopped",
          "kubectl rollout status " + workload.kind + "/" + workload.name);
    }
    if (!HasRolledOut(reply.json, workload.kind)) health = Health::kPending;
  }
  return health;
}

TargetStatus Kubernetes::Remove(const std::string& name) {
  TRY_TARGET(CheckKey(name));
  const Current current = TRY_TARGET(Read(name));
  if (!current.value) return {};
  TRY_TARGET(Apply(name, nullptr, current.version));
  return {};
}

std::vector<Workload> WorkloadsOf(const TargetSetup& setup) {
  std::vector<Workload> workloads;
  const Value* list = BlockOf(setup).Find("restart");
  if (list == nullptr || !list->IsList()) return workloads;
  for (const Value& item : list->AsList()) {
    if (!item.IsString()) continue;
    const std::string& text = item.AsString();
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos) continue;
    workloads.push_back(
        {text.substr(0, slash), PercentEncode(text.substr(slash + 1))});
  }
  return workloads;
}

}  // namespace

Made MakeKubernetes(TargetSetup& setup) {
  ApiClient::Options options;
  options.base_url = TextOf(setup, "server");
  TRY(setup.host.MaySendTo("kubernetes", options.base_url));
  while (options.base_url.ends_with('/')) options.base_url.pop_back();
  options.name = "Kubernetes";
  options.headers.push_back(Bearer(setup));
  options.headers.push_back({"Accept", SecretValue::Copy("application/json")});
  std::vector<Workload> workloads = WorkloadsOf(setup);
  return std::make_unique<Kubernetes>(setup, std::move(options),
                                      std::move(workloads));
}

}  // namespace writ::reconciler::targets
