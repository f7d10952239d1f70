// An apply that is killed, interrupted, or not alone. Whatever the moment: the
// state is whole, the next apply finishes, nothing is done twice.
#include <chrono>
#include <csignal>
#include <random>
#include <string>

#include "tests/e2e/own_store.h"
#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kSchemas = 3000;
constexpr int kKills = 15;
constexpr std::chrono::seconds kBudget{20};

const Arguments kApply = {"apply", "--auto-approve", "--allow-updates",
                          std::to_string(kSchemas)};

class Killed : public Workbench {
 protected:
  void SetUp() override {
    WriteShop();
    Expect(0, {"apply", "--auto-approve"});
    WriteManySchemas(kSchemas, "first");
    git_.Commit("Many");
  }

  // A killed holder leaves its lease behind; breaking it is quicker than its
  // time to live.
  void BreakLease() {
    const json list = ExpectJson(0, {"lock", "list", "--json"});
    for (const json& lease : list.at("leases")) {
      Expect(0, {"lock", "break", lease["id"], "--reason", "killed"});
    }
  }
  void ExpectWhole() {
    Expect(0, {"state", "verify"});
    Expect(0, {"audit", "verify"});
  }
  void ExpectFinished() {
    const Ran last = Writ(kApply);
    EXPECT_EQ(last.code, 0) << last.all();
    EXPECT_TRUE(
        Holds(Expect(0, {"plan", "--detailed-exitcode"}).out, "No changes."));
    Expect(0, {"plan", "--detailed-exitcode", "--no-incremental"});
    ExpectWhole();
  }
  std::int64_t Serial() {
    return ExpectJson(0, {"state", "list", "--json"})["serial"];
  }
  // How long an apply of everything takes here, at most.
  milliseconds MeasureApply() {
    const auto start = steady_clock::now();
    Expect(0, kApply);
    return std::chrono::duration_cast<milliseconds>(steady_clock::now() -
                                                    start);
  }
};

TEST_F(Killed, AnywhereTheNextApplyFinishes) {
  const milliseconds whole = MeasureApply();
  const auto start = steady_clock::now();
  std::minstd_rand random(20261121);
  int kills = 0;
  for (int round = 0; kills < kKills; ++round) {
    if (steady_clock::now() - start > kBudget) break;
    WriteManySchemas(kSchemas, "round" + std::to_string(round));
    git_.Commit("Change all");
    const std::int64_t before = Serial();
    std::uniform_int_distribution<int> moment(0,
                                              static_cast<int>(whole.count()));
    WritProcess apply(Call(kApply));
    apply.WaitFor(milliseconds(moment(random)));
    apply.Send(SIGKILL);
    const Ran ran = apply.Wait();
    if (ran.signal == SIGKILL) ++kills;
    BreakLease();
    ExpectWhole();
    EXPECT_GE(Serial(), before);
    EXPECT_LE(Serial(), before + kSchemas);
    if (HasFailure()) return;
  }
  RecordProperty("kills", kills);
  EXPECT_GE(kills, 3) << "too slow a machine for the budget";
  ExpectFinished();
}

// What a killed apply had done is not done again: each resource changes once.
TEST_F(Killed, NothingIsAppliedTwice) {
  const std::int64_t before = Serial();
  OwnStore store(state("staging"));
  WritProcess apply(Call(kApply));
  while (store->ReadFacts()->serial == before) {
    apply.WaitFor(milliseconds(1));
  }
  apply.Send(SIGKILL);
  apply.Wait();
  BreakLease();
  ExpectFinished();
  EXPECT_EQ(Serial(), before + kSchemas);
  const json list = ExpectJson(0, {"state", "list", "--json"});
  for (const json& item : list.at("resources")) {
    EXPECT_EQ(item["generation"], 1) << item;
  }
}

TEST_F(Killed, InterruptedItStopsCleanlyAndSaysWhatIsLeft) {
  const std::int64_t before = Serial();
  OwnStore store(state("staging"));
  WritProcess apply(Call(kApply));
  while (store->ReadFacts()->serial == before) {
    apply.WaitFor(milliseconds(1));
  }
  apply.Send(SIGINT);
  const Ran ran = apply.Wait();
  ASSERT_NE(ran.code, 0) << "the apply was done before the signal";
  EXPECT_EQ(ran.code, 130) << ran.all();
  EXPECT_TRUE(Holds(ran.out, "Interrupted"));
  EXPECT_TRUE(Holds(ran.out, "What is left: writ apply --env staging"));
  EXPECT_TRUE(Holds(Expect(0, {"lock", "list"}).out, "Nobody"));
  ExpectWhole();
  ExpectFinished();
}

TEST_F(Killed, TwoAtOnceGiveOneThatIsLocked) {
  OwnStore store(state("staging"));
  WritProcess first(Call(kApply));
  while (!*store->ReadLease()) first.WaitFor(milliseconds(1));
  const Ran second = Writ(kApply);
  const Ran one = first.Wait();
  EXPECT_EQ(one.code, 0) << one.all();
  // It meets the lease; or comes when all is done, or sees the state move.
  EXPECT_TRUE(second.code == 7 || second.code == 0) << second.all();
  if (second.code == 7) {
    EXPECT_TRUE(Says(second, "holds the state's lease"));
    EXPECT_TRUE(Says(second, "writ lock break"));
  }
  ExpectFinished();
}

TEST_F(Killed, TheSecondWaitsWhereItMay) {
  OwnStore store(state("staging"));
  WritProcess first(Call(kApply));
  while (!*store->ReadLease()) first.WaitFor(milliseconds(1));
  Arguments patient = kApply;
  patient.insert(patient.end(), {"--lock-timeout", "50s"});
  const Ran second = Writ(patient);
  EXPECT_EQ(second.code, 0) << second.all();
  EXPECT_EQ(first.Wait().code, 0);
  ExpectFinished();
}

TEST_F(Killed, AHeldLeaseNamesItsHolderAndPlansGoOn) {
  HeldLease lease(state("staging"), "ana@runner-4");
  const Ran apply = Expect(7, kApply);
  EXPECT_TRUE(Says(apply, "ana@runner-4"));
  EXPECT_TRUE(Says(apply, "writ lock break " + lease.token()));
  Expect(2, {"plan", "--detailed-exitcode"});
}

}  // namespace
}  // namespace writ::e2e
