// Which handler answers a method and a path. Literal segments go before
// parameters, and these before "/**" at a pattern's end, which takes whatever
// follows, nothing included: "/v1/apps/new", "/v1/apps/{app}", "/v1/**". HEAD
// is GET; the method "*" is any that no other route of the pattern takes.
//
// Immutable once made; safe from any thread. A literal path costs one look-up.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "reconciler/gateway/http.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

struct RouteMatch {
  enum class Outcome : std::uint8_t {
    kFound,
    kBadPath,           // refused by SplitPath (request_path.h): 400
    kNoSuchPath,        // 404
    kMethodNotAllowed,  // 405; `allow` lists what is
  };

  Outcome outcome = Outcome::kNoSuchPath;
  const Route* route = nullptr;  // of the router's, where one was found
  // Names of the pattern, values decoded.
  std::vector<std::pair<std::string_view, std::string>> params;
  std::string allow;  // "GET, HEAD, POST"
};

class Router {
 public:
  // kInvalidArgument for a pattern that no path can match, two routes of the
  // same method that match the same paths, or one without a handler.
  static Result<Router> Create(std::vector<Route> routes);

  RouteMatch Match(std::string_view method, std::string_view path) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Pattern {
    std::vector<std::string> segments;  // "{name}" takes any one, "**" the rest
    std::vector<std::size_t> routes;    // of one path, by method
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  Router() = default;
  Status Add(std::size_t index);
  // The place among `patterns_`; patterns_.size() where there is none.
  std::size_t Find(const std::vector<std::string>& segments) const;
  RouteMatch Choose(std::string_view method, const Pattern& pattern) const;

  std::vector<Route> routes_;
  std::vector<Pattern> patterns_;  // the more literal first
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> literal_;
};

}  // namespace writ::reconciler::gateway
