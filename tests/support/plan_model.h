// A live state in memory that plans are applied to as the applier applies them
// to the store. It checks on the way what a plan promises: what a change refers
// to is there when its turn comes, and nothing that goes is still needed.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/plan/plan.h"
#include "engine/state/snapshot.h"
#include "schema/json.h"
#include "schema/resource.h"
#include "tests/support/plan_world.h"

namespace writ::testing {

class PlanModel {
 public:
  using Live = engine::LiveResource;

  // What is live now, sorted as promised.
  engine::Snapshot snapshot() const {
    engine::Snapshot snapshot;
    snapshot.lineage = rows_.empty() && serial_ == 0 ? "" : "lineage-1";
    snapshot.serial = serial_;
    snapshot.environment = "production";
    for (const auto& [id, row] : rows_) {
      snapshot.resources.push_back(row.live);
      snapshot.existing += row.live.owner == owner ? 1 : 0;
      if (!row.live.parent.empty()) {
        snapshot.references.push_back({id, row.live.parent, true});
      }
      for (const ResourceId& to : row.references) {
        if (to == row.live.parent) continue;
        snapshot.references.push_back({id, to, false});
      }
    }
    std::sort(snapshot.references.begin(), snapshot.references.end());
    return snapshot;
  }

  // Plans and applies what the world declares; the plan, for looking at.
  engine::Plan Reach(World& world, engine::PlanOptions options = {}) {
    Diagnostics diagnostics;
    const engine::Snapshot live = snapshot();
    auto plan = engine::MakePlan(world.Input(), live, options, diagnostics);
    for (const Diagnostic& each : diagnostics.items()) {
      ADD_FAILURE() << each.code << ": " << each.summary;
    }
    if (!plan) return {};
    Apply(*plan, world.resources);
    return *std::move(plan);
  }

  void Apply(const engine::Plan& plan, const std::vector<Resource>& desired) {
    for (const engine::Change& change : plan.changes) {
      if (!change.suspended) ApplyOne(change, desired);
      applied_.insert(change.id);
    }
    applied_.clear();
  }

  Live& at(std::string_view address) {
    const auto row = rows_.find(Id(address));
    EXPECT_NE(row, rows_.end()) << address;
    return row->second.live;
  }
  bool Has(std::string_view address) const {
    return rows_.count(Id(address)) > 0;
  }
  std::size_t size() const { return rows_.size(); }

  // Somebody changes the content outside git: what was applied is kept.
  void Drift(std::string_view address, std::string_view path, Value value) {
    Live& live = at(address);
    if (live.applied.empty()) live.applied = live.content;
    Value content = Json(live.content);
    Value* spot = &content;
    while (path.find('.') != std::string_view::npos) {
      spot = spot->Find(path.substr(0, path.find('.')));
      ASSERT_NE(spot, nullptr) << path;
      path.remove_prefix(path.find('.') + 1);
    }
    spot->Set(path, std::move(value));
    live.content = CanonicalJson(content);
    live.content_digest = Sha256(live.content);
    live.changed_by = "production-ci";
    live.changed_at = ParseTimestamp("2026-11-20T10:00:00Z");
    ++live.generation;
    ++serial_;
  }

  std::string owner = "acme";

 private:
  struct Row {
    Live live;
    std::set<ResourceId> references;
  };

  void ApplyOne(const engine::Change& change,
                const std::vector<Resource>& desired) {
    using engine::Action;
    for (const ResourceId& earlier : change.after_changes) {
      EXPECT_EQ(applied_.count(earlier), 1U)
          << change.id.address() << " before " << earlier.address();
    }
    switch (change.action) {
      case Action::kNoOp:
      case Action::kRotate:
        FAIL() << "nothing a plan decides";
        break;
      case Action::kDelete:
        return Delete(change);
      case Action::kForget:
        return Forget(change);
      case Action::kMove:
        Rename(change.carried_to.value_or(*change.moved_from), change.id);
        return Put(change, desired);
      case Action::kCreate:
        EXPECT_EQ(rows_.count(change.id), 0U) << change.id.address();
        return Put(change, desired);
      case Action::kUpdate:
      case Action::kReplace:
      case Action::kAdopt:
        EXPECT_EQ(rows_.count(change.id), 1U) << change.id.address();
        return Put(change, desired);
    }
  }

  void Put(const engine::Change& change, const std::vector<Resource>& desired) {
    const auto resource =
        std::find_if(desired.begin(), desired.end(),
                     [&](const Resource& r) { return r.id == change.id; });
    ASSERT_NE(resource, desired.end()) << change.id.address();
    Row& row = rows_[change.id];
    row.references.clear();
    for (const engine::Touched& touched : change.refers_to) {
      EXPECT_EQ(rows_.count(touched.id), 1U)
          << change.id.address() << " needs " << touched.id.address();
      row.references.insert(touched.id);
    }
    Value content = *change.after;
    FillComputed(change.id, content);
    Live& live = row.live;
    const bool fresh =
        live.uid.empty() || change.action == engine::Action::kReplace;
    if (fresh) live.uid = "uid-" + std::to_string(++uids_);
    live.id = change.id;
    live.parent = resource->parent;
    live.owner = owner;
    live.content = CanonicalJson(content);
    live.content_digest = Sha256(live.content);
    live.applied.clear();
    if (!resource->lifecycle.ignore.empty()) {
      live.applied = CanonicalJson(*resource->content);
    }
    live.desired_digest = change.desired_digest;
    live.protect = resource->lifecycle.protect;
    live.forget_on_delete = resource->lifecycle.forget_on_delete;
    live.implied = resource->implied;
    live.provenance.commit = "0123456789012345678901234567890123456789";
    live.provenance.file = change.written_at.file;
    live.provenance.line = change.written_at.line;
    live.provenance.column = change.written_at.column;
    ++live.generation;
    ++serial_;
  }

  void FillComputed(const ResourceId& id, Value& content) const {
    Value* spec = content.Find("spec");
    if (id.kind() != "Workspace" || spec->Find("workspaceId")) return;
    spec->Set("workspaceId", "64f1a2b3c4d5e6f7a8b9c0d1");
  }

  const ResourceId& Place(const engine::Change& change) const {
    return change.carried_to ? *change.carried_to : change.id;
  }

  void Delete(const engine::Change& change) {
    const ResourceId id = Place(change);
    ASSERT_EQ(rows_.count(id), 1U) << id.address();
    for (const auto& [user, row] : rows_) {
      if (row.live.owner != owner || user == id) continue;
      EXPECT_EQ(row.references.count(id), 0U)
          << user.address() << " needs " << id.address();
    }
    rows_.erase(id);
    ++serial_;
  }

  void Forget(const engine::Change& change) {
    const ResourceId id = Place(change);
    ASSERT_EQ(rows_.count(id), 1U) << id.address();
    rows_[id].live.owner.reset();
    ++rows_[id].live.generation;
    ++serial_;
  }

  // With its children, which then need no move of their own.
  void Rename(const ResourceId& from, const ResourceId& to) {
    ASSERT_EQ(rows_.count(from), 1U) << from.address() << " is gone";
    if (from == to) return;
    EXPECT_EQ(rows_.count(to), 0U) << to.address() << " is taken";
    std::map<ResourceId, ResourceId> names = {{from, to}};
    for (const auto& [id, row] : rows_) {
      if (row.live.parent != from || id.parent().empty()) continue;
      names[id] = ResourceId(id.kind(), to.name(), id.name());
    }
    const auto renamed = [&](const ResourceId& id) {
      const auto name = names.find(id);
      return name == names.end() ? id : name->second;
    };
    std::map<ResourceId, Row> rows;
    for (auto& [id, row] : rows_) {
      std::set<ResourceId> references;
      for (const ResourceId& target : row.references) {
        references.insert(renamed(target));
      }
      row.references = std::move(references);
      row.live.id = renamed(id);
      row.live.parent = renamed(row.live.parent);
      rows.emplace(row.live.id, std::move(row));
    }
    rows_ = std::move(rows);
    ++serial_;
  }

  std::map<ResourceId, Row> rows_;
  std::set<ResourceId> applied_;
  std::int64_t serial_ = 0;
  int uids_ = 0;
};

}  // namespace writ::testing
