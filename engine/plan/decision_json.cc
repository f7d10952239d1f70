#include "engine/plan/decision_json.h"

#include "engine/diff/diff.h"
#include "schema/json.h"
#include "schema/kind.h"

namespace writ::engine {
namespace {

// Members in the order in which they are added, which is the caller's to keep
// sorted.
class Object {
 public:
  explicit Object(std::string& out) : out_(out) { out_ += '{'; }
  void Close() { out_ += '}'; }

  std::string& Key(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    out_.append("\"").append(key).append("\":");
    return out_;
  }
  void Text(std::string_view key, std::string_view value) {
    AppendQuotedJson(value, Key(key));
  }
  void Bool(std::string_view key, bool value) {
    Key(key) += value ? "true" : "false";
  }
  void Number(std::string_view key, std::int64_t value) {
    Key(key) += std::to_string(value);
  }
  template <typename List, typename Append>
  void Array(std::string_view key, const List& list, Append append) {
    Key(key) += '[';
    bool first = true;
    for (const auto& item : list) {
      if (!first) out_ += ',';
      first = false;
      append(item);
    }
    out_ += ']';
  }

 private:
  std::string& out_;
  bool first_ = true;
};

// Most kinds have nothing to hide; then no copy is made.
bool HasSensitive(const Field& field) {
  if (field.sensitive || field.type == FieldType::kSecretUrl) return true;
  for (const Field& member : field.fields) {
    if (HasSensitive(member)) return true;
  }
  return field.item != nullptr && HasSensitive(*field.item);
}

void AppendContent(const ResourceId& id, const Value& content,
                   std::string& out) {
  const Kind* kind = FindKind(id.kind());
  if (kind != nullptr && HasSensitive(kind->spec)) {
    AppendCanonicalJson(Redact(*kind, content), out);
  } else {
    AppendCanonicalJson(content, out);
  }
}

void AppendField(const FieldChange& field, std::string& out) {
  Object object(out);
  if (field.after) AppendCanonicalJson(*field.after, object.Key("after"));
  if (field.before) AppendCanonicalJson(*field.before, object.Key("before"));
  object.Text("cause", Name(field.cause));
  object.Bool("forces_replacement", field.forces_replacement);
  object.Bool("known_after_apply", field.known_after_apply);
  object.Text("path", field.path);
  object.Bool("sensitive", field.sensitive);
  object.Close();
}

void AppendCompatibility(const Compatibility& facts, std::string& out) {
  Object object(out);
  object.Bool("breaking", facts.breaking);
  object.Array("reasons", facts.reasons,
               [&](const std::string& text) { AppendQuotedJson(text, out); });
  object.Close();
}

void AppendTouched(const Touched& touched, std::string& out) {
  Object object(out);
  object.Text("address", touched.id.address());
  object.Number("generation", touched.generation);
  object.Close();
}

void AppendGuard(const Guard& guard, std::string& out) {
  Object object(out);
  object.Bool("allowed", guard.allowed);
  object.Text("kind", Name(guard.kind));
  object.Close();
}

void AppendVerdict(const Finding& finding, std::string& out) {
  Object object(out);
  object.Text("enforcement", Name(finding.enforcement));
  if (!finding.exception.empty()) object.Text("exception", finding.exception);
  object.Text("message", finding.message);
  object.Text("policy", finding.policy);
  if (!finding.validation.empty()) {
    object.Text("validation", finding.validation);
  }
  object.Text("verdict", Name(finding.verdict));
  object.Close();
}

void AppendVerdicts(const std::vector<Finding>& findings, Object& object,
                    std::string& out) {
  if (findings.empty()) return;
  object.Array("verdicts", findings,
               [&](const Finding& finding) { AppendVerdict(finding, out); });
}

void AppendChange(const Change& change, std::string& out) {
  Object object(out);
  object.Text("action", Name(change.action));
  object.Text("address", change.id.address());
  if (change.after) {
    AppendContent(change.id, *change.after, object.Key("after"));
  }
  object.Array(
      "after_changes", change.after_changes,
      [&](const ResourceId& id) { AppendQuotedJson(id.address(), out); });
  if (change.before) {
    AppendContent(change.id, *change.before, object.Key("before"));
  }
  if (change.carried_to) {
    object.Text("carried_to", change.carried_to->address());
  }
  object.Text("cause", Name(change.cause));
  if (change.compatibility) {
    AppendCompatibility(*change.compatibility, object.Key("compatibility"));
  }
  if (change.desired_digest != Digest()) {
    object.Text("desired_digest", change.desired_digest.Hex());
  }
  object.Array("fields", change.fields,
               [&](const FieldChange& field) { AppendField(field, out); });
  object.Number("generation", change.generation);
  if (!change.guards.empty()) {
    object.Array("guards", change.guards,
                 [&](const Guard& guard) { AppendGuard(guard, out); });
  }
  if (change.moved_from) {
    object.Text("moved_from", change.moved_from->address());
  }
  object.Text("reason", Name(change.reason));
  object.Array("refers_to", change.refers_to,
               [&](const Touched& touched) { AppendTouched(touched, out); });
  object.Bool("suspended", change.suspended);
  AppendVerdicts(change.findings, object, out);
  object.Close();
}

}  // namespace

std::string DecisionJson(const Change& change) {
  std::string out;
  AppendChange(change, out);
  return out;
}

void StreamDecision(const Plan& plan,
                    const std::function<void(std::string_view)>& write) {
  std::string out;
  Object rest(out);
  const auto append = [&](const std::string& text) {
    AppendQuotedJson(text, out);
  };
  rest.Array("changes", plan.changes, [&](const Change& change) {
    AppendChange(change, out);
    write(out);
    out.clear();
  });
  rest.Text("desired_digest", plan.desired_digest.Hex());
  rest.Text("environment", plan.environment);
  rest.Array("excludes", plan.excludes, append);
  rest.Text("lineage", plan.lineage);
  rest.Text("mode", plan.mode);
  rest.Text("owner", plan.owner);
  rest.Text("policies_digest", plan.policies_digest.Hex());
  rest.Array("targets", plan.targets, append);
  AppendVerdicts(plan.findings, rest, out);
  rest.Close();
  write(out);
}

}  // namespace writ::engine
