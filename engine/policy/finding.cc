#include "engine/policy/finding.h"

#include <algorithm>
#include <array>
#include <utility>

namespace writ::engine {
namespace {

template <typename T, std::size_t kCount>
using Names = std::array<std::pair<T, std::string_view>, kCount>;

constexpr Names<Verdict, 4> kVerdicts = {{{Verdict::kPass, "pass"},
                                          {Verdict::kExempt, "exempt"},
                                          {Verdict::kViolation, "violation"},
                                          {Verdict::kError, "error"}}};

constexpr Names<Enforcement, 4> kEnforcements = {
    {{Enforcement::kAudit, "audit"},
     {Enforcement::kWarn, "warn"},
     {Enforcement::kDenyOverridable, "deny-overridable"},
     {Enforcement::kDeny, "deny"}}};

constexpr Names<Guards, 3> kGuards = {{{Guards::kDesired, "desired"},
                                       {Guards::kApplied, "applied"},
                                       {Guards::kBoth, "both"}}};

constexpr Names<ExceptionState, 3> kStates = {
    {{ExceptionState::kExpired, "expired"},
     {ExceptionState::kSoonExpiring, "soon-expiring"},
     {ExceptionState::kUnused, "unused"}}};

template <typename T, std::size_t kCount>
std::string_view NameIn(const Names<T, kCount>& names, T value) {
  return std::find_if(names.begin(), names.end(),
                      [&](const auto& row) { return row.first == value; })
      ->second;
}

template <typename T, std::size_t kCount>
std::optional<T> FindIn(const Names<T, kCount>& names, std::string_view name) {
  const auto found =
      std::find_if(names.begin(), names.end(),
                   [&](const auto& row) { return row.second == name; });
  if (found == names.end()) return std::nullopt;
  return found->first;
}

}  // namespace

std::string_view Name(Verdict verdict) { return NameIn(kVerdicts, verdict); }
std::string_view Name(Enforcement enforcement) {
  return NameIn(kEnforcements, enforcement);
}
std::string_view Name(Guards guards) { return NameIn(kGuards, guards); }
std::string_view Name(ExceptionState state) { return NameIn(kStates, state); }

std::optional<Verdict> ParseVerdict(std::string_view name) {
  return FindIn(kVerdicts, name);
}
std::optional<Enforcement> ParseEnforcement(std::string_view name) {
  return FindIn(kEnforcements, name);
}
std::optional<Guards> ParseGuards(std::string_view name) {
  return FindIn(kGuards, name);
}

std::optional<ExceptionState> ParseExceptionState(std::string_view name) {
  return FindIn(kStates, name);
}

bool Judgement::denied() const {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.denies(); });
}

}  // namespace writ::engine
