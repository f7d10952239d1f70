#include "engine/policy/policy_set.h"

#include <algorithm>
#include <utility>

#include "engine/policy/exception.h"
#include "engine/policy/policy.h"

namespace writ::engine {
namespace {

template <typename T>
void SortByName(std::vector<std::shared_ptr<const T>>& items) {
  std::stable_sort(
      items.begin(), items.end(),
      [](const auto& a, const auto& b) { return a->name < b->name; });
}

}  // namespace

GuardDocument GuardOf(const Resource& resource, const SourceFiles& files) {
  GuardDocument document;
  document.name = resource.id.name();
  document.content = resource.content;
  document.files = &files;
  const SourceRange& range = resource.range;
  if (range.file < files.size()) document.at.file = files[range.file];
  document.at.line = range.line;
  document.at.column = range.column;
  document.at.length = range.length;
  return document;
}

PolicySet::PolicySet(const std::vector<GuardDocument>& policies,
                     const std::vector<GuardDocument>& exceptions,
                     const PolicySetOptions& options,
                     Diagnostics& diagnostics) {
  for (const GuardDocument& document : policies) {
    policies_.push_back(CompilePolicy(document, options, diagnostics));
  }
  SortByName(policies_);
  for (const GuardDocument& document : exceptions) {
    exceptions_.push_back(
        CompileException(document, *this, options, diagnostics));
  }
  SortByName(exceptions_);
}

const Policy* PolicySet::Find(std::string_view name) const {
  const auto found = std::lower_bound(
      policies_.begin(), policies_.end(), name,
      [](const auto& policy, std::string_view n) { return policy->name < n; });
  return found != policies_.end() && (*found)->name == name ? found->get()
                                                            : nullptr;
}

std::vector<const Policy*> PolicySet::Candidates(
    std::string_view kind, std::string_view action) const {
  std::vector<const Policy*> candidates;
  for (const auto& policy : policies_) {
    if (policy->scope == PolicyScope::kChange &&
        policy->match.TakesKind(kind) &&
        (action.empty() || policy->match.TakesAction(action))) {
      candidates.push_back(policy.get());
    }
  }
  return candidates;
}

}  // namespace writ::engine
