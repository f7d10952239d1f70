#include "engine/plan/render_json.h"

#include <utility>

#include "engine/plan/decision_json.h"
#include "engine/plan/risk.h"
#include "schema/check.h"
#include "schema/json.h"
#include "schema/time.h"
#include "schema/value.h"

namespace writ::engine {
namespace {

template <typename Texts>
Value List(const Texts& texts) {
  Value::List list;
  for (const auto& text : texts) list.emplace_back(text);
  return list;
}

Value Addresses(const std::vector<ResourceId>& ids) {
  Value::List list;
  for (const ResourceId& id : ids) list.emplace_back(id.address());
  return list;
}

void SetText(Value& object, const char* key, const std::string& text) {
  if (!text.empty()) object.Set(key, text);
}

void SetTime(Value& object, const char* key,
             const std::optional<Timestamp>& at) {
  if (at) object.Set(key, FormatTimestamp(*at));
}

void SetList(Value& object, const char* key, Value list) {
  if (!list.AsList().empty()) object.Set(key, std::move(list));
}

template <typename Place>
void SetPlace(Value& object, const Place& at) {
  SetText(object, "file", at.file);
  if (at.line > 0) object.Set("line", std::int64_t{at.line});
  if (at.column > 0) object.Set("column", std::int64_t{at.column});
}

Value Guards(const std::vector<Guard>& guards) {
  Value::List list;
  for (const Guard& guard : guards) {
    Value object;
    object.Set("kind", Name(guard.kind));
    SetText(object, "subject", guard.subject.address());
    object.Set("message", guard.message);
    SetText(object, "flag", guard.flag);
    object.Set("allowed", guard.allowed);
    list.push_back(std::move(object));
  }
  return list;
}

template <typename Place>
Value PlaceOf(const Place& at) {
  Value object(Value::Map{});
  SetPlace(object, at);
  return object;
}

// What the decision doesn't say of findings; in its order.
Value Findings(const std::vector<Finding>& findings) {
  Value::List list;
  for (const Finding& finding : findings) {
    Value object;
    object.Set("guards", Name(finding.guards));
    SetText(object, "pack", finding.pack);
    object.Set("policy_at", PlaceOf(finding.policy_at));
    object.Set("subject_at", PlaceOf(finding.subject_at));
    object.Set("overridden", finding.overridden);
    list.push_back(std::move(object));
  }
  return list;
}

// As the decision has them.
Value Verdicts(const std::vector<Finding>& findings) {
  Value::List list;
  for (const Finding& finding : findings) {
    Value object;
    object.Set("enforcement", Name(finding.enforcement));
    SetText(object, "exception", finding.exception);
    object.Set("message", finding.message);
    object.Set("policy", finding.policy);
    SetText(object, "validation", finding.validation);
    object.Set("verdict", Name(finding.verdict));
    list.push_back(std::move(object));
  }
  return list;
}

Value Exceptions(const std::vector<ExceptionNotice>& notices) {
  Value::List list;
  for (const ExceptionNotice& notice : notices) {
    Value object;
    object.Set("exception", notice.exception);
    object.Set("policy", notice.policy);
    object.Set("state", Name(notice.state));
    object.Set("subject", notice.subject.address());
    object.Set("expires_at", FormatTimestamp(notice.expires_at));
    object.Set("at", PlaceOf(notice.at));
    list.push_back(std::move(object));
  }
  return list;
}

Value TotalsOf(const Totals& totals) {
  Value object;
  object.Set("pass", totals.pass);
  object.Set("exempt", totals.exempt);
  object.Set("violation", totals.violation);
  object.Set("error", totals.error);
  return object;
}

Value Alarms(const std::vector<Alarm>& alarms) {
  Value::List list;
  for (const Alarm& alarm : alarms) {
    Value object;
    object.Set("kind", Name(alarm.kind));
    SetText(object, "path", alarm.path);
    object.Set("text", alarm.text);
    list.push_back(std::move(object));
  }
  return list;
}

// Where the fields are written, for those that are.
Value FieldPlaces(const std::vector<FieldChange>& fields) {
  Value::List list;
  for (const FieldChange& field : fields) {
    if (field.written_at.file.empty()) continue;
    Value object;
    object.Set("path", field.path);
    SetPlace(object, field.written_at);
    list.push_back(std::move(object));
  }
  return list;
}

Value ProvenanceOf(const Provenance& from) {
  Value object(Value::Map{});
  SetText(object, "commit", from.commit);
  SetText(object, "subject", from.subject);
  SetText(object, "author", from.author);
  SetPlace(object, from);
  return object;
}

Value OutlookOf(const RotationOutlook& outlook) {
  Value object;
  object.Set("due_since", FormatTimestamp(outlook.due_since));
  SetText(object, "schedule", outlook.schedule);
  SetList(object, "targets", List(outlook.targets));
  SetText(object, "evidence", outlook.evidence);
  SetText(object, "quiet_for", outlook.quiet_for);
  SetList(object, "revokes", List(outlook.revokes));
  return object;
}

Value ContextOf(const Change& change) {
  Value object;
  object.Set("address", change.id.address());
  Value place(Value::Map{});
  SetPlace(place, change.written_at);
  if (!place.AsMap().empty()) object.Set("written_at", std::move(place));
  Value last = ProvenanceOf(change.provenance);
  if (!last.AsMap().empty()) object.Set("last_applied", std::move(last));
  if (change.origin) object.Set("origin", Name(*change.origin));
  SetText(object, "status", change.status);
  SetText(object, "drifted_by", change.drifted_by);
  SetTime(object, "drifted_at", change.drifted_at);
  SetList(object, "missing_values", List(change.missing_values));
  SetList(object, "patches", List(change.patches));
  if (change.rotation) object.Set("rotation", OutlookOf(*change.rotation));
  SetList(object, "fields", FieldPlaces(change.fields));
  SetList(object, "guards", Guards(change.guards));
  SetList(object, "alarms", Alarms(change.alarms));
  SetList(object, "findings", Findings(change.findings));
  SetList(object, "dependents", Addresses(change.dependents));
  object.Set("dependent_count", change.dependent_count);
  return object;
}

Value CommitOf(const Plan& plan) {
  const Commit& commit = plan.commit;
  Value object(Value::Map{});
  SetText(object, "id", commit.id);
  SetText(object, "tree_id", commit.tree_id);
  SetText(object, "subject", commit.subject);
  SetText(object, "author_name", commit.author_name);
  SetText(object, "author_email", commit.author_email);
  SetTime(object, "authored_at", commit.authored_at);
  if (plan.signed_by) object.Set("signed_by", *plan.signed_by);
  SetText(object, "ref", commit.ref);
  object.Set("dirty", commit.dirty);
  return object;
}

Value CountsOf(const Counts& counts) {
  Value object;
  object.Set("create", counts.create);
  object.Set("update", counts.update);
  object.Set("replace", counts.replace);
  object.Set("delete", counts.remove);
  object.Set("forget", counts.forget);
  object.Set("adopt", counts.adopt);
  object.Set("move", counts.move);
  object.Set("rotate", counts.rotate);
  object.Set("suspended", counts.suspended);
  return object;
}

Value OriginsOf(const Plan& plan) {
  const OriginCounts counts = CountOrigins(plan);
  Value object;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    object.Set(Name(static_cast<Origin>(i)), counts[i]);
  }
  return object;
}

Value ContextOf(const Plan& plan) {
  Value object;
  object.Set("commit", CommitOf(plan));
  if (!plan.untrusted.empty()) object.Set("untrusted", List(plan.untrusted));
  SetText(object, "source_ref", plan.source_ref);
  SetText(object, "source_folder", plan.source_folder);
  SetText(object, "compared_with", plan.compared_with);
  SetText(object, "merged_with", plan.merged_with);
  object.Set("variables", List(plan.variables));
  object.Set("serial", plan.serial);
  object.Set("resource_count", plan.resource_count);
  object.Set("existing", plan.existing);
  SetTime(object, "planned_at", plan.planned_at);
  SetText(object, "writ_version", plan.writ_version);
  object.Set("counts", CountsOf(plan.counts()));
  if (!plan.merged_with.empty()) object.Set("origins", OriginsOf(plan));
  object.Set("unsafe", plan.unsafe());
  object.Set("denied", plan.denied());
  object.Set("guards", Guards(plan.guards));
  SetList(object, "alarms", Alarms(plan.alarms));
  object.Set("verdicts", TotalsOf(plan.verdicts));
  SetList(object, "findings", Findings(plan.findings));
  SetList(object, "exceptions", Exceptions(plan.exceptions));
  object.Set("notices", List(plan.notices));
  return object;
}

// Canonical JSON of one change, made readable.
std::string PrettyDecision(const Change& change, int indent) {
  const Result<Value> value = ParseJson(DecisionJson(change));
  CHECK(value.has_value());
  return PrettyJson(*value, indent);
}

template <typename Changes, typename Print>
void AppendList(const Changes& changes, const char* indent, Print print,
                std::string& out) {
  if (changes.empty()) {
    out += "[]";
    return;
  }
  out += "[";
  for (const Change& change : changes) {
    if (&change != &changes.front()) out += ",";
    out.append("\n").append(indent).append("  ").append(print(change));
  }
  out.append("\n").append(indent).append("]");
}

// The members of `object`, to be followed by a list of changes.
std::string Opened(const Value& object) {
  std::string text = PrettyJson(object, 1);
  text.erase(text.rfind("\n  }"));
  return text;
}

// `decision` without its changes.
Value Frame(const Plan& plan) {
  Value object;
  object.Set("environment", plan.environment);
  object.Set("owner", plan.owner);
  object.Set("lineage", plan.lineage);
  object.Set("mode", plan.mode);
  object.Set("targets", List(plan.targets));
  object.Set("excludes", List(plan.excludes));
  object.Set("desired_digest", plan.desired_digest.Hex());
  object.Set("policies_digest", plan.policies_digest.Hex());
  SetList(object, "verdicts", Verdicts(plan.findings));
  return object;
}

// What events say of changes, by address.
std::string EvidenceOf(const Plan& plan) {
  Value::List changes;
  for (const Change& change : plan.changes) {
    if (!change.replay) continue;
    const bool is_rule = change.id.kind() == "NotificationRule";
    Value replay;
    replay.Set("address", change.id.address());
    replay.Set("events", change.replay->events);
    replay.Set(is_rule ? "would_fire" : "would_reject",
               change.replay->affected);
    changes.push_back(std::move(replay));
  }
  if (changes.empty()) return "{}";
  Value evidence;
  evidence.Set("changes", std::move(changes));
  return PrettyJson(evidence, 1);
}

}  // namespace

Digest PlanDigest(const Plan& plan) {
  Sha256Stream stream;
  StreamDecision(plan, [&](std::string_view piece) { stream.Update(piece); });
  return stream.Finish();
}

std::string RenderPlanJson(const Plan& plan,
                           std::optional<ExitCode> exit_code) {
  std::string out = "{\n  \"format_version\": ";
  out += QuoteJson(kPlanFormatVersion);
  if (exit_code) {
    out +=
        ",\n  \"exit_code\": " + std::to_string(static_cast<int>(*exit_code));
  }
  out += ",\n  \"digest\": ";
  out += plan.has_digest ? QuoteJson(PlanDigest(plan).Hex()) : "null";
  out += ",\n  \"decision\": " + Opened(Frame(plan)) + ",\n    \"changes\": ";
  AppendList(
      plan.changes, "    ",
      [](const Change& change) { return PrettyDecision(change, 3); }, out);
  out += "\n  },\n  \"context\": " + Opened(ContextOf(plan));
  out += ",\n    \"changes\": ";
  AppendList(
      plan.changes, "    ",
      [](const Change& change) { return PrettyJson(ContextOf(change), 3); },
      out);
  out += ",\n    \"scheduled\": ";
  AppendList(
      plan.scheduled, "    ",
      [](const Change& change) {
        return "{\n        \"decision\": " + PrettyDecision(change, 4) +
               ",\n        \"context\": " + PrettyJson(ContextOf(change), 4) +
               "\n      }";
      },
      out);
  out += "\n  },\n  \"evidence\": " + EvidenceOf(plan) + "\n}\n";
  return out;
}

}  // namespace writ::engine
