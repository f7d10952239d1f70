#include "reconciler/gateway/router.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <tuple>

#include "reconciler/gateway/request_path.h"

namespace writ::reconciler::gateway {
namespace {

bool IsParam(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

constexpr std::string_view kRest = "**";
constexpr std::string_view kAnyMethod = "*";

// 0 for a literal, the least at one place.
int Looseness(std::string_view segment) {
  if (segment == kRest) return 2;
  return IsParam(segment) ? 1 : 0;
}

bool IsLiteral(const std::vector<std::string>& segments) {
  return std::ranges::none_of(segments, Looseness);
}

// Parameters stand for the same paths whatever their names.
bool MatchSamePaths(const std::vector<std::string>& a,
                    const std::vector<std::string>& b) {
  return std::ranges::equal(
      a, b, [](const std::string& left, const std::string& right) {
        return IsParam(left) ? IsParam(right) : left == right;
      });
}

bool MatchesOne(const std::string& wanted, const std::string& segment) {
  return IsParam(wanted) ? !segment.empty() : wanted == segment;
}

bool Matches(std::span<const std::string> pattern,
             std::span<const std::string> segments) {
  if (!pattern.empty() && pattern.back() == kRest) {
    pattern = pattern.first(pattern.size() - 1);
    if (segments.size() < pattern.size()) return false;
    segments = segments.first(pattern.size());
  }
  return std::ranges::equal(pattern, segments, MatchesOne);
}

// Literal before parameter before the rest, at the first place where they
// differ.
bool IsMoreLiteral(const std::vector<std::string>& a,
                   const std::vector<std::string>& b) {
  return std::ranges::lexicographical_compare(
      a, b, [](const std::string& left, const std::string& right) {
        return Looseness(left) < Looseness(right);
      });
}

std::string AllowOf(std::vector<std::string> methods) {
  if (std::ranges::find(methods, "GET") != methods.end()) {
    methods.emplace_back("HEAD");
  }
  std::ranges::sort(methods);
  std::string allow;
  for (const std::string& method : methods) {
    allow += (allow.empty() ? "" : ", ") + method;
  }
  return allow;
}

}  // namespace

Status Router::Add(std::size_t index) {
  const Route& route = routes_[index];
  const std::string name = route.method + " " + route.pattern;
  const auto invalid = [&](const char* why) {
    return Fail(ErrorCode::kInvalidArgument, "route " + name + why);
  };
  const auto segments = SplitPath(route.pattern);
  if (!segments) return invalid(": no path can match it");
  if (route.handler == nullptr) return invalid(" has no handler");
  const auto rest = std::ranges::find(*segments, kRest);
  if (rest != segments->end() && rest + 1 != segments->end()) {
    return invalid(": ** stands at the end alone");
  }
  const auto same =
      std::ranges::find_if(patterns_, [&](const Pattern& pattern) {
        return MatchSamePaths(pattern.segments, *segments);
      });
  if (same == patterns_.end()) {
    patterns_.push_back({*segments, {index}});
    return {};
  }
  for (const std::size_t other : same->routes) {
    if (routes_[other].method == route.method) {
      return invalid(" is there twice");
    }
    // One name for one place, since params are read off the pattern.
    if (routes_[other].pattern != route.pattern) {
      return invalid(": the same path has other names of parameters");
    }
  }
  same->routes.push_back(index);
  return {};
}

Result<Router> Router::Create(std::vector<Route> routes) {
  Router router;
  router.routes_ = std::move(routes);
  for (std::size_t i = 0; i < router.routes_.size(); ++i) {
    TRY(router.Add(i));
  }
  std::ranges::stable_sort(router.patterns_, IsMoreLiteral, &Pattern::segments);
  for (std::size_t i = 0; i < router.patterns_.size(); ++i) {
    const Pattern& pattern = router.patterns_[i];
    if (!IsLiteral(pattern.segments)) continue;
    router.literal_.emplace(router.routes_[pattern.routes.front()].pattern, i);
  }
  return router;
}

std::size_t Router::Find(const std::vector<std::string>& segments) const {
  const auto found =
      std::ranges::find_if(patterns_, [&](const Pattern& pattern) {
        return Matches(pattern.segments, segments);
      });
  return static_cast<std::size_t>(found - patterns_.begin());
}

RouteMatch Router::Choose(std::string_view method,
                          const Pattern& pattern) const {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  RouteMatch match;
  std::vector<std::string> methods;
  for (const std::size_t index : pattern.routes) {
    const Route& route = routes_[index];
    methods.push_back(route.method);
    const bool is_it = route.method == wanted;
    if (is_it || (route.method == kAnyMethod && match.route == nullptr)) {
      match.outcome = RouteMatch::Outcome::kFound;
      match.route = &route;
    }
    if (is_it) break;
  }
  if (match.route != nullptr) return match;
  match.outcome = RouteMatch::Outcome::kMethodNotAllowed;
  match.allow = AllowOf(std::move(methods));
  return match;
}

RouteMatch Router::Match(std::string_view method, std::string_view path) const {
  const auto literal = literal_.find(path);
  if (literal != literal_.end()) {
    return Choose(method, patterns_[literal->second]);
  }
  RouteMatch match;
  const auto segments = SplitPath(path);
  if (!segments) {
    match.outcome = RouteMatch::Outcome::kBadPath;
    return match;
  }
  const std::size_t found = Find(*segments);
  if (found == patterns_.size()) return match;
  const Pattern& pattern = patterns_[found];
  match = Choose(method, pattern);
  if (match.route == nullptr) return match;
  for (std::size_t i = 0; i < pattern.segments.size(); ++i) {
    const std::string_view name = pattern.segments[i];
    if (!IsParam(name)) continue;
    match.params.emplace_back(name.substr(1, name.size() - 2), (*segments)[i]);
  }
  return match;
}

}  // namespace writ::reconciler::gateway
