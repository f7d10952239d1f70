// The state against a model of it in a map: after random transactions, some of
// them given up, every way of reading says what the model says.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "reconciler/store/resource_json.h"
#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

struct Model {
  std::map<std::string, StoredResource> live;
  std::map<std::string, StoredResource> deleted;  // the newest of each
  std::map<std::string, std::int64_t> seen;       // generations in the trash
  std::int64_t serial = 0;
};

const std::vector<std::string>& Names() {
  static const std::vector<std::string> names = {
      "App/a",     "App/b",     "App/c",    "Token/a/x",
      "Token/b/x", "Token/c/x", "Token/a/y"};
  return names;
}

std::string ParentOf(const std::string& address) {
  const ResourceId id = Id(address);
  return id.parent().empty() ? "" : "App/" + std::string(id.parent());
}

rc::Gen<StoredResource> ArbitraryResource() {
  return rc::gen::exec([] {
    const std::string address = *rc::gen::elementOf(Names());
    StoredResource stored =
        MakeResource(address, ParentOf(address),
                     *rc::gen::element<std::string>("acme", "other", ""));
    stored.live.content += *rc::gen::element<std::string>("", " ", "  ");
    stored.live.content_digest = Sha256(stored.live.content);
    stored.live.desired_digest = Sha256(*rc::gen::element("d1", "d2"));
    stored.settled = *rc::gen::arbitrary<bool>();
    stored.file = *rc::gen::element<std::string>("a.yaml", "b.yaml");
    stored.live.provenance.commit = *rc::gen::element<std::string>("", "c1");
    for (const std::string& target : Names()) {
      if (*rc::gen::inRange(0, 4) == 0) stored.references.push_back(Id(target));
    }
    return stored;
  });
}

void Put(WriteTransaction& write, Model& model,
         const StoredResource& resource) {
  const std::string& address = resource.live.id.address();
  const auto there = model.live.find(address);
  const std::int64_t before =
      there == model.live.end() ? 0 : there->second.live.generation;
  RC_ASSERT(write.Put(resource, before + 1).error().code ==
            ErrorCode::kConflict);
  RC_ASSERT(write.Put(resource, before).has_value());
  StoredResource stored = resource;
  stored.live.generation = 1 + (before > 0 ? before : model.seen[address]);
  model.live[address] = stored;
  ++model.serial;
}

void Delete(WriteTransaction& write, Model& model, const std::string& address) {
  const auto there = model.live.find(address);
  if (there == model.live.end()) {
    RC_ASSERT(write.Delete(Id(address), 0).error().code ==
              ErrorCode::kNotFound);
    return;
  }
  const std::int64_t generation = there->second.live.generation;
  RC_ASSERT(write.Delete(Id(address), generation).has_value());
  model.deleted[address] = there->second;
  model.seen[address] = generation;
  model.live.erase(there);
  ++model.serial;
}

void Touch(WriteTransaction& write, Model& model,
           const StoredResource& resource) {
  const auto there = model.live.find(resource.live.id.address());
  const Status touched = write.Touch(resource);
  RC_ASSERT(touched.has_value() == (there != model.live.end()));
  if (!touched) return;
  there->second.settled = resource.settled;
  there->second.file = resource.file;
  there->second.live.desired_digest = resource.live.desired_digest;
  there->second.live.provenance = resource.live.provenance;
  there->second.references = resource.references;
}

void RenameInModel(Model& model, const std::string& from,
                   const std::string& to) {
  StoredResource moved = model.live.at(from);
  model.live.erase(from);
  moved.live.id = Id(to);
  ++moved.live.generation;
  moved.settled = false;
  model.live[to] = moved;
  for (auto& [address, stored] : model.live) {
    std::set<ResourceId> targets(stored.references.begin(),
                                 stored.references.end());
    if (targets.erase(Id(from)) > 0) targets.insert(Id(to));
    stored.references.assign(targets.begin(), targets.end());
  }
}

// Renames an app with its tokens.
void Rename(WriteTransaction& write, Model& model, const std::string& from,
            const std::string& to) {
  const auto there = model.live.find(from);
  if (there == model.live.end() || from == to) return;
  std::map<std::string, std::string> moves = {{from, to}};
  for (const auto& [address, stored] : model.live) {
    if (stored.live.parent != Id(from)) continue;
    moves[address] = "Token/" + std::string(Id(to).name()) + "/" +
                     std::string(Id(address).name());
  }
  const bool taken = std::any_of(moves.begin(), moves.end(), [&](auto& move) {
    return model.live.count(move.second) > 0;
  });
  const Status renamed =
      write.Rename(Id(from), Id(to), there->second.live.generation);
  if (taken) {
    RC_ASSERT(renamed.error().code == ErrorCode::kConflict);
    return;
  }
  RC_ASSERT(renamed.has_value());
  for (const auto& [old_name, new_name] : moves) {
    RenameInModel(model, old_name, new_name);
    if (old_name != from) model.live[new_name].live.parent = Id(to);
  }
  ++model.serial;
}

void AnyChange(WriteTransaction& write, Model& model) {
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
    case 1:
      Put(write, model, *ArbitraryResource());
      break;
    case 2:
      Delete(write, model, *rc::gen::elementOf(Names()));
      break;
    case 3:
      Touch(write, model, *ArbitraryResource());
      break;
    default:
      Rename(write, model, *rc::gen::element<std::string>("App/a", "App/b"),
             *rc::gen::element<std::string>("App/a", "App/c"));
  }
}

void CheckResources(StateStore& store, const Model& model) {
  const auto all = store.ReadAll(true).value();
  RC_ASSERT(all.serial == model.serial);
  RC_ASSERT(all.resources.size() == model.live.size());
  std::size_t i = 0;
  std::vector<engine::LiveReference> references;
  for (const auto& [address, stored] : model.live) {
    const engine::LiveResource& live = all.resources[i++];
    RC_ASSERT(live.id.address() == address);
    RC_ASSERT(live.generation == stored.live.generation);
    RC_ASSERT(live.content == stored.live.content);
    RC_ASSERT(live.content_digest == stored.live.content_digest);
    RC_ASSERT(live.desired_digest == stored.live.desired_digest);
    RC_ASSERT(live.parent == stored.live.parent);
    RC_ASSERT(live.owner == stored.live.owner);
    RC_ASSERT(live.provenance == stored.live.provenance);
    if (!live.parent.empty())
      references.push_back({live.id, live.parent, true});
    for (const ResourceId& target : stored.references) {
      references.push_back({live.id, target, false});
    }
  }
  std::sort(references.begin(), references.end());
  RC_ASSERT(all.references == references);
}

void CheckLookups(StateStore& store, const Model& model) {
  for (const std::string owner : {"acme", "other"}) {
    std::int64_t owned = 0;
    std::vector<ResourceId> unsettled;
    std::vector<ResourceId> in_a;
    for (const auto& [address, stored] : model.live) {
      if (stored.live.owner != owner) continue;
      ++owned;
      if (!stored.settled) unsettled.push_back(stored.live.id);
      if (stored.file == "a.yaml") in_a.push_back(stored.live.id);
      const auto bucket =
          store.ReadBucket(owner, engine::BucketOf(address)).value();
      RC_ASSERT(std::count(bucket.begin(), bucket.end(),
                           std::pair(address, stored.live.desired_digest)) ==
                1);
    }
    RC_ASSERT(store.CountOwned(owner).value() == owned);
    RC_ASSERT(store.Unsettled(owner).value() == unsettled);
    const std::vector<std::string> files = {"a.yaml"};
    RC_ASSERT(store.DeclaredIn(owner, files).value() == in_a);
  }
  RC_ASSERT(store.ReadFacts().value().resource_count ==
            static_cast<std::int64_t>(model.live.size()));
  RC_ASSERT(store.ReadDeleted().value().size() >= model.deleted.size());
}

RC_GTEST_PROP(StateStoreModel, EveryReadSaysWhatWasWritten, ()) {
  testing::TempFolder folder;
  testing::ManualClock clock;
  CountingRandom random;
  OpenOptions options;
  options.folder = folder / "state";
  options.mode = OpenMode::kMigrate;
  options.clock = &clock;
  options.random = &random;
  const auto store = StateStore::Open(options).value();
  Model model;
  const int transactions = *rc::gen::inRange(1, 6);
  for (int t = 0; t < transactions; ++t) {
    Model next = model;
    const auto write = store->BeginWrite("").value();
    const int changes = *rc::gen::inRange(1, 6);
    for (int c = 0; c < changes; ++c) {
      const Model before = next;
      RC_ASSERT(write->Mark().has_value());
      AnyChange(*write, next);
      if (*rc::gen::inRange(0, 4) == 0) {
        RC_ASSERT(write->RollbackToMark().has_value());
        next = before;
      } else {
        RC_ASSERT(write->ReleaseMark().has_value());
      }
      RC_ASSERT(write->serial() == next.serial);
    }
    if (*rc::gen::inRange(0, 4) == 0) continue;  // given up
    RC_ASSERT(write->Commit().has_value());
    model = next;
  }
  CheckResources(*store, model);
  CheckLookups(*store, model);
}

RC_GTEST_PROP(ResourceJson, ReadsBackWhatItWrote, ()) {
  const StoredResource stored = *ArbitraryResource();
  const std::string json = ResourceToJson(stored);
  const auto read = ResourceFromJson(json);
  RC_ASSERT(read.has_value());
  RC_ASSERT(ResourceToJson(*read) == json);
  RC_ASSERT(read->live.id == stored.live.id);
  RC_ASSERT(read->live.content == stored.live.content);
  RC_ASSERT(read->references == stored.references);
}

TEST(ResourceJson, RefusesWhatIsNoResource) {
  const std::string good = ResourceToJson(MakeResource("App/a"));
  for (const std::string& bad :
       {std::string(), std::string("[]"), std::string("{}"),
        good.substr(0, good.size() - 1),
        std::string(R"({"address":"nothing"})")}) {
    const auto read = ResourceFromJson(bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt) << bad;
  }
}

}  // namespace
}  // namespace writ::reconciler
