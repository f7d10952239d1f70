// LiveCredentials over the state of the credentials' own tests, looked at only
// when a test says so.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "reconciler/gateway/access/live_credentials.h"
#include "tests/reconciler/credentials/credential_fixture.h"

namespace writ::reconciler::gateway {

class AccessTest : public CredentialTest {
 protected:
  LiveCredentialsOptions AccessOptions() {
    LiveCredentialsOptions options;
    options.folder = folder_ / "state";
    options.clock = &clock_;
    options.has_watch = false;
    return options;
  }

  std::unique_ptr<LiveCredentials> OpenAccess() {
    auto access = LiveCredentials::Open(AccessOptions(), MakeKeys());
    if (!access) {
      ADD_FAILURE() << Describe(access.error());
      return nullptr;
    }
    return *std::move(access);
  }

  static IpAddress From(std::string_view address = "10.0.0.7") {
    return ParseIpAddress(address).value();
  }

  static Verdict Ask(LiveCredentials& access, std::string_view token,
                     std::string_view address = "10.0.0.7") {
    const Authentication answer = access.Check(token, From(address));
    EXPECT_TRUE(answer.is_current);
    return answer.verdict;
  }
};

}  // namespace writ::reconciler::gateway
