#include "engine/sync/settings.h"

#include <gtest/gtest.h>

#include "schema/json.h"

namespace writ::engine {
namespace {

Result<SyncSettings> Parse(std::string_view json) {
  return ParseSyncSettings(ParseJson(json).value());
}

TEST(SyncSettings, AreManualAndCarefulByDefault) {
  for (const char* json : {"{}", "null"}) {
    const SyncSettings settings = Parse(json).value();
    EXPECT_FALSE(settings.is_automatic);
    EXPECT_TRUE(settings.prune);
    EXPECT_FALSE(settings.self_heal);
    EXPECT_FALSE(settings.suspend);
    EXPECT_TRUE(settings.windows.empty());
    EXPECT_EQ(settings.notify, "");
  }
}

TEST(SyncSettings, AreReadAsWritten) {
  const SyncSettings settings = Parse(R"({
    "mode": "auto", "prune": false, "selfHeal": true, "suspend": true,
    "notify": "Destination/shop/alerts",
    "windows": [
      {"allow": "0 6 * * 1-5", "duration": "10h", "timeZone": "Europe/Zurich"},
      {"deny": "0 12 * * *", "duration": "1h"}]})")
                                    .value();
  EXPECT_TRUE(settings.is_automatic);
  EXPECT_FALSE(settings.prune);
  EXPECT_TRUE(settings.self_heal);
  EXPECT_TRUE(settings.suspend);
  EXPECT_EQ(settings.notify, "Destination/shop/alerts");
  ASSERT_EQ(settings.windows.size(), 2U);
  EXPECT_EQ(settings.windows[0].effect, Window::Effect::kAllow);
  EXPECT_EQ(settings.windows[0].duration, std::chrono::hours(10));
  EXPECT_EQ(settings.windows[0].zone, *TimeZone::Find("Europe/Zurich"));
  EXPECT_EQ(settings.windows[1].effect, Window::Effect::kDeny);
  EXPECT_EQ(settings.windows[1].zone, *TimeZone::Find("UTC"));
}

TEST(SyncSettings, RefuseWhatIsNoWindow) {
  for (const char* window :
       {R"({"duration": "1h"})", R"({"allow": "x", "duration": "1h"})",
        R"({"allow": "0 6 * * *"})",
        R"({"allow": "0 6 * * *", "duration": "0s"})",
        R"({"allow": "0 6 * * *", "deny": "0 6 * * *", "duration": "1h"})",
        R"({"allow": "0 6 * * *", "duration": "1h", "timeZone": "Mars"})"}) {
    const auto parsed = Parse(R"({"windows": [)" + std::string(window) + "]}");
    ASSERT_FALSE(parsed) << window;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidManifest);
  }
}

}  // namespace
}  // namespace writ::engine
