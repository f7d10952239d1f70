#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <utility>

#include "engine/plan/render_json.h"
#include "schema/json.h"
#include "schema/time.h"
#include "schema/value.h"

namespace writ::engine {
namespace {

// Reads members and remembers the first that isn't what it should be, so that
// a plan is either read whole or not at all.
class Reader {
 public:
  Status status() const {
    if (wrong_.empty()) return {};
    return Fail(ErrorCode::kCorrupt, "this is no plan: " + wrong_);
  }

  const Value& Object(const Value& from, std::string_view key) {
    static const Value empty(Value::Map{});
    const Value* value = from.Find(key);
    if (value != nullptr && value->IsMap()) return *value;
    if (value != nullptr) Wrong(key);
    return empty;
  }
  const Value& Required(const Value& from, std::string_view key) {
    if (from.Find(key) == nullptr) Wrong(key);
    return Object(from, key);
  }
  const Value::List& List(const Value& from, std::string_view key) {
    static const Value::List empty;
    const Value* value = from.Find(key);
    if (value == nullptr) return empty;
    if (value->IsList()) return value->AsList();
    Wrong(key);
    return empty;
  }
  std::string Text(const Value& from, std::string_view key) {
    const Value* value = from.Find(key);
    if (value == nullptr) return {};
    if (!value->IsString()) return Wrong(key), std::string();
    return value->AsString();
  }
  bool Bool(const Value& from, std::string_view key) {
    const Value* value = from.Find(key);
    if (value == nullptr) return false;
    if (!value->IsBoolean()) return Wrong(key), false;
    return value->AsBoolean();
  }
  std::int64_t Number(const Value& from, std::string_view key) {
    const Value* value = from.Find(key);
    if (value == nullptr) return 0;
    if (!value->IsInteger()) return Wrong(key), 0;
    return value->AsInteger();
  }
  std::uint32_t Position(const Value& from, std::string_view key) {
    const std::int64_t number = Number(from, key);
    if (number < 0 || number > std::numeric_limits<std::uint32_t>::max()) {
      return Wrong(key), 0;
    }
    return static_cast<std::uint32_t>(number);
  }
  std::optional<Timestamp> Time(const Value& from, std::string_view key) {
    if (from.Find(key) == nullptr) return std::nullopt;
    auto at = ParseTimestamp(Text(from, key));
    if (!at) Wrong(key);
    return at;
  }
  Digest HexDigest(const Value& from, std::string_view key) {
    if (from.Find(key) == nullptr) return {};
    const auto digest = ParseDigestHex(Text(from, key));
    if (!digest) Wrong(key);
    return digest.value_or(Digest());
  }
  ResourceId Address(const Value& from, std::string_view key) {
    return Parsed(Text(from, key), key);
  }
  std::optional<ResourceId> OptionalAddress(const Value& from,
                                            std::string_view key) {
    if (from.Find(key) == nullptr) return std::nullopt;
    return Address(from, key);
  }
  std::vector<std::string> Texts(const Value& from, std::string_view key) {
    std::vector<std::string> texts;
    for (const Value& item : List(from, key)) {
      if (!item.IsString()) return Wrong(key), texts;
      texts.push_back(item.AsString());
    }
    return texts;
  }
  std::vector<ResourceId> Addresses(const Value& from, std::string_view key) {
    std::vector<ResourceId> ids;
    for (const std::string& text : Texts(from, key)) {
      ids.push_back(Parsed(text, key));
    }
    return ids;
  }
  // A name of a closed set.
  template <typename Enum, typename Parse>
  Enum Named(const Value& from, std::string_view key, Parse parse) {
    const auto value = parse(Text(from, key));
    if (!value) Wrong(key);
    return value.value_or(Enum{});
  }

 private:
  void Wrong(std::string_view key) {
    if (wrong_.empty()) wrong_ = "\"" + std::string(key) + "\" is not right";
  }
  ResourceId Parsed(const std::string& text, std::string_view key) {
    auto id = ResourceId::Parse(text);
    if (!id) Wrong(key);
    return id.value_or(ResourceId());
  }

  std::string wrong_;
};

std::optional<Value> Copied(const Value& from, std::string_view key) {
  const Value* value = from.Find(key);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::shared_ptr<const Value> Content(const Value& from, std::string_view key) {
  const Value* value = from.Find(key);
  return value == nullptr ? nullptr : std::make_shared<const Value>(*value);
}

FieldChange ReadField(Reader& reader, const Value& from) {
  FieldChange field;
  field.path = reader.Text(from, "path");
  field.before = Copied(from, "before");
  field.after = Copied(from, "after");
  field.sensitive = reader.Bool(from, "sensitive");
  field.known_after_apply = reader.Bool(from, "known_after_apply");
  field.forces_replacement = reader.Bool(from, "forces_replacement");
  field.cause = reader.Named<Cause>(from, "cause", ParseCause);
  return field;
}

std::vector<Finding> ReadVerdicts(Reader& reader, const Value& from,
                                  const ResourceId& subject) {
  std::vector<Finding> findings;
  for (const Value& item : reader.List(from, "verdicts")) {
    Finding finding;
    finding.policy = reader.Text(item, "policy");
    finding.validation = reader.Text(item, "validation");
    finding.verdict = reader.Named<Verdict>(item, "verdict", ParseVerdict);
    finding.enforcement =
        reader.Named<Enforcement>(item, "enforcement", ParseEnforcement);
    finding.message = reader.Text(item, "message");
    finding.exception = reader.Text(item, "exception");
    finding.subject = subject;
    findings.push_back(std::move(finding));
  }
  return findings;
}

void ReadDecision(Reader& reader, const Value& from, Change& change) {
  change.id = reader.Address(from, "address");
  change.action = reader.Named<Action>(from, "action", ParseAction);
  change.reason = reader.Named<Reason>(from, "reason", ParseReason);
  change.cause = reader.Named<Cause>(from, "cause", ParseCause);
  change.moved_from = reader.OptionalAddress(from, "moved_from");
  change.carried_to = reader.OptionalAddress(from, "carried_to");
  change.before = Content(from, "before");
  change.after = Content(from, "after");
  change.desired_digest = reader.HexDigest(from, "desired_digest");
  change.generation = reader.Number(from, "generation");
  change.suspended = reader.Bool(from, "suspended");
  change.after_changes = reader.Addresses(from, "after_changes");
  for (const Value& field : reader.List(from, "fields")) {
    change.fields.push_back(ReadField(reader, field));
  }
  for (const Value& touched : reader.List(from, "refers_to")) {
    change.refers_to.push_back({reader.Address(touched, "address"),
                                reader.Number(touched, "generation")});
  }
  if (from.Find("compatibility") != nullptr) {
    const Value& facts = reader.Object(from, "compatibility");
    change.compatibility = {reader.Bool(facts, "breaking"),
                            reader.Texts(facts, "reasons")};
  }
  change.findings = ReadVerdicts(reader, from, change.id);
}

template <typename Place>
void ReadPlace(Reader& reader, const Value& from, Place& at) {
  at.file = reader.Text(from, "file");
  at.line = reader.Position(from, "line");
  at.column = reader.Position(from, "column");
}

std::vector<Guard> ReadGuards(Reader& reader, const Value& from) {
  std::vector<Guard> guards;
  for (const Value& item : reader.List(from, "guards")) {
    Guard guard;
    guard.kind = reader.Named<GuardKind>(item, "kind", ParseGuardKind);
    if (item.Find("subject")) guard.subject = reader.Address(item, "subject");
    guard.message = reader.Text(item, "message");
    guard.flag = reader.Text(item, "flag");
    guard.allowed = reader.Bool(item, "allowed");
    guards.push_back(std::move(guard));
  }
  return guards;
}

void ReadFindings(Reader& reader, const Value& from,
                  std::vector<Finding>& findings) {
  const Value::List& items = reader.List(from, "findings");
  for (std::size_t i = 0; i < std::min(items.size(), findings.size()); ++i) {
    const Value& item = items[i];
    findings[i].guards = reader.Named<Guards>(item, "guards", ParseGuards);
    findings[i].pack = reader.Text(item, "pack");
    ReadPlace(reader, reader.Object(item, "policy_at"), findings[i].policy_at);
    ReadPlace(reader, reader.Object(item, "subject_at"),
              findings[i].subject_at);
    findings[i].overridden = reader.Bool(item, "overridden");
  }
}

std::vector<Alarm> ReadAlarms(Reader& reader, const Value& from) {
  std::vector<Alarm> alarms;
  for (const Value& item : reader.List(from, "alarms")) {
    alarms.push_back({reader.Named<AlarmKind>(item, "kind", ParseAlarmKind),
                      reader.Text(item, "path"), reader.Text(item, "text")});
  }
  return alarms;
}

void ReadPolicyContext(Reader& reader, const Value& from, Plan& plan) {
  plan.alarms = ReadAlarms(reader, from);
  ReadFindings(reader, from, plan.findings);
  const Value& totals = reader.Object(from, "verdicts");
  plan.verdicts = {
      reader.Number(totals, "pass"), reader.Number(totals, "exempt"),
      reader.Number(totals, "violation"), reader.Number(totals, "error")};
  for (const Value& item : reader.List(from, "exceptions")) {
    ExceptionNotice notice;
    notice.exception = reader.Text(item, "exception");
    notice.policy = reader.Text(item, "policy");
    notice.state =
        reader.Named<ExceptionState>(item, "state", ParseExceptionState);
    notice.subject = reader.Address(item, "subject");
    notice.expires_at =
        reader.Time(item, "expires_at").value_or(notice.expires_at);
    ReadPlace(reader, reader.Object(item, "at"), notice.at);
    plan.exceptions.push_back(std::move(notice));
  }
}

void ReadOutlook(Reader& reader, const Value& from, Change& change) {
  if (from.Find("rotation") == nullptr) return;
  const Value& object = reader.Object(from, "rotation");
  RotationOutlook& outlook = change.rotation.emplace();
  outlook.due_since =
      reader.Time(object, "due_since").value_or(outlook.due_since);
  outlook.schedule = reader.Text(object, "schedule");
  outlook.targets = reader.Texts(object, "targets");
  outlook.evidence = reader.Text(object, "evidence");
  outlook.quiet_for = reader.Text(object, "quiet_for");
  outlook.revokes = reader.Texts(object, "revokes");
}

void ReadContext(Reader& reader, const Value& from, Change& change) {
  ReadPlace(reader, reader.Object(from, "written_at"), change.written_at);
  const Value& last = reader.Object(from, "last_applied");
  change.provenance.commit = reader.Text(last, "commit");
  change.provenance.subject = reader.Text(last, "subject");
  change.provenance.author = reader.Text(last, "author");
  ReadPlace(reader, last, change.provenance);
  if (from.Find("origin") != nullptr) {
    change.origin = reader.Named<Origin>(from, "origin", ParseOrigin);
  }
  change.status = reader.Text(from, "status");
  change.drifted_by = reader.Text(from, "drifted_by");
  change.drifted_at = reader.Time(from, "drifted_at");
  change.missing_values = reader.Texts(from, "missing_values");
  change.patches = reader.Texts(from, "patches");
  ReadOutlook(reader, from, change);
  change.dependents = reader.Addresses(from, "dependents");
  change.dependent_count = reader.Number(from, "dependent_count");
  change.guards = ReadGuards(reader, from);
  change.alarms = ReadAlarms(reader, from);
  ReadFindings(reader, from, change.findings);
  auto field = change.fields.begin();
  for (const Value& item : reader.List(from, "fields")) {
    const std::string path = reader.Text(item, "path");
    while (field != change.fields.end() && field->path != path) ++field;
    if (field == change.fields.end()) break;
    ReadPlace(reader, item, field->written_at);
  }
}

void ReadPlanContext(Reader& reader, const Value& from, Plan& plan) {
  const Value& commit = reader.Object(from, "commit");
  plan.commit.id = reader.Text(commit, "id");
  plan.commit.tree_id = reader.Text(commit, "tree_id");
  plan.commit.subject = reader.Text(commit, "subject");
  plan.commit.author_name = reader.Text(commit, "author_name");
  plan.commit.author_email = reader.Text(commit, "author_email");
  plan.commit.authored_at = reader.Time(commit, "authored_at");
  plan.commit.ref = reader.Text(commit, "ref");
  plan.commit.dirty = reader.Bool(commit, "dirty");
  if (commit.Find("signed_by") != nullptr) {
    plan.signed_by = reader.Text(commit, "signed_by");
  }
  plan.untrusted = reader.Texts(from, "untrusted");
  plan.source_ref = reader.Text(from, "source_ref");
  plan.source_folder = reader.Text(from, "source_folder");
  plan.compared_with = reader.Text(from, "compared_with");
  plan.merged_with = reader.Text(from, "merged_with");
  plan.variables = reader.Texts(from, "variables");
  plan.serial = reader.Number(from, "serial");
  plan.resource_count = reader.Number(from, "resource_count");
  plan.existing = reader.Number(from, "existing");
  plan.planned_at = reader.Time(from, "planned_at");
  plan.writ_version = reader.Text(from, "writ_version");
  plan.notices = reader.Texts(from, "notices");
  plan.guards = ReadGuards(reader, from);
  ReadPolicyContext(reader, from, plan);
  const Value::List& changes = reader.List(from, "changes");
  for (std::size_t i = 0; i < plan.changes.size() && i < changes.size(); ++i) {
    ReadContext(reader, changes[i], plan.changes[i]);
  }
  for (const Value& item : reader.List(from, "scheduled")) {
    Change change;
    ReadDecision(reader, reader.Object(item, "decision"), change);
    ReadContext(reader, reader.Object(item, "context"), change);
    plan.scheduled.push_back(std::move(change));
  }
}

Status CheckVersion(const Value& document) {
  const std::string_view version = document.FindString("format_version");
  const std::string_view major = version.substr(0, version.find('.'));
  if (major.empty()) {
    return Fail(ErrorCode::kCorrupt,
                "this is no plan: it has no format_version");
  }
  if (major != kPlanFormatVersion.substr(0, kPlanFormatVersion.find('.'))) {
    return Fail(ErrorCode::kUnsupported,
                "this plan has format " + std::string(version) +
                    ", and this writ reads " + std::string(kPlanFormatVersion),
                "read it with the writ that made it, or plan again");
  }
  return {};
}

void ReadEvidence(Reader& reader, const Value& document, Plan& plan) {
  const Value* evidence = document.Find("evidence");
  if (evidence == nullptr || evidence->Find("changes") == nullptr) return;
  for (const Value& item : reader.List(*evidence, "changes")) {
    const std::string address = reader.Text(item, "address");
    const bool is_rule = item.Find("would_fire") != nullptr;
    const EventReplay replay{
        reader.Number(item, "events"),
        reader.Number(item, is_rule ? "would_fire" : "would_reject")};
    for (Change& change : plan.changes) {
      if (change.id.address() == address) change.replay = replay;
    }
  }
}

}  // namespace

Result<Plan> ParsePlanJson(std::string_view text) {
  const Value document = TRY(While(ParseJson(text), "reading a plan"));
  TRY(CheckVersion(document));
  Reader reader;
  Plan plan;
  const Value& decision = reader.Required(document, "decision");
  plan.environment = reader.Text(decision, "environment");
  plan.owner = reader.Text(decision, "owner");
  plan.lineage = reader.Text(decision, "lineage");
  plan.mode = reader.Text(decision, "mode");
  plan.targets = reader.Texts(decision, "targets");
  plan.excludes = reader.Texts(decision, "excludes");
  plan.desired_digest = reader.HexDigest(decision, "desired_digest");
  plan.policies_digest = reader.HexDigest(decision, "policies_digest");
  for (const Value& change : reader.List(decision, "changes")) {
    plan.changes.emplace_back();
    ReadDecision(reader, change, plan.changes.back());
  }
  plan.findings = ReadVerdicts(reader, decision, {});
  ReadPlanContext(reader, reader.Required(document, "context"), plan);
  ReadEvidence(reader, document, plan);
  TRY(reader.status());

  // Over the members as given: a newer minor version may have more of them.
  plan.digest = Sha256(CanonicalJson(decision));
  const Value* digest = document.Find("digest");
  plan.has_digest = digest != nullptr && !digest->IsNull();
  if (plan.has_digest && *digest != Value(plan.digest.Hex())) {
    return Fail(ErrorCode::kCorrupt,
                "this plan's digest isn't that of what it decides",
                "plan again");
  }
  return plan;
}

}  // namespace writ::engine
