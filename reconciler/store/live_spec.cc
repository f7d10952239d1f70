#include "reconciler/store/live_spec.h"

#include <span>
#include <utility>

#include "schema/json.h"
#include "schema/kind.h"
#include "schema/validator.h"

namespace writ::reconciler {

Result<Value> SpecOf(const engine::LiveResource& live) {
  auto parsed = ParseJson(live.content);
  if (!parsed) {
    return Fail(ErrorCode::kCorrupt,
                "the live content of " + live.id.address() + " can't be read",
                "see: writ state verify");
  }
  const Kind* kind = FindKind(live.id.kind());
  const Value content = kind == nullptr
                            ? *std::move(parsed)
                            : NormalizeContent(*kind, *std::move(parsed));
  const Value* spec = content.Find("spec");
  return spec == nullptr ? Value(Value::Map{}) : *spec;
}

Result<Value> ReadSpec(StateStore& store, const ResourceId& id) {
  const auto found =
      TRY(store.ReadResources(std::span<const ResourceId>(&id, 1)));
  if (!found.empty()) return SpecOf(found.front());
  return Fail(ErrorCode::kNotFound, id.address() + " isn't live");
}

}  // namespace writ::reconciler
