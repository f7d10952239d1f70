// The routes of every workspace's API, compiled: which scope a method and a
// path need. The first rule that matches decides, in the order of the rules of
// an ApiRoute, ApiRoutes in the order of their names; without a match there is
// no scope that would do.
//
//   /api/v1/inbox      itself
//   /api/*/inbox       any one segment that isn't empty
//   /api/v1/inbox/**   it and all below it: any number of segments, none too
//
// Segments are compared decoded, byte by byte. Immutable; safe from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/state/snapshot.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler::gateway {

struct RateLimit {
  std::int64_t count = 0;
  Duration period{};
};

// "300/15m", "1/s".
std::optional<RateLimit> ParseRateLimit(std::string_view text);

struct RouteRule {
  std::vector<std::string> methods;
  std::vector<std::string> segments;
  std::string label;  // "POST,PATCH /api/v1/inbox/**": never a path
  std::string scope;
  std::optional<RateLimit> limit;
  std::uint64_t key = 0;  // the same as long as the ApiRoute has the rule there
};

struct WorkspaceRoutes {
  std::string name;
  std::string uid;
  bool is_sandbox = false;
  std::vector<RouteRule> rules;

  // Null: denied. HEAD is GET.
  const RouteRule* Match(std::string_view method,
                         const std::vector<std::string>& segments) const;
};

class RouteTable {
 public:
  // Of live Workspaces and ApiRoutes. kCorrupt where a content can't be read.
  static Result<RouteTable> Compile(
      std::span<const engine::LiveResource> workspaces,
      std::span<const engine::LiveResource> routes);

  // By the 24 hexadecimal digits that requests carry (S-30), in either case.
  // A workspace that was declared without an id has the first 24 of its uid.
  const WorkspaceRoutes* Find(std::string_view workspace_id) const;

 private:
  std::unordered_map<std::string, WorkspaceRoutes> workspaces_;
};

}  // namespace writ::reconciler::gateway
