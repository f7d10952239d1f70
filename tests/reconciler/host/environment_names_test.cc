#include "reconciler/host/environment_names.h"

#include <gtest/gtest.h>

namespace writ::reconciler {
namespace {

// T-25
TEST(EnvironmentNames, KnowsThoseThatChangePrograms) {
  for (const char* name :
       {"PATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "BASH_ENV", "ENV",
        "NODE_OPTIONS", "PYTHONPATH", "PYTHONSTARTUP", "PERL5OPT", "RUBYOPT",
        "GIT_SSH_COMMAND", "JAVA_TOOL_OPTIONS", "DYLD_INSERT_LIBRARIES",
        "WRIT_MASTER_KEY", "https_proxy", "ld_preload", "IFS",
        "BASH_FUNC_x%%"}) {
    EXPECT_TRUE(ChangesPrograms(name)) << name;
  }
  for (const char* name :
       {"SLACK_URL", "DATABASE_PATH", "OLD_PATH", "API_TOKEN", "HOMEPAGE",
        "GITHUB_TOKEN", "ENVIRONMENT", "X"}) {
    EXPECT_FALSE(ChangesPrograms(name)) << name;
  }
}

}  // namespace
}  // namespace writ::reconciler
