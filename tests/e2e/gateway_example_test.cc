// examples/gateway as it is shown: events in, a signed webhook out, and a key
// rotated by the evidence of its use while requests go on, a runner that
// applies from afar. The script ends 1 where a request was refused.
#include <filesystem>
#include <regex>
#include <string>

#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

class GatewayExample : public Workbench {};

// S-10, S-12, S-13.
TEST_F(GatewayExample, RefusesNoRequest) {
  Invocation call = Call({});
  call.program =
      std::filesystem::path(WRIT_SOURCE_DIR) / "examples/gateway/run";
  call.variables = {{"WRIT", testing::WritBinary().string()},
                    {"TMPDIR", git_.root().string()}};
  call.deadline = std::chrono::seconds(250);
  const Ran ran = testing::RunWrit(call);
  EXPECT_EQ(ran.code, 0) << ran.all();
  EXPECT_TRUE(std::regex_search(
      ran.out, std::regex("\n[1-9][0-9]+ requests, 0 refused")))
      << ran.all();
  EXPECT_TRUE(Says(ran, "\"accepted\":1"));
  EXPECT_TRUE(Says(ran, "is less than 0"));
  EXPECT_TRUE(Says(ran, "a message signed for it: dlv_"));
  // S-05
  EXPECT_TRUE(Says(ran, "lease held by Token/acme/ci (crd_"));
  EXPECT_TRUE(Says(ran, "No changes."));
  EXPECT_TRUE(Says(ran, "stopped in order"));
  EXPECT_FALSE(std::regex_search(ran.all(),
                                 std::regex("vela_(live|cs)_[0-9A-Za-z]{48}")));
}

}  // namespace
}  // namespace writ::e2e
