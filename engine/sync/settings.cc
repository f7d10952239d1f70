#include "engine/sync/settings.h"

#include <utility>

namespace writ::engine {
namespace {

bool BooleanIn(const Value& map, std::string_view key, bool otherwise) {
  const Value* value = map.Find(key);
  return value != nullptr && value->IsBoolean() ? value->AsBoolean()
                                                : otherwise;
}

std::string TextIn(const Value& map, std::string_view key) {
  const Value* value = map.Find(key);
  return value != nullptr && value->IsString() ? std::string(value->AsString())
                                               : std::string();
}

tl::unexpected<Error> WrongWindow(const std::string& what) {
  return Fail(ErrorCode::kInvalidManifest,
              "a window of sync has no valid " + what, "see: writ validate");
}

Result<Window> ParseWindow(const Value& value) {
  const std::string allow = TextIn(value, "allow");
  const std::string deny = TextIn(value, "deny");
  auto opens = Cron::Parse(allow.empty() ? deny : allow);
  if (!opens || allow.empty() == deny.empty()) return WrongWindow("cron");
  const auto duration = ParseDuration(TextIn(value, "duration"));
  if (!duration || *duration <= Duration(0)) return WrongWindow("duration");
  const std::string zone_name = TextIn(value, "timeZone");
  const auto zone = TimeZone::Find(zone_name.empty() ? "UTC" : zone_name);
  if (!zone) return WrongWindow("timeZone");
  return Window{allow.empty() ? Window::Effect::kDeny : Window::Effect::kAllow,
                *std::move(opens), *duration, *zone};
}

}  // namespace

Result<std::vector<Window>> ParseWindows(const Value& windows) {
  std::vector<Window> parsed;
  if (!windows.IsList()) return parsed;
  for (const Value& window : windows.AsList()) {
    parsed.push_back(TRY(ParseWindow(window)));
  }
  return parsed;
}

Result<SyncSettings> ParseSyncSettings(const Value& sync) {
  SyncSettings settings;
  if (!sync.IsMap()) return settings;
  settings.is_automatic = TextIn(sync, "mode") == "auto";
  settings.prune = BooleanIn(sync, "prune", true);
  settings.self_heal = BooleanIn(sync, "selfHeal", false);
  settings.suspend = BooleanIn(sync, "suspend", false);
  settings.notify = TextIn(sync, "notify");
  if (const Value* windows = sync.Find("windows")) {
    settings.windows = TRY(ParseWindows(*windows));
  }
  return settings;
}

}  // namespace writ::engine
