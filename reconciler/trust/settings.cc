#include "reconciler/trust/settings.h"

#include <algorithm>
#include <array>

namespace writ::reconciler {
namespace {

constexpr std::array<std::string_view, 3> kModes = {"none", "head", "range"};

bool ReadPatterns(const Value& value, std::string_view key,
                  std::vector<std::string>& patterns) {
  const Value* list = value.Find(key);
  if (list == nullptr) return true;
  if (!list->IsList()) return false;
  patterns.clear();
  for (const Value& pattern : list->AsList()) {
    if (!pattern.IsString()) return false;
    patterns.push_back(pattern.AsString());
  }
  std::sort(patterns.begin(), patterns.end());
  return true;
}

}  // namespace

std::string_view Name(TrustMode mode) {
  return kModes[static_cast<std::size_t>(mode)];
}

std::optional<TrustMode> ParseTrustMode(std::string_view name) {
  const auto* found = std::find(kModes.begin(), kModes.end(), name);
  if (found == kModes.end()) return std::nullopt;
  return static_cast<TrustMode>(found - kModes.begin());
}

std::optional<TrustSettings> ReadTrust(const Value& value) {
  TrustSettings settings;
  if (!value.IsMap()) return settings;
  if (value.Find("mode") != nullptr) {
    const auto mode = ParseTrustMode(value.FindString("mode"));
    if (!mode) return std::nullopt;
    settings.mode = *mode;
  }
  settings.allowed_signers = value.FindString("allowedSigners");
  if (!ReadPatterns(value, "authors", settings.authors) ||
      !ReadPatterns(value, "committers", settings.committers)) {
    return std::nullopt;
  }
  return settings;
}

Value ToValue(const TrustSettings& settings) {
  const auto list = [](const std::vector<std::string>& patterns) {
    return Value::List(patterns.begin(), patterns.end());
  };
  Value value;
  value.Set("allowedSigners", settings.allowed_signers);
  value.Set("authors", list(settings.authors));
  value.Set("committers", list(settings.committers));
  value.Set("mode", Name(settings.mode));
  return value;
}

}  // namespace writ::reconciler
