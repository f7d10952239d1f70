// writ events: what came in, what was refused, and once more.
#include <string>

#include "reconciler/events/event_store.h"
#include "tests/e2e/own_store.h"
#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

using reconciler::EventStore;
using reconciler::NewBatch;
using reconciler::NewDeadLetter;
using reconciler::NewEvent;

// What a customer sent; shown only where somebody asks for it.
constexpr char kCanary[] = "canary-4711";

class EventCommands : public Workbench {
 protected:
  void SetUp() override {
    WriteShop();
    Expect(0, {"apply", "--auto-approve"});
  }

  std::string AppUid() {
    OwnStore store(repository() / "state/staging");
    const auto apps = store->ReadKind("App");
    EXPECT_TRUE(apps && apps->size() == 1);
    return apps->front().uid;
  }

  NewEvent EventNamed(const std::string& name) {
    NewEvent event;
    event.app = "order-service";
    event.app_uid = AppUid();
    event.event = name;
    event.level = "info";
    event.customer_id = kCanary;
    event.data = std::string("{\"orderId\":\"") + kCanary + "\"}";
    return event;
  }

  // As if the gateway had taken and refused them.
  void Store(NewBatch batch) {
    reconciler::EventStoreOptions options;
    options.folder = (repository() / "state/staging").string();
    options.disk_reserve = 0;
    auto store = EventStore::Open(options);
    ASSERT_TRUE(store) << Describe(store.error());
    const auto stored = (*store)->AppendAndWait(std::move(batch));
    ASSERT_TRUE(stored) << Describe(stored.error());
  }

  void StoreRefused() {
    NewDeadLetter letter;
    letter.app = "order-service";
    letter.app_uid = AppUid();
    letter.event = "order.placed";
    letter.body = std::string(R"({"event":"order.placed","level":"info",)") +
                  R"("data":{"orderId":")" + kCanary + "\"}}";
    letter.violations =
        R"([{"code":"required_missing","instancePath":"/data/amountCents",)"
        R"("schemaPath":"spec.fields[amountCents].required","message":"x"}])";
    NewBatch batch;
    batch.dead_letters.push_back(std::move(letter));
    Store(std::move(batch));
  }
};

TEST_F(EventCommands, SayWhereThereAreNoEvents) {
  const Ran none = Expect(1, {"events", "list", "order-service"});
  EXPECT_TRUE(Says(none, "writ serve"));
}

// T-16
TEST_F(EventCommands, ListShowsValuesOnlyWhenAsked) {
  NewBatch batch;
  batch.events = {EventNamed("order.placed"), EventNamed("order.paid")};
  Store(std::move(batch));
  const Ran list = Expect(0, {"events", "list", "order-service"});
  EXPECT_TRUE(Holds(list.out, "order.paid"));
  EXPECT_FALSE(Holds(list.out, kCanary));
  const Ran samples =
      Expect(0, {"events", "list", "order-service", "--show-samples"});
  EXPECT_TRUE(Holds(samples.out, kCanary));
  json page = ExpectJson(
      0, {"events", "list", "order-service", "--limit", "1", "--json"});
  EXPECT_EQ(page["events"].size(), 1U);
  EXPECT_FALSE(page["events"][0].contains("data"));
  page = ExpectJson(0, {"events", "list", "order-service", "--cursor",
                        page["next_cursor"].get<std::string>(), "--json"});
  EXPECT_EQ(page["events"].size(), 1U);
  EXPECT_TRUE(page["next_cursor"].is_null());
  Expect(1, {"events", "list", "nobody"});
}

TEST_F(EventCommands, ReplayTakesWhatTheMendedSchemaTakes) {
  StoreRefused();
  const Ran dead = Expect(0, {"events", "dead-letters"});
  EXPECT_TRUE(Holds(dead.out, "required_missing"));
  EXPECT_TRUE(Holds(dead.out, "/data/amountCents"));
  EXPECT_FALSE(Holds(dead.out, kCanary));
  EXPECT_TRUE(Says(Expect(0, {"events", "replay"}), "is still refused"));

  Edit("manifests/orders.yaml",
       "name: amountCents, type: number, required: true",
       "name: amountCents, type: number");
  Apply();
  EXPECT_TRUE(Says(Expect(0, {"events", "replay", "--dry-run"}),
                   "1 of 1 would be taken"));
  json replayed = ExpectJson(0, {"events", "replay", "--json"});
  EXPECT_TRUE(replayed["replayed"][0]["taken"].get<bool>());
  EXPECT_TRUE(Says(Expect(0, {"events", "dead-letters"}), "No dead letters"));
  EXPECT_TRUE(Holds(Expect(0, {"events", "list", "order-service"}).out,
                    replayed["replayed"][0]["event_id"].get<std::string>()));
}

// T-12
TEST_F(EventCommands, DeletingAnAppWithEventsIsUnsafe) {
  NewBatch batch;
  batch.events = {EventNamed("order.placed")};
  Store(std::move(batch));
  git_.Write("manifests/orders.yaml", AppText("another"));
  git_.Commit("Drop the app");
  const Ran refused = Expect(5, {"apply", "--auto-approve"});
  EXPECT_TRUE(Says(refused, "holds 1 event"));
  EXPECT_TRUE(Says(refused, "--allow-data-loss App/order-service"));
}

}  // namespace
}  // namespace writ::e2e
