#include "reconciler/gateway/ingest/app_catalog.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "schema/json.h"

namespace writ::reconciler::gateway {
namespace {

using engine::LiveResource;

constexpr Duration kDefaultRetention = std::chrono::hours(90 * 24);

UnplannedEvents UnplannedOf(std::string_view name) {
  if (name == "allow") return UnplannedEvents::kAllow;
  return name == "warn" ? UnplannedEvents::kWarn : UnplannedEvents::kBlock;
}

// The spec, empty where it isn't one.
Value SpecOf(const LiveResource& live) {
  auto content = ParseJson(live.content);
  if (!content) return Value(Value::Map{});
  const Value* spec = content->Find("spec");
  return spec != nullptr && spec->IsMap() ? *spec : Value(Value::Map{});
}

Duration RetentionOf(const Value& spec) {
  return ParseDuration(spec.FindString("retention"))
      .value_or(kDefaultRetention);
}

CatalogApp ReadApp(const LiveResource& live,
                   const std::map<std::string, std::string>& workspaces) {
  const Value spec = SpecOf(live);
  CatalogApp app;
  app.name = std::string(live.id.name());
  app.slug = std::string(spec.FindString("slug"));
  if (app.slug.empty()) app.slug = app.name;
  app.uid = live.uid;
  app.unplanned = UnplannedOf(spec.FindString("unplannedEvents"));
  app.retention = RetentionOf(spec);
  const auto workspace = workspaces.find(std::string(live.parent.name()));
  if (workspace != workspaces.end()) app.workspace_uid = workspace->second;
  return app;
}

// Compiled before, where it is the same still.
std::shared_ptr<const EventValidator> ValidatorOf(const LiveResource& live,
                                                  const CatalogApp& app,
                                                  const AppCatalog* previous) {
  const CatalogApp* before =
      previous == nullptr ? nullptr : previous->FindByUid(app.uid);
  const CatalogSchema* known =
      before == nullptr ? nullptr : before->FindSchema(live.id.name());
  if (known != nullptr && known->uid == live.uid &&
      known->generation == live.generation) {
    return known->validator;
  }
  const auto content = ParseJson(live.content);
  return EventValidator::Compile(content ? *content : Value(Value::Map{}));
}

struct Rows {
  std::int64_t serial = 0;
  std::vector<LiveResource> workspaces;
  std::vector<LiveResource> apps;
  std::vector<LiveResource> schemas;
  std::vector<DeletedResource> deleted;
};

Result<Rows> ReadRows(StateStore& store) {
  Rows rows;
  rows.serial = TRY(store.ReadFacts())
  .serial;
  rows.workspaces = TRY(store.ReadKind("Workspace"));
  rows.apps = TRY(store.ReadKind("App"));
  rows.schemas = TRY(store.ReadKind("EventSchema"));
  rows.deleted = TRY(store.ReadDeleted());
  return rows;
}

std::shared_ptr<const AppCatalog> MakeCatalog(const Rows& rows,
                                              const AppCatalog* previous) {
  auto catalog = std::make_shared<AppCatalog>();
  catalog->serial = rows.serial;
  std::map<std::string, std::string> workspaces;
  for (const LiveResource& live : rows.workspaces) {
    workspaces.emplace(live.id.name(), live.uid);
  }
  std::map<std::string, std::string, std::less<>> uids;  // by name
  for (const LiveResource& live : rows.apps) {
    uids.emplace(live.id.name(), live.uid);
    catalog->apps.emplace(live.uid, ReadApp(live, workspaces));
  }
  for (const LiveResource& live : rows.schemas) {
    const auto uid = uids.find(live.id.parent());
    if (uid == uids.end()) continue;
    CatalogApp& app = catalog->apps.at(uid->second);
    app.schemas.emplace(live.id.name(),
                        CatalogSchema{live.uid, live.generation,
                                      ValidatorOf(live, app, previous)});
  }
  for (const DeletedResource& gone : rows.deleted) {
    const LiveResource& live = gone.resource.live;
    if (live.id.kind() != "App") continue;
    catalog->deleted.emplace(live.uid, RetentionOf(SpecOf(live)));
  }
  return catalog;
}

}  // namespace

const CatalogSchema* CatalogApp::FindSchema(std::string_view event) const {
  const auto found = schemas.find(event);
  return found == schemas.end() ? nullptr : &found->second;
}

const CatalogApp* AppCatalog::FindByUid(std::string_view uid) const {
  const auto found = apps.find(uid);
  return found == apps.end() ? nullptr : &found->second;
}

const CatalogApp* AppCatalog::Find(std::string_view app) const {
  if (const CatalogApp* found = FindByUid(app)) return found;
  const CatalogApp* by_slug = nullptr;
  for (const auto& [uid, each] : apps) {
    if (each.name == app) return &each;
    if (each.slug == app) by_slug = &each;
  }
  return by_slug;
}

RetentionPlan PlanRetention(const AppCatalog& catalog, Timestamp now) {
  RetentionPlan plan;
  plan.now = now;
  plan.others_from = now - kUnknownAppRetention;
  for (const auto& [uid, retention] : catalog.deleted) {
    plan.keep_from[uid] = now - retention;
  }
  for (const auto& [uid, app] : catalog.apps) {
    plan.keep_from[uid] = now - app.retention;
  }
  return plan;
}

Result<std::shared_ptr<const AppCatalog>> ReadCatalog(
    StateStore& store, const AppCatalog* previous) {
  TRY(store.BeginRead());
  const Result<Rows> rows = ReadRows(store);
  store.EndRead();
  if (!rows) return tl::unexpected<Error>(rows.error());
  return MakeCatalog(*rows, previous);
}

std::shared_ptr<const AppCatalog> CatalogSource::Get() const {
  const std::scoped_lock lock(mutex_);
  return current_;
}

Status CatalogSource::Refresh() {
  const std::scoped_lock reading(reading_);
  if (!store_) {
    OpenOptions options;
    options.folder = folder_;
    options.mode = OpenMode::kReadOnly;
    store_ = TRY(StateStore::Open(options));
  }
  const Status read = ReadAnew();
  if (!read) store_.reset();
  return read;
}

Status CatalogSource::ReadAnew() {
  const std::shared_ptr<const AppCatalog> known = Get();
  if (TRY(store_->ReadFacts()).serial == known->serial) return {};
  auto fresh = TRY(ReadCatalog(*store_, known.get()));
  const std::scoped_lock lock(mutex_);
  current_ = std::move(fresh);
  return {};
}

}  // namespace writ::reconciler::gateway
