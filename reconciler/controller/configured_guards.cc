#include "reconciler/controller/configured_guards.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <utility>

#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

using engine::Enforcement;

Error NotGuards(const std::string& why) {
  return Error{ErrorCode::kCorrupt,
               "the state's record of guards can't be read: " + why,
               "writ state verify",
               {}};
}

// "30", "2.5"
std::string InWords(double number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", number);
  return text.data();
}

std::optional<double> NumberIn(const Value& from, std::string_view key) {
  const Value* value = from.Find(key);
  if (value == nullptr) return std::nullopt;
  if (value->IsInteger()) return static_cast<double>(value->AsInteger());
  if (value->IsNumber()) return value->AsNumber();
  return std::nullopt;
}

class Finder {
 public:
  std::vector<engine::Alarm> Find(const ConfiguredGuards& applied,
                                  const ConfiguredGuards& desired) {
    FindEnforcement(applied.enforcement, desired.enforcement);
    for (const std::string& pack : applied.packs) {
      const bool stays =
          std::binary_search(desired.packs.begin(), desired.packs.end(), pack);
      if (!stays) Add("policyPacks", pack, "off");
    }
    FindSafety(applied.safety, desired.safety);
    FindTrust(applied.trust, desired.trust);
    // Which of two sets of windows is the wider isn't plain.
    if (applied.windows != "[]" && applied.windows != desired.windows) {
      Add("sync.windows", "the windows until now", "other ones");
    }
    return std::move(alarms_);
  }

 private:
  using Levels = std::map<std::string, Enforcement>;

  void Add(std::string path, const std::string& before,
           const std::string& after) {
    alarms_.push_back(
        {engine::AlarmKind::kWeakensGuard, std::move(path),
         "weakens a guard from the next apply on: " + before + " → " + after});
  }

  // Where only one side says something, the policy's own level stands on the
  // other: what isn't surely as strict is told.
  void FindEnforcement(const Levels& before, const Levels& after) {
    for (const auto& [policy, level] : after) {
      const auto old = before.find(policy);
      const Enforcement was =
          old == before.end() ? Enforcement::kDeny : old->second;
      if (level >= was) continue;
      Add("enforcement." + policy,
          old == before.end() ? "its own level" : std::string(Name(was)),
          std::string(Name(level)));
    }
    for (const auto& [policy, level] : before) {
      if (after.count(policy) > 0 || level == Enforcement::kAudit) continue;
      Add("enforcement." + policy, std::string(Name(level)), "its own level");
    }
  }

  void FindSafety(const manifests::SafetyLimits& before,
                  const manifests::SafetyLimits& after) {
    const auto compare = [&](const char* path, double was, double is) {
      if (is > was) Add(path, InWords(was), InWords(is));
    };
    compare("safety.maxDeletePercent", before.max_delete_percent,
            after.max_delete_percent);
    compare("safety.maxUpdatePercent", before.max_update_percent,
            after.max_update_percent);
    compare("safety.minExisting", static_cast<double>(before.min_existing),
            static_cast<double>(after.min_existing));
  }

  // Where nothing was asked before, nothing gives way.
  void FindTrust(const TrustSettings& before, const TrustSettings& after) {
    if (before.mode == TrustMode::kNone) return;
    if (after.mode < before.mode) {
      Add("trust.mode", std::string(Name(before.mode)),
          std::string(Name(after.mode)));
    }
    if (after.allowed_signers != before.allowed_signers) {
      Add("trust.allowedSigners", before.allowed_signers,
          after.allowed_signers.empty() ? "none" : after.allowed_signers);
    }
    FindPatterns("trust.authors", before.authors, after.authors);
    FindPatterns("trust.committers", before.committers, after.committers);
  }

  void FindPatterns(const char* path, const std::vector<std::string>& before,
                    const std::vector<std::string>& after) {
    const bool is_open =
        std::find(before.begin(), before.end(), "*") != before.end();
    if (is_open || std::includes(before.begin(), before.end(), after.begin(),
                                 after.end())) {
      return;
    }
    Add(path, Joined(before), Joined(after));
  }

  static std::string Joined(const std::vector<std::string>& patterns) {
    std::string text;
    for (const std::string& pattern : patterns) {
      text += (text.empty() ? "" : ", ") + pattern;
    }
    return text.empty() ? "nobody" : text;
  }

  std::vector<engine::Alarm> alarms_;
};

}  // namespace

ConfiguredGuards GuardsIn(const manifests::RepositoryConfig& repository,
                          const manifests::EnvironmentConfig& environment) {
  ConfiguredGuards guards;
  guards.packs = repository.policy_packs;
  std::sort(guards.packs.begin(), guards.packs.end());
  guards.safety = repository.safety;
  // The kind's table has checked it.
  guards.trust = ReadTrust(environment.trust).value_or(TrustSettings());
  const Value* windows = environment.sync.Find("windows");
  if (windows != nullptr && windows->IsList()) {
    guards.windows = CanonicalJson(*windows);
  }
  if (!environment.enforcement.IsMap()) return guards;
  for (const Value::Entry& entry : environment.enforcement.AsMap()) {
    if (!entry.value.IsString()) continue;
    const auto level = engine::ParseEnforcement(entry.value.AsString());
    if (level) guards.enforcement.emplace(entry.key, *level);
  }
  return guards;
}

std::string ToJson(const KeptGuards& kept) {
  const ConfiguredGuards& guards = kept.guards;
  Value levels(Value::Map{});
  for (const auto& [policy, level] : guards.enforcement) {
    levels.Set(policy, Name(level));
  }
  Value safety;
  safety.Set("maxDeletePercent", guards.safety.max_delete_percent);
  safety.Set("maxUpdatePercent", guards.safety.max_update_percent);
  safety.Set("minExisting", guards.safety.min_existing);
  Value value;
  value.Set("commit", kept.commit);
  value.Set("enforcement", std::move(levels));
  value.Set("packs", Value::List(guards.packs.begin(), guards.packs.end()));
  value.Set("safety", std::move(safety));
  value.Set("trust", ToValue(guards.trust));
  auto windows = ParseJson(guards.windows);
  if (windows && guards.windows != "[]") {
    value.Set("windows", *std::move(windows));
  }
  return CanonicalJson(value);
}

Result<KeptGuards> ParseKeptGuards(std::string_view json) {
  const auto value = ParseJson(json);
  if (!value) return tl::unexpected(NotGuards(value.error().message));
  const Value* levels = value->Find("enforcement");
  const Value* packs = value->Find("packs");
  const Value* safety = value->Find("safety");
  if (levels == nullptr || !levels->IsMap() || packs == nullptr ||
      !packs->IsList() || safety == nullptr) {
    return tl::unexpected(NotGuards("a part of it is missing"));
  }
  KeptGuards kept;
  ConfiguredGuards& guards = kept.guards;
  for (const Value::Entry& entry : levels->AsMap()) {
    const auto level = entry.value.IsString()
                           ? engine::ParseEnforcement(entry.value.AsString())
                           : std::nullopt;
    if (!level) return tl::unexpected(NotGuards("an unknown enforcement"));
    guards.enforcement.emplace(entry.key, *level);
  }
  for (const Value& pack : packs->AsList()) {
    if (!pack.IsString()) return tl::unexpected(NotGuards("an unknown pack"));
    guards.packs.push_back(pack.AsString());
  }
  const auto deletes = NumberIn(*safety, "maxDeletePercent");
  const auto updates = NumberIn(*safety, "maxUpdatePercent");
  const auto existing = NumberIn(*safety, "minExisting");
  if (!deletes || !updates || !existing) {
    return tl::unexpected(NotGuards("a limit is missing"));
  }
  guards.safety = {*deletes, *updates, static_cast<std::int64_t>(*existing)};
  // Earlier versions kept neither.
  kept.commit = value->FindString("commit");
  if (const Value* trust = value->Find("trust")) {
    const auto settings = ReadTrust(*trust);
    if (!settings) return tl::unexpected(NotGuards("an unknown trust"));
    guards.trust = *settings;
  }
  if (const Value* windows = value->Find("windows")) {
    guards.windows = CanonicalJson(*windows);
  }
  return kept;
}

engine::SafetyRules StricterSafety(const ConfiguredGuards& applied,
                                   const ConfiguredGuards& desired) {
  const manifests::SafetyLimits& a = applied.safety;
  const manifests::SafetyLimits& d = desired.safety;
  return {std::min(a.max_delete_percent, d.max_delete_percent),
          std::min(a.max_update_percent, d.max_update_percent),
          std::min(a.min_existing, d.min_existing)};
}

std::vector<engine::Alarm> FindWeakened(const ConfiguredGuards& applied,
                                        const ConfiguredGuards& desired) {
  return Finder().Find(applied, desired);
}

}  // namespace writ::reconciler
