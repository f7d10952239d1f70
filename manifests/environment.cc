#include "manifests/environment.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "manifests/document.h"
#include "manifests/variables.h"
#include "schema/field_walk.h"

namespace writ::manifests {
namespace {

std::string TargetOf(const Patch& patch) {
  if (!patch.address.empty()) return patch.address;
  return WithArticle(patch.kind) + " with these labels";
}

// The address of that kind that was meant; a name that stands under another
// kind is no slip of the pen.
std::string HintFor(const Patch& patch,
                    const std::vector<std::string_view>& addresses) {
  if (patch.address.empty()) {
    return "remove the patch, or declare one with these labels";
  }
  const std::string kind =
      patch.address.substr(0, patch.address.find('/')) + "/";
  std::vector<std::string_view> of_kind;
  std::copy_if(
      addresses.begin(), addresses.end(), std::back_inserter(of_kind),
      [&](std::string_view address) { return address.starts_with(kind); });
  const auto nearest = Suggest(patch.address, of_kind);
  return nearest ? "did you mean \"" + std::string(*nearest) + "\"?"
                 : "remove the patch, or declare it";
}

}  // namespace

Environment::Environment(EnvironmentConfig config, Value variables)
    : config_(std::move(config)), variables_(std::move(variables)) {}

void Environment::AddPatch(Value document, Reporter& reporter) {
  const std::size_t errors = reporter.error_count();
  Interpolate(document, variables_, reporter);
  if (reporter.error_count() != errors) return;
  if (!ValidateDocument(document, reporter)) return;
  auto patch = ReadPatch(document, reporter);
  if (!patch) return;
  const std::size_t order = patches_.size();
  Entry& entry = patches_.emplace_back();
  entry.patch = *std::move(patch);
  entry.order = order;
  const bool by_address = !entry.patch.address.empty();
  Index& index = by_address ? by_address_ : by_kind_;
  index[by_address ? entry.patch.address : entry.patch.kind].push_back(&entry);
}

std::vector<const Environment::Entry*> Environment::Candidates(
    const Value& document, const std::string& address) const {
  std::vector<const Entry*> candidates;
  if (patches_.empty()) return candidates;
  const auto add = [&](const Index& index, const std::string& key) {
    const auto found = index.find(key);
    if (found == index.end()) return;
    candidates.insert(candidates.end(), found->second.begin(),
                      found->second.end());
  };
  add(by_address_, address);
  add(by_kind_, std::string(document.FindString("kind")));
  std::sort(candidates.begin(), candidates.end(),
            [](const Entry* a, const Entry* b) { return a->order < b->order; });
  return candidates;
}

bool Environment::MayPatch(const Value& document) const {
  return !patches_.empty() &&
         !Candidates(document, AddressOf(document)).empty();
}

std::optional<Resource> Environment::Resolve(Value document,
                                             Reporter& reporter) const {
  const std::size_t errors = reporter.error_count();
  Interpolate(document, variables_, reporter);
  if (reporter.error_count() != errors) return std::nullopt;
  std::vector<std::string> names;
  if (!patches_.empty()) {
    const std::string address = AddressOf(document);
    for (const Entry* entry : Candidates(document, address)) {
      if (!Means(entry->patch, document, address)) continue;
      entry->used.store(true, std::memory_order_relaxed);
      if (!ApplyPatch(entry->patch, document, reporter)) return std::nullopt;
      names.push_back(entry->patch.name);
    }
  }
  auto resource = ValidateDocument(std::move(document), reporter);
  if (resource) resource->patches = std::move(names);
  return resource;
}

void Environment::ReportUnusedPatches(
    const std::vector<std::string_view>& addresses, Reporter& reporter) const {
  for (const Entry& entry : patches_) {
    if (entry.used.load(std::memory_order_relaxed)) continue;
    const Patch& patch = entry.patch;
    reporter.Error("patch-target", patch.target_range,
                   "Patch " + patch.name + " changes nothing: " +
                       TargetOf(patch) + " isn't declared in " + config_.name,
                   HintFor(patch, addresses));
  }
}

}  // namespace writ::manifests
