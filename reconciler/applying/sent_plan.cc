#include "reconciler/applying/sent_plan.h"

#include <utility>

#include "reconciler/egress/encoding.h"
#include "schema/json.h"
#include "schema/time.h"
#include "schema/utf8.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

using manifests::SourceEntry;

constexpr std::string_view kRepositoryFile = "writ.yaml";

tl::unexpected<Error> Malformed(const std::string& what) {
  return Fail(ErrorCode::kInvalidArgument,
              "that is no request for a plan: " + what);
}

Value TextsToValue(const std::vector<std::string>& texts) {
  Value::List list;
  for (const std::string& text : texts) list.emplace_back(text);
  return list;
}

Value AddressesToValue(const std::vector<ResourceId>& ids) {
  Value::List list;
  for (const ResourceId& id : ids) list.emplace_back(id.address());
  return list;
}

std::string_view ModeName(engine::PlanMode mode) {
  switch (mode) {
    case engine::PlanMode::kNormal:
      return "normal";
    case engine::PlanMode::kDestroy:
      return "destroy";
    case engine::PlanMode::kRefreshOnly:
      return "refresh-only";
  }
  return "";
}

Value FilesToValue(const std::map<std::string, std::string>& files) {
  Value::List list;
  for (const auto& [path, bytes] : files) {
    Value file;
    file.Set("path", path);
    if (IsValidUtf8(bytes)) {
      file.Set("text", bytes);
    } else {
      file.Set("base64", Base64(bytes));
    }
    list.push_back(std::move(file));
  }
  return list;
}

Value CommitToValue(const Commit& commit) {
  Value value;
  const auto set = [&](const char* key, const std::string& text) {
    if (!text.empty() && IsValidUtf8(text)) value.Set(key, text);
  };
  set("id", commit.id);
  set("subject", commit.subject);
  set("author_name", commit.author_name);
  set("author_email", commit.author_email);
  set("ref", commit.ref);
  if (commit.authored_at) {
    value.Set("authored_at", FormatTimestamp(*commit.authored_at));
  }
  value.Set("dirty", commit.dirty);
  return value;
}

Value AllowToValue(const engine::Allowances& allow) {
  Value value;
  value.Set("deletes", allow.deletes);
  value.Set("updates", allow.updates);
  value.Set("empty", allow.empty);
  value.Set("protected", TextsToValue(allow.protected_addresses));
  value.Set("data_loss", TextsToValue(allow.data_loss_addresses));
  return value;
}

// Reads members of one JSON object. The first mistake is kept.
class Members {
 public:
  explicit Members(const Value& value) : value_(value) {}

  std::string Text(std::string_view key) {
    const Value* found = value_.Find(key);
    if (found == nullptr || found->IsNull()) return {};
    if (found->IsString()) return found->AsString();
    Note(key);
    return {};
  }
  bool Flag(std::string_view key) {
    const Value* found = value_.Find(key);
    if (found == nullptr) return false;
    if (found->IsBoolean()) return found->AsBoolean();
    Note(key);
    return false;
  }
  std::int64_t Number(std::string_view key) {
    const Value* found = value_.Find(key);
    if (found == nullptr) return 0;
    if (found->IsInteger() && found->AsInteger() >= 0) {
      return found->AsInteger();
    }
    Note(key);
    return 0;
  }
  std::vector<std::string> Texts(std::string_view key) {
    std::vector<std::string> texts;
    for (const Value& item : List(key)) {
      if (!item.IsString()) Note(key);
      if (item.IsString()) texts.push_back(item.AsString());
    }
    return texts;
  }
  std::vector<ResourceId> Addresses(std::string_view key) {
    std::vector<ResourceId> ids;
    for (const std::string& text : Texts(key)) {
      auto id = ResourceId::Parse(text);
      if (!id) Note(key);
      if (id) ids.push_back(*std::move(id));
    }
    return ids;
  }
  std::optional<Timestamp> Time(std::string_view key) {
    const std::string text = Text(key);
    if (text.empty()) return std::nullopt;
    const auto at = ParseTimestamp(text);
    if (!at) Note(key);
    return at;
  }
  const Value::List& List(std::string_view key) {
    static const Value::List kNone;
    const Value* found = value_.Find(key);
    if (found == nullptr) return kNone;
    if (found->IsList()) return found->AsList();
    Note(key);
    return kNone;
  }
  // An empty one where there is none.
  const Value& Map(std::string_view key) {
    static const Value kNone{Value::Map{}};
    const Value* found = value_.Find(key);
    if (found == nullptr) return kNone;
    if (found->IsMap()) return *found;
    Note(key);
    return kNone;
  }
  void Note(std::string_view key) {
    if (mistake_.empty()) mistake_ = key;
  }
  Status status() const {
    if (mistake_.empty()) return {};
    return Malformed("\"" + mistake_ + "\" isn't what it should be");
  }

 private:
  const Value& value_;
  std::string mistake_;
};

Status ReadFiles(Members& members, SentPlan& plan) {
  for (const Value& item : members.List("files")) {
    Members file(item);
    const std::string path = file.Text("path");
    std::string bytes = file.Text("text");
    const std::string encoded = file.Text("base64");
    if (!encoded.empty()) {
      const auto decoded = ParseBase64(encoded);
      if (!decoded) return Malformed("a file isn't encoded properly");
      bytes = *decoded;
    }
    TRY(file.status());
    if (path.empty()) return Malformed("a file has no path");
    if (!plan.files.emplace(path, std::move(bytes)).second) {
      return Malformed("a file is there twice");
    }
  }
  plan.folders = members.Texts("folders");
  return members.status();
}

Status ReadCommit(Members& members, Commit& commit) {
  Members said(members.Map("commit"));
  commit.id = said.Text("id");
  commit.subject = said.Text("subject");
  commit.author_name = said.Text("author_name");
  commit.author_email = said.Text("author_email");
  commit.ref = said.Text("ref");
  commit.authored_at = said.Time("authored_at");
  commit.dirty = said.Flag("dirty");
  return said.status();
}

Status ReadAllow(Members& members, engine::Allowances& allow) {
  Members said(members.Map("allow"));
  allow.deletes = said.Number("deletes");
  allow.updates = said.Number("updates");
  allow.empty = said.Flag("empty");
  allow.protected_addresses = said.Texts("protected");
  allow.data_loss_addresses = said.Texts("data_loss");
  return said.status();
}

Status ReadOptions(Members& members, PlanRequest& request) {
  request.environment = members.Text("environment");
  request.source.working_tree = members.Flag("working_tree");
  const std::string mode = members.Text("mode");
  if (mode == "destroy") request.plan.mode = engine::PlanMode::kDestroy;
  if (mode == "refresh-only") {
    request.plan.mode = engine::PlanMode::kRefreshOnly;
  }
  if (!mode.empty() && ModeName(request.plan.mode) != mode) {
    members.Note("mode");
  }
  request.plan.targets = members.Addresses("targets");
  request.plan.excludes = members.Addresses("excludes");
  request.now = members.Time("now");
  request.trust.allow_rewind = members.Flag("allow_rewind");
  request.overridden = members.Texts("override");
  request.reason = members.Text("reason");
  request.allowances = members.Texts("flags");
  for (const Value::Entry& entry : members.Map("variables").AsMap()) {
    if (!entry.value.IsString()) members.Note("variables");
    if (!entry.value.IsString()) continue;
    request.load.variables.emplace_back(entry.key, entry.value.AsString());
  }
  TRY(ReadAllow(members, request.plan.allow));
  return members.status();
}

Status AddFile(manifests::SourceReader& reader, const SourceEntry& entry,
               SentPlan& plan) {
  plan.files[entry.path] = TRY(reader.Read(entry));
  return {};
}

}  // namespace

Result<SentPlan> CollectPlan(PlanRun& run, const PlanRequest& request) {
  SentPlan plan;
  plan.digest = run.planned.plan.digest;
  plan.commit = run.source->commit();
  plan.commit.tree_id.clear();
  plan.request = request;
  plan.request.environment = run.environment;
  Diagnostics told;  // when the run was planned
  const auto reader = TRY(run.source->NewReader());
  for (const SourceEntry& entry : TRY(run.source->List(told))) {
    TRY(AddFile(*reader, entry, plan));
  }
  const auto repository = TRY(run.source->Find(std::string(kRepositoryFile)));
  if (repository) TRY(AddFile(*reader, *repository, plan));
  for (const std::string& folder : run.planned.desired.environment.overlays) {
    if (TRY(run.source->HasFolder(folder))) plan.folders.push_back(folder);
  }
  return plan;
}

std::string PrintSentPlan(const SentPlan& plan) {
  const PlanRequest& request = plan.request;
  Value value;
  value.Set("environment", request.environment);
  if (plan.digest) value.Set("digest", plan.digest->Hex());
  value.Set("commit", CommitToValue(plan.commit));
  value.Set("working_tree", request.source.working_tree);
  value.Set("mode", ModeName(request.plan.mode));
  value.Set("targets", AddressesToValue(request.plan.targets));
  value.Set("excludes", AddressesToValue(request.plan.excludes));
  value.Set("allow", AllowToValue(request.plan.allow));
  value.Set("allow_rewind", request.trust.allow_rewind);
  value.Set("override", TextsToValue(request.overridden));
  if (!request.reason.empty()) value.Set("reason", request.reason);
  value.Set("flags", TextsToValue(request.allowances));
  if (request.now) value.Set("now", FormatTimestamp(*request.now));
  Value variables{Value::Map{}};
  for (const auto& [name, text] : request.load.variables) {
    variables.Set(name, text);
  }
  value.Set("variables", std::move(variables));
  value.Set("folders", TextsToValue(plan.folders));
  value.Set("files", FilesToValue(plan.files));
  return CanonicalJson(value);
}

Result<SentPlan> ParseSentPlan(std::string_view text) {
  const auto value = ParseJson(text);
  if (!value || !value->IsMap()) return Malformed("it is no JSON object");
  SentPlan plan;
  Members members(*value);
  const std::string digest = members.Text("digest");
  if (!digest.empty()) {
    plan.digest = ParseDigestHex(digest);
    if (!plan.digest) members.Note("digest");
  }
  TRY(ReadCommit(members, plan.commit));
  TRY(ReadOptions(members, plan.request));
  TRY(ReadFiles(members, plan));
  return plan;
}

}  // namespace writ::reconciler
