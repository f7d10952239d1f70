#include "reconciler/store/live_spec.h"

#include <span>
#include <utility>

#include "schema/json.h"
#include "schema/kind.h"
#include "schema/validator.h"

namespace writ::reconciler {
namespace {

constexpr char kWorkspaceId[] = "workspaceId";
constexpr std::size_t kWorkspaceIdDigits = 24;

}  // namespace

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
  const Value* found = content.Find("spec");
  Value spec = found == nullptr ? Value(Value::Map{}) : *found;
  if (live.id.kind() == "Workspace" && spec.Find(kWorkspaceId) == nullptr) {
    spec.Set(kWorkspaceId, ComputedWorkspaceId(live.uid));
  }
  return spec;
}

std::string ComputedWorkspaceId(std::string_view uid) {
  return std::string(uid.substr(0, kWorkspaceIdDigits));
}

Result<Value> ReadSpec(StateStore& store, const ResourceId& id) {
  const auto found =
      TRY(store.ReadResources(std::span<const ResourceId>(&id, 1)));
  if (!found.empty()) return SpecOf(found.front());
  return Fail(ErrorCode::kNotFound, id.address() + " isn't live");
}

}  // namespace writ::reconciler
