// examples/rotation as it is shown: rotated while consumers poll, killed once.
// The script ends 1 where a request was refused.
#include <filesystem>
#include <regex>
#include <string>

#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

class RotationExample : public Workbench {};

// S-03, S-13.
TEST_F(RotationExample, RefusesNoRequest) {
  Invocation call = Call({});
  call.program =
      std::filesystem::path(WRIT_SOURCE_DIR) / "examples/rotation/run";
  call.variables = {{"WRIT", testing::WritBinary().string()},
                    {"TMPDIR", git_.root().string()}};
  call.deadline = std::chrono::seconds(100);
  const Ran ran = testing::RunWrit(call);
  EXPECT_EQ(ran.code, 0) << ran.all();
  EXPECT_TRUE(std::regex_search(
      ran.out, std::regex("\n[1-9][0-9]+ requests, 0 refused")))
      << ran.all();
  // The killed one was under way, and was gone on with.
  EXPECT_TRUE(Says(ran, "· DEPLOYING"));
  EXPECT_EQ(ran.out.find("lease is broken"), ran.out.rfind("lease is broken"));
  EXPECT_TRUE(Lacks(ran.all(), "waited in vain"));
  for (const auto& entry : std::filesystem::directory_iterator(git_.root())) {
    EXPECT_TRUE(Lacks(entry.path().filename().string(), "tmp."))
        << "what the script made goes with it";
  }
}

}  // namespace
}  // namespace writ::e2e
