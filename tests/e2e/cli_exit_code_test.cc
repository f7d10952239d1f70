// One table over all exit codes of the design (section 4) and their precedence,
// each row a real run. 4, "denied by policy", joins the table with policies.
#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/own_store.h"
#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

using std::chrono::milliseconds;

constexpr char kHostFile[] = R"(apiVersion: writ/v1
kind: Host
spec:
  environments: {staging: {applyFrom: refs/heads/trusted}}
)";

class ExitCodes : public Workbench {
 protected:
  void SetUp() override {
    WriteShop();
    Expect(0, {"apply", "--auto-approve"});
  }

  // What may be wrong, each by itself; a row names some of them.
  void Change() {
    Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
    git_.Commit("Change");
  }
  void Break() {
    git_.Write("manifests/broken.yaml", "apiVersion: writ/v1\nkind: Ap\n");
    git_.Commit("Break");
  }
  void Untrust() {
    git_.Git({"branch", "trusted"});
    Change();
    std::ofstream(git_.root() / "host.yaml") << kHostFile;
    std::filesystem::permissions(git_.root() / "host.yaml",
                                 std::filesystem::perms(0600));
    host_ = (git_.root() / "host.yaml").string();
  }
  void Endanger() {
    git_.Git({"rm", "--quiet", "-r", "manifests"});
    git_.Commit("Empty");
  }
  void Lock() { lease_.emplace(state("staging"), "ana@runner-4"); }

  // Stops the apply again and again, until that happens between two of its
  // transactions.
  Ran ApplyWhileSomebodyWrites(const ResourceId& id) {
    OwnStore store(state("staging"), milliseconds(1));
    const std::int64_t before = store->ReadFacts()->serial;
    WritProcess apply(
        Call({"apply", "--auto-approve", "--allow-updates", "3000"}));
    while (store->ReadFacts()->serial == before) {
      apply.WaitFor(milliseconds(1));
    }
    bool has_written = false;
    while (!has_written) {
      apply.Send(SIGSTOP);
      if (auto write = store->BeginWrite("")) {
        auto stored = store->ReadStored(id);
        (*stored)->live.status = "touched";
        EXPECT_TRUE((*write)->Put(**stored, (*stored)->live.generation));
        EXPECT_TRUE((*write)->Commit());
        has_written = true;
      }
      apply.Send(SIGCONT);
      apply.WaitFor(milliseconds(1));
    }
    return apply.Wait();
  }

  std::string host_;
  std::optional<HeldLease> lease_;
};

struct Row {
  const char* name;
  int code;
  std::function<void()> prepare;
  Arguments arguments;
};

const std::string kNoDigest(64, '0');

TEST_F(ExitCodes, AreTheDesignsInItsPrecedence) {
  const auto nothing = [] {};
  const auto both = [](auto a, auto b) { return [a, b] { a(), b(); }; };
  const auto change = [this] { Change(); };
  const auto broken = [this] { Break(); };
  const auto untrust = [this] { Untrust(); };
  const auto endanger = [this] { Endanger(); };
  const auto lock = [this] { Lock(); };
  const std::vector<Row> rows = {
      {"done", 0, nothing, {"plan"}},
      {"done, in detail", 0, nothing, {"plan", "--detailed-exitcode"}},
      {"changes, not asked for", 0, change, {"plan"}},
      {"error", 1, nothing, {"plan", "--ref", "nowhere"}},
      {"changes", 2, change, {"plan", "--detailed-exitcode"}},
      {"changes of format",
       2,
       [this] { git_.Write("manifests/x.yaml", "kind:   App\n"); },
       {"fmt", "--check"}},
      {"invalid", 3, broken, {"plan"}},
      {"invalid, validated", 3, broken, {"validate"}},
      {"unsafe", 5, endanger, {"plan"}},
      {"unsafe, applied", 5, endanger, {"apply", "--auto-approve"}},
      {"stale", 6, change, {"apply", "--digest", kNoDigest}},
      {"locked", 7, both(change, lock), {"apply", "--auto-approve"}},
      {"untrusted",
       9,
       untrust,
       {"apply", "--auto-approve", "--host-config", "HOST"}},
      {"usage", 64, nothing, {"plan", "--no-such-flag"}},
      {"usage, no command", 64, nothing, {}},

      {"64 before 1", 64, nothing, {"plan", "--ref", "nowhere", "--bad"}},
      {"64 before 3", 64, broken, {"plan", "--env", "nowhere"}},
      {"1 before 3", 1, broken, {"plan", "--ref", "nowhere"}},
      {"1 before 5", 1, endanger, {"plan", "--out", "no/folder/plan.json"}},
      {"1 before 2",
       1,
       change,
       {"plan", "--detailed-exitcode", "--out", "no/folder/plan.json"}},
      {"3 before 9",
       3,
       both(untrust, broken),
       {"apply", "--auto-approve", "--host-config", "HOST"}},
      {"3 before 7", 3, both(broken, lock), {"apply", "--auto-approve"}},
      {"3 before 2",
       3,
       [this] {
         git_.Write("manifests/x.yaml", "kind:   App\n");
         git_.Write("manifests/y.yaml", "kind: [\n");
       },
       {"fmt", "--check"}},
      {"9 before 7",
       9,
       both(untrust, lock),
       {"apply", "--auto-approve", "--host-config", "HOST"}},
      {"9 before 6",
       9,
       untrust,
       {"apply", "--digest", kNoDigest, "--host-config", "HOST"}},
      {"9 before 5",
       9,
       both(untrust, endanger),
       {"apply", "--auto-approve", "--host-config", "HOST"}},
      {"7 before 6", 7, both(change, lock), {"apply", "--digest", kNoDigest}},
      {"7 before 5", 7, both(endanger, lock), {"apply", "--auto-approve"}},
      {"6 before 5", 6, endanger, {"apply", "--digest", kNoDigest}},
      {"5 before 2", 5, endanger, {"plan", "--detailed-exitcode"}},
  };
  const std::string start = git_.Git({"rev-parse", "HEAD"});
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    git_.Git({"reset", "--quiet", "--hard", start});
    git_.Git({"clean", "--quiet", "--force", "-d"});
    Writ({"apply", "--auto-approve"});
    row.prepare();
    Arguments arguments = row.arguments;
    for (std::string& argument : arguments) {
      if (argument == "HOST") argument = host_;
    }
    Expect(row.code, arguments);
    lease_.reset();
    if (!host_.empty()) git_.Git({"branch", "--quiet", "-D", "trusted"});
    host_.clear();
  }
}

TEST_F(ExitCodes, StandInTheJsonAsWell) {
  Change();
  EXPECT_EQ(
      ExpectJson(2, {"plan", "--json", "--detailed-exitcode"})["exit_code"], 2);
  EXPECT_EQ(ExpectJson(1, {"plan", "--json", "--ref", "nowhere"})["exit_code"],
            1);
  EXPECT_EQ(
      ExpectJson(6, {"apply", "--json", "--digest", kNoDigest})["exit_code"],
      6);
  Break();
  EXPECT_EQ(ExpectJson(3, {"plan", "--json"})["exit_code"], 3);
}

// A closed or full stdout is an error, not a result that nobody saw.
TEST_F(ExitCodes, AResultThatCannotBeWrittenIsAnError) {
  Invocation call = Call({"plan"});
  call.output = "/dev/full";
  const Ran ran = testing::RunWrit(call);
  EXPECT_EQ(ran.code, 1) << ran.all();
  EXPECT_TRUE(Holds(ran.err, "stdout"));
}

TEST_F(ExitCodes, InterruptedAtTheQuestion) {
  Change();
  Invocation call = Call({"apply"});
  call.keeps_input_open = true;
  WritProcess process(call);
  ASSERT_TRUE(process.WaitForOutput("Only \"yes\" is accepted"));
  process.Send(SIGINT);
  const Ran ran = process.Wait();
  EXPECT_EQ(ran.code, 130) << ran.all();
  EXPECT_TRUE(Says(ran, "nothing was applied"));
  Expect(2, {"plan", "--detailed-exitcode"});
}

// Partly applied: while an apply runs, somebody without the lease writes what
// the apply has not come to yet. That change fails as a conflict, overwrites
// nothing, and the rest goes on.
TEST_F(ExitCodes, PartlyApplied) {
  WriteManySchemas(3000, "round0");
  Apply();
  for (int round = 1; round < 10; ++round) {
    WriteManySchemas(3000, "round" + std::to_string(round));
    git_.Commit("Change all");
    const Ran ran = ApplyWhileSomebodyWrites(
        *ResourceId::Parse("EventSchema/order-service/many5.99"));
    if (ran.code == 0) continue;  // it was faster
    EXPECT_EQ(ran.code, 8) << ran.all();
    EXPECT_TRUE(Holds(ran.out, "1 failed"));
    EXPECT_TRUE(Holds(ran.out, "What is left: writ apply --env staging"));
    Expect(0, {"apply", "--auto-approve"});
    Expect(0, {"plan", "--detailed-exitcode"});
    return;
  }
  FAIL() << "the apply was always done before anybody could interfere";
}

}  // namespace
}  // namespace writ::e2e
