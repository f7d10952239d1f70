#include "engine/rotation/wanted.h"

#include <chrono>

#include "schema/json.h"
#include "schema/text_list.h"
#include "schema/value.h"

namespace writ::engine::rotation {
namespace {

constexpr std::chrono::hours kRetryAfter(24);

bool ReadTexts(const Value* list, std::vector<std::string>& texts) {
  if (list == nullptr) return true;
  if (!list->IsList()) return false;
  for (const Value& text : list->AsList()) {
    if (!text.IsString()) return false;
    texts.push_back(text.AsString());
  }
  return true;
}

std::optional<Cause> Changed(const Basis& issued, const Basis& desired) {
  if (issued.rotation_id != desired.rotation_id) return Cause::kRotationId;
  if (issued.scopes != desired.scopes) return Cause::kScopes;
  if (issued.targets != desired.targets) return Cause::kTargets;
  if (issued.networks != desired.networks) return Cause::kNetworks;
  return std::nullopt;
}

}  // namespace

std::string PrintBasis(const Basis& basis) {
  Value value(Value::Map{});
  if (basis.rotation_id) value.Set("rotation_id", *basis.rotation_id);
  value.Set("scopes", ListOfTexts(basis.scopes));
  value.Set("networks", ListOfTexts(basis.networks));
  value.Set("targets", ListOfTexts(basis.targets));
  return CanonicalJson(value);
}

Result<Basis> ParseBasis(std::string_view text) {
  const Value value = TRY(ParseJson(text));
  Basis basis;
  const Value* id = value.Find("rotation_id");
  if (id != nullptr && id->IsInteger()) basis.rotation_id = id->AsInteger();
  if (!value.IsMap() || !ReadTexts(value.Find("scopes"), basis.scopes) ||
      !ReadTexts(value.Find("networks"), basis.networks) ||
      !ReadTexts(value.Find("targets"), basis.targets)) {
    return Fail(ErrorCode::kCorrupt, "a credential's basis can't be read");
  }
  return basis;
}

std::optional<Cause> FindCause(const TokenNow& token, Timestamp now) {
  const auto& rolled_back = token.rolled_back_at;
  const bool rested = IsRested(rolled_back, now);
  const auto changed = Changed(token.issued, token.desired);
  if (changed && rested) return changed;
  if (!token.due || token.due->at > now) return std::nullopt;
  if (!rested && token.due->at <= *rolled_back) return std::nullopt;
  return Cause::kSchedule;
}

bool IsRested(const std::optional<Timestamp>& rolled_back_at, Timestamp now) {
  return !rolled_back_at || now >= *rolled_back_at + kRetryAfter;
}

}  // namespace writ::engine::rotation
