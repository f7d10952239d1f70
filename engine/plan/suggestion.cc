#include "engine/plan/suggestion.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "engine/graph/lookup.h"
#include "schema/validator.h"

namespace writ::engine {
namespace {

std::string DidYouMean(const Pairing& pairing, std::string_view written,
                       const Resource& target) {
  return "did you mean \"" + std::string(written) + "\" (" +
         PlaceInWords(pairing.At(target.range)) + ")?";
}

bool IsOfKind(const Reference& reference, const ResourceId& id) {
  return reference.kinds == nullptr ||
         std::find(reference.kinds->begin(), reference.kinds->end(),
                   id.kind()) != reference.kinds->end();
}

}  // namespace

std::string KindsInWords(const Reference& reference) {
  if (reference.kinds == nullptr || reference.kinds->empty()) {
    return "a resource";
  }
  std::string words;
  for (std::string_view kind : *reference.kinds) {
    if (!words.empty()) words += " or ";
    words += kind;
  }
  const bool vowel =
      std::string_view("AEIOU").find(words.front()) != std::string_view::npos;
  return (vowel ? "an " : "a ") + words;
}

std::string PlaceInWords(const Location& location) {
  if (location.file.empty()) return "declared without a place";
  if (location.line == 0) return location.file;
  return location.file + ":" + std::to_string(location.line);
}

std::string SuggestTarget(const Pairing& pairing, const Resource& user,
                          const Reference& reference,
                          std::string_view workspace) {
  const bool is_address = reference.text.find('/') != std::string::npos;
  std::vector<std::string_view> names;
  std::vector<const Resource*> targets;
  const Resource* elsewhere = nullptr;
  for (std::uint32_t i = 0; i < pairing.desired_size(); ++i) {
    const Resource& target = pairing.desired(i);
    if (!IsOfKind(reference, target.id)) continue;
    const std::string_view scope = target.id.parent();
    const bool in_scope = is_address || IsTopLevelKind(target.id.kind()) ||
                          scope == user.parent.name() || scope == workspace;
    if (!in_scope) {
      const bool same = target.id.name() == reference.text;
      if (same && elsewhere == nullptr) elsewhere = &target;
      continue;
    }
    names.push_back(is_address ? std::string_view(target.id.address())
                               : target.id.name());
    targets.push_back(&target);
  }
  if (elsewhere != nullptr) {
    return DidYouMean(pairing, elsewhere->id.address(), *elsewhere);
  }
  const auto nearest = Suggest(reference.text, names);
  if (!nearest) return {};
  const auto at = std::find(names.begin(), names.end(), *nearest);
  return DidYouMean(pairing, *nearest,
                    *targets[static_cast<std::size_t>(at - names.begin())]);
}

}  // namespace writ::engine
