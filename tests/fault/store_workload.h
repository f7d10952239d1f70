// What the store's fault tests write, step by step, and all that can be read of
// a state as one text. Every step is one transaction, and every run of it
// writes the same bytes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/state/desired_digest.h"
#include "reconciler/store/state_store.h"
#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {

class StoreWorkload {
 public:
  using Step = std::function<Status(StateStore&)>;

  explicit StoreWorkload(std::string folder) : folder_(std::move(folder)) {}

  Result<std::unique_ptr<StateStore>> Open() {
    OpenOptions options;
    options.folder = folder_;
    options.mode = OpenMode::kMigrate;
    options.environment = "production";
    options.clock = &clock_;
    random_ = CountingRandom();  // a second attempt makes the same lineage
    options.random = &random_;
    return StateStore::Open(options);
  }

  std::vector<Step> Steps() {
    return {
        [](StateStore& s) { return CreateAll(s); },
        [this](StateStore& s) { return TakeLease(s); },
        [this](StateStore& s) { return ChangeUnderLease(s); },
        [this](StateStore& s) { return s.Heartbeat(token_); },
        [](StateStore& s) { return RenameParent(s); },
        [](StateStore& s) { return BringBack(s); },
        [this](StateStore& s) { return s.ReleaseLease(token_); },
    };
  }

 private:
  static Status Write(StateStore& store, const std::string& token,
                      const std::function<Status(WriteTransaction&)>& body) {
    const std::unique_ptr<WriteTransaction> write =
        TRY(store.BeginWrite(token));
    TRY(body(*write));
    return write->Commit();
  }

  static Status Log(WriteTransaction& write, const std::string& address,
                    const std::string& action) {
    JournalEntry entry;
    entry.apply_id = "a1";
    entry.serial = write.serial();
    entry.address = address;
    entry.action = action;
    TRY(write.AppendJournal(entry));
    AuditEntry audit;
    audit.actor = "ana";
    audit.action = "apply." + action;
    audit.subject = address;
    return write.AppendAudit(audit);
  }

  static Status CreateAll(StateStore& store) {
    return Write(store, "", [](WriteTransaction& write) -> Status {
      StoredResource token = MakeResource("Token/cart/ci", "App/cart");
      token.references = {Id("App/cart")};
      token.time_edges = {Timestamp(std::chrono::seconds(9))};
      for (const StoredResource& resource :
           {MakeResource("App/cart"), token, MakeResource("App/gone")}) {
        TRY(write.Put(resource, 0));
        TRY(Log(write, resource.live.id.address(), "create"));
      }
      return {};
    });
  }

  Status TakeLease(StateStore& store) {
    token_ = TRY(store.AcquireLease("ana", "apply", std::chrono::hours(1), {}))
    .token;
    return {};
  }

  Status ChangeUnderLease(StateStore& store) {
    return Write(store, token_, [](WriteTransaction& write) -> Status {
      StoredResource changed = MakeResource("App/cart");
      changed.live.content += " ";
      TRY(write.Put(changed, 1));
      TRY(Log(write, "App/cart", "update"));
      TRY(write.Mark());
      TRY(write.Put(MakeResource("App/undone"), 0));
      TRY(write.RollbackToMark());
      TRY(write.Delete(Id("App/gone"), 1));
      TRY(write.AddSchemaVersion(Id("EventSchema/cart/a"), "{}"));
      return Log(write, "App/gone", "delete");
    });
  }

  static Status RenameParent(StateStore& store) {
    return Write(store, "", [](WriteTransaction& write) -> Status {
      TRY(write.Rename(Id("App/cart"), Id("App/checkout"), 2));
      return Log(write, "App/checkout", "move");
    });
  }

  static Status BringBack(StateStore& store) {
    return Write(store, "", [](WriteTransaction& write) -> Status {
      TRY(write.Undelete(Id("App/gone")));
      BaseRecord base;
      base.tree_id = "t";
      base.desired_buckets = std::string(9000, 'b');
      TRY(write.WriteBase("acme", base));
      ApplyRecord apply;
      apply.id = "a1";
      TRY(write.WriteApply(apply));
      return Log(write, "App/gone", "create");
    });
  }

  std::string folder_;
  testing::ManualClock clock_;
  CountingRandom random_;
  std::string token_;
};

// Everything but what a crash may honestly change.
inline Result<std::string> DumpState(StateStore& store) {
  const StateFacts facts = TRY(store.ReadFacts());
  std::string dump = facts.lineage + " " + std::to_string(facts.serial) + " " +
                     std::to_string(facts.resource_count) + "\n";
  const engine::Snapshot all = TRY(store.ReadAll(true));
  for (const engine::LiveResource& live : all.resources) {
    dump += live.id.address() + " " + live.uid + " " + live.content + " " +
            std::to_string(live.generation) + "\n";
    const auto history = TRY(store.ReadHistory(live.id, 100));
    for (const JournalEntry& entry : history) {
      dump += "  " + entry.action + " " + entry.address + "\n";
    }
  }
  for (const engine::LiveReference& reference : all.references) {
    dump += reference.from.address() + " > " + reference.to.address() + "\n";
  }
  for (const DeletedResource& deleted : TRY(store.ReadDeleted())) {
    dump += "deleted " + deleted.resource.live.id.address() + "\n";
  }
  for (const ApplyRecord& apply : TRY(store.ReadApplies(10))) {
    dump += "apply " + apply.id + "\n";
  }
  const auto base = TRY(store.ReadBase("acme"));
  dump += base ? "base " + base->tree_id + "\n" : "no base\n";
  const auto lease = TRY(store.ReadLease());
  dump += lease ? "lease " + std::to_string(lease->heartbeat) + "\n" : "free\n";
  return dump + TRY(store.ReadAuditHead())
  .digest.Hex();
}

}  // namespace writ::reconciler
