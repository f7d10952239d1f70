#include "engine/policy/case_facts.h"

#include <memory>
#include <utility>
#include <vector>

#include "schema/text_list.h"
#include "schema/validator.h"

namespace writ::engine {
namespace {

std::optional<Usage> ReadUsage(const Value* usage) {
  if (usage == nullptr || !usage->IsMap()) return std::nullopt;
  Usage read;
  const Value* count = usage->Find("count7d");
  if (count != nullptr && count->IsInteger()) {
    read.count_7d = count->AsInteger();
  }
  read.last_used_at = ParseTimestamp(usage->FindString("lastUsedAt"));
  return read;
}

std::optional<Compatibility> ReadCompatibility(const Value* compatibility) {
  if (compatibility == nullptr || !compatibility->IsMap()) return std::nullopt;
  Compatibility read;
  const Value* breaking = compatibility->Find("breaking");
  read.breaking = breaking != nullptr && *breaking == Value(true);
  read.reasons = TextsOf(compatibility->Find("reasons"));
  return read;
}

CommitFacts ReadCommit(const Value* commit) {
  CommitFacts read;
  if (commit == nullptr) return read;
  read.id = commit->FindString("id");
  read.author = commit->FindString("author");
  if (commit->Find("signedBy") != nullptr) {
    read.signed_by = std::string(commit->FindString("signedBy"));
  }
  return read;
}

class CaseReader {
 public:
  CaseReader(const SourceFiles& files, Diagnostics& diagnostics,
             std::string& failure)
      : reporter_(files, {}, diagnostics), failure_(failure) {}

  std::optional<ChangeFacts> ReadChange(const Value& change) {
    ChangeFacts facts;
    facts.action = change.FindString("action");
    facts.cause = change.FindString("cause");
    facts.reason = change.FindString("reason");
    facts.paths = TextsOf(change.Find("paths"));
    const auto before = ReadResource(change, "before");
    if (!failure_.empty()) return std::nullopt;
    const auto after = ReadResource(change, "after");
    if (!failure_.empty()) return std::nullopt;
    if (!before && !after) {
      failure_ = "a change needs before or after";
      return std::nullopt;
    }
    facts.id = after ? after->id : before->id;
    if (before && after && before->id != after->id) {
      facts.moved_from = before->id;
    }
    if (const auto address = ResourceId::Parse(change.FindString("address"))) {
      facts.id = *address;
    }
    if (before) facts.before = View(*before, change.Find("labels"));
    if (after) facts.after = View(*after, change.Find("labels"));
    facts.usage = ReadUsage(change.Find("usage"));
    facts.compatibility = ReadCompatibility(change.Find("compatibility"));
    if (const Value* missing = change.Find("missingValues")) {
      facts.missing_values = TextsOf(missing);
    }
    return facts;
  }

 private:
  // Through the same tables as a manifest.
  std::optional<Resource> ReadResource(const Value& change,
                                       std::string_view key) {
    const Value* written = change.Find(key);
    if (written == nullptr || written->IsNull()) return std::nullopt;
    if (written->IsMap()) {
      Value document = *written;
      document.Set("apiVersion", "writ/v1");
      if (auto resource = ValidateDocument(std::move(document), reporter_)) {
        if (resource->kind->is_resource) return resource;
      }
    }
    failure_ =
        "what is written as " + std::string(key) + " is no sound resource";
    return std::nullopt;
  }

  static std::shared_ptr<const Value> View(const Resource& resource,
                                           const Value* labels) {
    std::shared_ptr<const Value> content = resource.content;
    if (labels != nullptr && labels->IsMap()) {
      Value labelled = *content;
      labelled.Find("metadata")->Set("labels", *labels);
      content = std::make_shared<const Value>(std::move(labelled));
    }
    return PolicyView(*resource.kind, std::move(content), [](std::string_view) {
      return std::vector<std::string>();
    });
  }

  Reporter reporter_;
  std::string& failure_;
};

}  // namespace

std::optional<PlanFacts> ReadCaseFacts(const Value& test_case, Timestamp now,
                                       const SourceFiles& files,
                                       Diagnostics& diagnostics,
                                       std::string& failure) {
  PlanFacts facts;
  facts.now = now;
  facts.commit = ReadCommit(test_case.Find("commit"));
  std::vector<const Value*> changes;
  if (const Value* change = test_case.Find("change")) changes = {change};
  if (const Value* plan = test_case.Find("plan"); plan && plan->IsList()) {
    for (const Value& change : plan->AsList()) changes.push_back(&change);
  }
  CaseReader reader(files, diagnostics, failure);
  for (const Value* change : changes) {
    auto read = reader.ReadChange(*change);
    if (!read) return std::nullopt;
    if (facts.environment.empty()) {
      facts.environment = change->FindString("environment");
    }
    if (const Value* graph = test_case.Find("graph")) {
      read->dependents = TextsOf(graph->Find("dependents"));
      read->references = TextsOf(graph->Find("references"));
    }
    facts.changes.push_back(*std::move(read));
  }
  return facts;
}

}  // namespace writ::engine
