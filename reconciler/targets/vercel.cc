// An environment variable of a Vercel project (targets.md, section 3). One
// record may cover several targets, and writing it changes it for all of them:
// records that lie within what the manifest names are written, what none of
// them covers gets a new one, and a record that covers more is refused.
//
// Deployments keep what they were made with, so activating makes a new
// production deployment of the latest one; it carries the rotation's name, so
// that a retry finds it.
#include <algorithm>
#include <utility>

#include "reconciler/egress/encoding.h"
#include "reconciler/targets/api_client.h"
#include "reconciler/targets/types.h"

namespace writ::reconciler::targets {
namespace {

constexpr std::size_t kVercelMaxValue = std::size_t{64} << 10;
constexpr char kProduction[] = "production";

using Names = std::vector<std::string>;

struct Record {
  std::string id;
  std::string type;
  Names targets;
  std::string version;
};

// Of a variable's records, those that matter here.
struct Records {
  std::vector<Record> within;
  Names uncovered;
};

bool IsSensitive(const TargetSetup& setup) {
  const Value* flag = BlockOf(setup).Find("sensitive");
  return flag != nullptr && *flag == Value(true);
}

class Vercel final : public Target {
 public:
  Vercel(TargetSetup& setup, ApiClient::Options options, Names targets)
      : project_(PercentEncode(TextOf(setup, "project"))),
        team_(TextOf(setup, "team")),
        targets_(std::move(targets)),
        sensitive_(IsSensitive(setup)),
        api_(setup, std::move(options)) {}

  Capabilities capabilities() const override {
    Capabilities can;
    can.reads_back = !sensitive_;
    can.activates = IsProduction();
    can.reports_health = IsProduction();
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
  struct Deployment {
    std::string id;
    std::string name;
    std::string state;
    std::string made_for;
  };
  bool IsProduction() const {
    return std::find(targets_.begin(), targets_.end(), kProduction) !=
           targets_.end();
  }
  std::string WithTeam(const std::string& path) const;
  TargetResult<Records> Read(const std::string& name);
  TargetStatus Update(const Record& record, const SecretValue& value);
  TargetStatus Create(const std::string& name, const Names& targets,
                      const SecretValue& value);
  TargetResult<std::optional<Deployment>> Latest();

  std::string project_;
  std::string team_;
  Names targets_;
  bool sensitive_;
  ApiClient api_;
};

std::string ListJson(const Names& names) {
  Value::List list(names.begin(), names.end());
  return CompactJson(Value(std::move(list)));
}

std::string Vercel::WithTeam(const std::string& path) const {
  if (team_.empty()) return path;
  const char* name = team_.starts_with("team_") ? "teamId=" : "slug=";
  return path + (path.find('?') == std::string::npos ? "?" : "&") + name +
         PercentEncode(team_);
}

Names TargetsOf(const Value& record) {
  Names names;
  const Value* targets = record.Find("target");
  if (targets == nullptr) return names;
  if (targets->IsString()) return {targets->AsString()};
  if (!targets->IsList()) return names;
  for (const Value& target : targets->AsList()) {
    if (target.IsString()) names.push_back(target.AsString());
  }
  return names;
}

TargetResult<Records> Vercel::Read(const std::string& name) {
  ApiCall call;
  call.path = WithTeam("/v9/projects/" + project_ + "/env");
  const ApiReply reply = TRY_TARGET(api_.Call(call));
  const Value* list = reply.json.Find("envs");
  Records records;
  records.uncovered = targets_;
  if (list == nullptr || !list->IsList()) return records;
  for (const Value& item : list->AsList()) {
    // One for a branch stands beside the one for all.
    if (item.FindString("key") != name || !item.FindString("gitBranch").empty())
      continue;
    Record record{std::string(item.FindString("id")),
                  std::string(item.FindString("type")), TargetsOf(item), ""};
    const Value* updated = item.Find("updatedAt");
    if (updated != nullptr) record.version = CompactJson(*updated);
    const auto wanted = [&](const std::string& target) {
      return std::find(targets_.begin(), targets_.end(), target) !=
             targets_.end();
    };
    const auto inside =
        std::count_if(record.targets.begin(), record.targets.end(), wanted);
    if (inside == 0) continue;
    if (static_cast<std::size_t>(inside) < record.targets.size()) {
      return FailTarget(FailureClass::kInvalid, ErrorCode::kConflict,
                        name + " at Vercel is one record for " +
                            ListJson(record.targets) +
                            ", more than the target names",
                        "name them all in vercel.targets, or divide the "
                        "record");
    }
    for (const std::string& target : record.targets) {
      std::erase(records.uncovered, target);
    }
    records.within.push_back(std::move(record));
  }
  return records;
}

TargetStatus Vercel::Update(const Record& record, const SecretValue& value) {
  JsonObject body;
  body.AddSecret("value", value).AddJson("target", ListJson(record.targets));
  const bool sensitive = sensitive_ || record.type == "sensitive";
  body.Add("type", sensitive ? "sensitive" : "encrypted");
  ApiCall call;
  call.method = "PATCH";
  call.path =
      WithTeam("/v9/projects/" + project_ + "/env/" + PercentEncode(record.id));
  call.body = body.Finish();
  call.value = &value;
  TRY_TARGET(api_.Call(call));
  return {};
}

TargetStatus Vercel::Create(const std::string& name, const Names& targets,
                            const SecretValue& value) {
  ApiCall call;
  call.method = "POST";
  call.path = WithTeam("/v10/projects/" + project_ + "/env");
  call.body = JsonObject()
                  .Add("key", name)
                  .AddSecret("value", value)
                  .Add("type", sensitive_ ? "sensitive" : "encrypted")
                  .AddJson("target", ListJson(targets))
                  .Finish();
  call.value = &value;
  const ApiReply reply = TRY_TARGET(api_.Call(call));
  // A 201 may hold failures all the same.
  const Value* failed = reply.json.Find("failed");
  const bool all_made =
      failed == nullptr || !failed->IsList() || failed->AsList().empty();
  if (all_made) return {};
  return FailTarget(FailureClass::kInvalid, ErrorCode::kUnsupported,
                    api_.Said(reply, &value));
}

TargetStatus Vercel::Preflight(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  TRY_TARGET(Read(name));
  return {};
}

TargetResult<Observation> Vercel::Observe(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  const Records records = TRY_TARGET(Read(name));
  Observation seen;
  seen.readable = !sensitive_;
  // There only where it's there for all of the targets.
  seen.present = !records.within.empty() && records.uncovered.empty();
  std::optional<SecretValue> same;
  for (const Record& record : records.within) {
    seen.version += (seen.version.empty() ? "" : ",") + record.version;
    if (record.type == "sensitive") seen.readable = false;
    if (!seen.present || !seen.readable) continue;
    ApiCall call;
    call.path = WithTeam("/v1/projects/" + project_ + "/env/" +
                         PercentEncode(record.id));
    const ApiReply reply = TRY_TARGET(api_.Call(call));
    SecretValue value = SecretValue::Take(reply.json.Text("value"));
    if (same && !SameSecret(*same, value)) {
      // Two values under one name are none that could be compared.
      value = SecretValue();
    }
    same = std::move(value);
  }
  if (seen.present && seen.readable && same) seen.value = std::move(*same);
  return seen;
}

TargetResult<Written> Vercel::Put(const PutRequest& request) {
  const std::string& name = request.delivery.name;
  TRY_TARGET(CheckVariableName(name));
  TRY_TARGET(CheckText(request.value, kVercelMaxValue));
  const Records records = TRY_TARGET(Read(name));
  for (const Record& record : records.within) {
    TRY_TARGET(Update(record, request.value));
  }
  if (!records.uncovered.empty()) {
    TRY_TARGET(Create(name, records.uncovered, request.value));
  }
  return Written{};
}

TargetResult<std::optional<Vercel::Deployment>> Vercel::Latest() {
  ApiCall call;
  call.path = WithTeam("/v6/deployments?projectId=" + project_ +
                       "&target=production&limit=1");
  const ApiReply reply = TRY_TARGET(api_.Call(call));
  const Value* list = reply.json.Find("deployments");
  std::optional<Deployment> latest;
  if (list == nullptr || !list->IsList() || list->AsList().empty()) {
    return latest;
  }
  const Value& first = list->AsList()[0];
  const Value* meta = first.Find("meta");
  latest = Deployment{
      std::string(first.FindString("uid")),
      std::string(first.FindString("name")),
      std::string(first.FindString("state")),
      std::string(meta == nullptr ? "" : meta->FindString("writRotation"))};
  return latest;
}

std::string MarkOf(const Delivery& delivery) {
  return delivery.rotation_id + "-" + std::to_string(delivery.generation) +
         "-" + delivery.name;
}

TargetStatus Vercel::Activate(const Delivery& delivery) {
  if (!IsProduction()) return {};
  const auto latest = TRY_TARGET(Latest());
  // Nothing runs that would have to see it.
  if (!latest || latest->made_for == MarkOf(delivery)) return {};
  JsonObject meta;
  meta.Add("writRotation", MarkOf(delivery));
  ApiCall call;
  call.method = "POST";
  call.path = WithTeam("/v13/deployments?forceNew=1");
  call.body = JsonObject()
                  .Add("name", latest->name)
                  .Add("deploymentId", latest->id)
                  .Add("target", kProduction)
                  .AddObject("meta", std::move(meta))
                  .Finish();
  TRY_TARGET(api_.Call(call));
  return {};
}

TargetResult<Health> Vercel::CheckHealth(const Delivery&) {
  if (!IsProduction()) return Health::kHealthy;
  const auto latest = TRY_TARGET(Latest());
  if (!latest || latest->state == "READY") return Health::kHealthy;
  if (latest->state == "ERROR" || latest->state == "CANCELED") {
    return FailTarget(FailureClass::kInvalid, ErrorCode::kUnsupported,
                      "the deployment at Vercel ended as " + latest->state);
  }
  return Health::kPending;
}

TargetStatus Vercel::Remove(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  const Records records = TRY_TARGET(Read(name));
  for (const Record& record : records.within) {
    ApiCall call;
    call.method = "DELETE";
    call.path = WithTeam("/v9/projects/" + project_ + "/env/" +
                         PercentEncode(record.id));
    TRY_TARGET(api_.Call(call, {kNotFound}));
  }
  return {};
}

}  // namespace

Made MakeVercel(TargetSetup& setup) {
  ApiClient::Options options;
  options.base_url = BaseUrlOf(setup, "https://api.vercel.com");
  options.name = "Vercel";
  options.headers.push_back(Bearer(setup));
  Names targets;
  const Value* list = BlockOf(setup).Find("targets");
  if (list != nullptr && list->IsList()) {
    for (const Value& target : list->AsList()) {
      if (target.IsString()) targets.push_back(target.AsString());
    }
  }
  if (targets.empty()) targets.emplace_back(kProduction);
  return std::make_unique<Vercel>(setup, std::move(options),
                                  std::move(targets));
}

}  // namespace writ::reconciler::targets
