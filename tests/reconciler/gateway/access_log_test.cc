#include "reconciler/gateway/access_log.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

#include "schema/json.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace writ::reconciler::gateway {
namespace {

using ::writ::testing::ManualClock;
using ::writ::testing::TempFolder;

HttpRequest Request() {
  HttpRequest request;
  request.id = "req_1";
  request.method = "GET";
  request.path = "/v1/apps/orders";
  request.query = "secret-query";
  request.route = "/v1/apps/{app}";
  request.headers = {{"User-Agent", "curl/8"}, {"Authorization", "hidden"}};
  request.client = *ParseIpAddress("192.0.2.1");
  return request;
}

std::string LineOf(const HttpRequest& request) {
  return AccessLogLine({request, 200, 12, std::chrono::microseconds(345)},
                       ManualClock().Now());
}

std::string Contents(const std::string& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(AccessLogLine, SaysWhatHappenedWithoutQueryAndCredential) {
  EXPECT_EQ(LineOf(Request()),
            R"({"time":"2026-12-01T00:00:00Z","request_id":"req_1",)"
            R"("client":"192.0.2.1","method":"GET","path":"/v1/apps/orders",)"
            R"("route":"/v1/apps/{app}","status":200,"bytes":12,)"
            R"("elapsed_us":345,"agent":"curl/8"})");
}

// T-25
TEST(AccessLogLine, MasksWhatLooksLikeACredential) {
  const std::string body = "0123456789abcdefABCDEF";
  HttpRequest request = Request();
  request.path = "/v1/x/" + std::string("vela_") + "live_" + body;
  request.headers = {{"User-Agent", std::string("sk_") + "test_" + body}};
  const std::string line = LineOf(request);
  EXPECT_EQ(line.find(body), std::string::npos);
  EXPECT_NE(line.find("vela_live_(masked)"), std::string::npos);
  EXPECT_NE(line.find("sk_test_(masked)"), std::string::npos);
}

TEST(AccessLogLine, MasksWhatTheCutWouldHide) {
  HttpRequest request = Request();
  const std::string body = "0123456789abcdefABCDEF";
  for (std::size_t before = 200; before < 300; ++before) {
    request.path = "/" + std::string(before, 'a') + "/" + std::string("vela_") +
                   "live_" + body;
    EXPECT_EQ(LineOf(request).find(body.substr(0, 16)), std::string::npos);
  }
}

// T-17: hostile bytes stay within their string.
TEST(AccessLogLine, EscapesWhateverClientsSend) {
  HttpRequest request = Request();
  request.method = "\"\n{";
  request.path = "/\x1b[31m\xff\u202e\",\"status\":999";
  request.headers = {{"User-Agent", std::string("a\0b\r\n\x7f", 6)}};
  const std::string line = LineOf(request);
  const auto parsed = ParseJson(line);
  ASSERT_TRUE(parsed.has_value()) << line;
  EXPECT_EQ(parsed->Find("status")->AsInteger(), 200);
  for (const char c : line) {
    EXPECT_GE(static_cast<unsigned char>(c), 0x20) << line;
    EXPECT_LT(static_cast<unsigned char>(c), 0x7f) << line;
  }
}

TEST(AccessLogLine, IsShortWhateverClientsSend) {
  HttpRequest request = Request();
  request.path = "/" + std::string(16'000, '\x01');
  request.headers = {{"User-Agent", std::string(16'000, '\xff')}};
  EXPECT_LT(LineOf(request).size(), 8'000U);
}

TEST(AccessLog, AppendsLinesToAPrivateFile) {
  const TempFolder folder;
  const ManualClock clock;
  const std::string path = folder / "access.log";
  const HttpRequest request = Request();
  for (int i = 0; i < 2; ++i) {
    auto log = AccessLog::Open(path, clock);
    ASSERT_TRUE(log.has_value());
    (*log)->Write({request, 200, 12, std::chrono::microseconds(345)});
  }
  EXPECT_EQ(Contents(path), LineOf(request) + "\n" + LineOf(request) + "\n");
  struct stat facts {};
  ASSERT_EQ(stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST(AccessLog, GoesOnInANewFileAfterTheOldWasMoved) {
  const TempFolder folder;
  const ManualClock clock;
  const std::string path = folder / "access.log";
  const HttpRequest request = Request();
  {
    auto log = AccessLog::Open(path, clock);
    ASSERT_TRUE(log.has_value());
    std::filesystem::rename(path, folder / "old.log");
    ASSERT_TRUE((*log)->Reopen().has_value());
    (*log)->Write({request, 200, 12, std::chrono::microseconds(345)});
  }
  EXPECT_EQ(Contents(path), LineOf(request) + "\n");
  EXPECT_EQ(Contents(folder / "old.log"), "");
}

TEST(AccessLog, FollowsNoLinkAndSaysWhyItCannotOpen) {
  const TempFolder folder;
  const ManualClock clock;
  std::filesystem::create_symlink(folder / "target", folder / "link");
  EXPECT_EQ(AccessLog::Open(folder / "link", clock).error().code,
            ErrorCode::kIo);
  EXPECT_EQ(AccessLog::Open(folder / "none/log", clock).error().code,
            ErrorCode::kIo);
  EXPECT_FALSE(std::filesystem::exists(folder / "target"));
}

TEST(AccessLog, CountsWhatCouldNotBeWritten) {
  const ManualClock clock;
  const HttpRequest request = Request();
  auto log = AccessLog::Open("/dev/full", clock);
  ASSERT_TRUE(log.has_value());
  for (int i = 0; i < 3; ++i) {
    (*log)->Write({request, 200, 12, std::chrono::microseconds(345)});
  }
  while ((*log)->dropped() < 3) std::this_thread::yield();
  EXPECT_EQ((*log)->dropped(), 3U);
}

}  // namespace
}  // namespace writ::reconciler::gateway
