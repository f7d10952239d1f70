#include "reconciler/gateway/management/management_scope.h"

#include <algorithm>
#include <utility>

#include "reconciler/store/live_spec.h"
#include "schema/ascii_case.h"

namespace writ::reconciler::gateway {

Author ManagementScope::AuthorOf(const Principal& caller) const {
  return {caller.token.address() + " (" + caller.credential + ")"};
}

Result<engine::LiveResource> ManagementScope::FindWorkspace(
    const Principal& caller) {
  for (engine::LiveResource& row : TRY(store_.ReadKind("Workspace"))) {
    if (row.uid == caller.rights.parent_uid) return std::move(row);
  }
  return Fail(
      ErrorCode::kNotFound,
      "there is no such workspace; this path wants the client secret of "
      "one, not the state's own");
}

Result<engine::LiveResource> ManagementScope::FindApp(const Principal& caller,
                                                      const std::string& app) {
  const engine::LiveResource workspace = TRY(FindWorkspace(caller));
  for (engine::LiveResource& row : TRY(store_.ReadKind("App"))) {
    if (row.parent != workspace.id) continue;
    if (row.id.name() == app || row.uid == app) return std::move(row);
    const Value spec = TRY(SpecOf(row));
    if (spec.FindString("slug") == app) return std::move(row);
  }
  return NoSuch("app");
}

Result<std::vector<ResourceId>> ManagementScope::ChildrenOf(
    const ResourceId& parent, const std::string& kind) {
  std::vector<ResourceId> children;
  for (auto& reference : TRY(store_.ReferencesTo(std::span(&parent, 1)))) {
    if (!reference.is_parent) continue;
    if (kind.empty() || reference.from.kind() == kind) {
      children.push_back(std::move(reference.from));
    }
  }
  return children;
}

Result<engine::LiveResource> ManagementScope::FindChild(
    const ResourceId& parent, const std::string& kind, const std::string& name,
    const char* what) {
  const auto children = TRY(ChildrenOf(parent, kind));
  for (engine::LiveResource& row : TRY(store_.ReadResources(children))) {
    if (row.uid == name || row.id.name() == name) return std::move(row);
  }
  return NoSuch(what);
}

Result<bool> ManagementScope::AllowsWrites(const engine::LiveResource& app) {
  const Value spec = TRY(SpecOf(app));
  return spec.FindString("managementWrites") == "allow";
}

Status ManagementScope::MayChange(const engine::LiveResource& app,
                                  const ResourceId& id) {
  if (TRY(AllowsWrites(app))) return {};
  TRY(ReadUnmanaged(store_, id));
  return {};
}

Status ManagementScope::Create(const ResourceId& id, Value spec,
                               const std::string& action,
                               const Author& author) {
  const Resource resource =
      TRY(ParseUnmanaged(UnmanagedDocument(id, std::move(spec))));
  return CreateUnmanaged(store_, resource, action,
                         {clock_.Now(), author.actor});
}

Status ManagementScope::Replace(const engine::LiveResource& app,
                                const ResourceId& id, Value spec,
                                const std::string& action,
                                const Author& author) {
  const Authorship by{clock_.Now(), author.actor};
  if (TRY(AllowsWrites(app))) {
    return ReplaceLive(store_, id, std::move(spec), action, by);
  }
  return ReplaceUnmanaged(store_, id, std::move(spec), action, by);
}

Status ManagementScope::Remove(const ResourceId& id, const std::string& action,
                               const Author& author) {
  return RemoveUnmanaged(store_, id, action, {clock_.Now(), author.actor});
}

tl::unexpected<Error> NoSuch(const char* what) {
  return Fail(ErrorCode::kNotFound, std::string("there is no such ") + what);
}

std::string SlugOf(std::string_view name) {
  std::string slug;
  for (const char c : name) {
    const char lower = LowerCase(c);
    const bool keeps =
        (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (keeps) {
      slug += lower;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug;
}

Status CheckKeys(const Value& body, std::span<const std::string_view> known) {
  if (!body.IsMap()) {
    return Fail(ErrorCode::kInvalidArgument, "the body is an object");
  }
  for (const Value::Entry& entry : body.AsMap()) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) {
      continue;
    }
    return Fail(ErrorCode::kInvalidArgument,
                "property " + entry.key + " should not exist");
  }
  return {};
}

Result<std::string> TextAt(const Value& body, std::string_view key) {
  const Value* text = body.Find(key);
  if (text != nullptr && text->IsString() && !text->AsString().empty()) {
    return text->AsString();
  }
  return Fail(ErrorCode::kInvalidArgument,
              std::string(key) + " should not be empty");
}

void CopyIfThere(const Value& from, std::string_view key, Value& to) {
  if (const Value* value = from.Find(key)) to.Set(key, *value);
}

}  // namespace writ::reconciler::gateway
