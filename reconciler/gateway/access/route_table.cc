#include "reconciler/gateway/access/route_table.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "reconciler/store/live_spec.h"
#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::size_t kWorkspaceIdDigits = 24;

tl::unexpected<Error> BadContent(const ResourceId& id) {
  return Fail(ErrorCode::kCorrupt,
              "the live content of " + id.address() + " can't be read",
              "see: writ state verify");
}

// Empty where it is no id.
std::string NormalId(std::string_view text) {
  if (text.size() != kWorkspaceIdDigits) return {};
  std::string id;
  for (const char c : text) {
    if (c >= 'A' && c <= 'F') {
      id += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) {
      id += c;
    } else {
      return {};
    }
  }
  return id;
}

std::vector<std::string> SegmentsOf(std::string_view pattern) {
  std::vector<std::string> segments;
  if (pattern == "/" || pattern.empty()) return segments;
  std::size_t begin = 1;
  while (begin <= pattern.size()) {
    const std::size_t end = std::min(pattern.find('/', begin), pattern.size());
    segments.emplace_back(pattern.substr(begin, end - begin));
    begin = end + 1;
  }
  return segments;
}

std::optional<RouteRule> RuleOf(const Value& value) {
  RouteRule rule;
  const Value* methods = value.Find("methods");
  if (methods == nullptr || !methods->IsList()) return std::nullopt;
  for (const Value& method : methods->AsList()) {
    if (!method.IsString()) return std::nullopt;
    rule.label += (rule.label.empty() ? "" : ",") + method.AsString();
    rule.methods.push_back(method.AsString());
  }
  const std::string_view path = value.FindString("path");
  rule.label += " " + std::string(path);
  rule.scope = value.FindString("scope");
  // Without a scope nobody could be refused for lacking it.
  if (path.empty() || rule.scope.empty()) return std::nullopt;
  rule.segments = SegmentsOf(path);
  const std::string_view rate = value.FindString("rateLimit");
  if (!rate.empty()) {
    rule.limit = ParseRateLimit(rate);
    if (!rule.limit) return std::nullopt;
  }
  return rule;
}

Status AddRules(const engine::LiveResource& route,
                std::vector<RouteRule>& rules) {
  const auto content = ParseJson(route.content);
  const Value* list = content ? content->FindPath("spec.rules") : nullptr;
  if (list == nullptr || !list->IsList()) return BadContent(route.id);
  std::size_t index = 0;
  for (const Value& item : list->AsList()) {
    std::optional<RouteRule> rule = RuleOf(item);
    if (!rule) return BadContent(route.id);
    rule->key =
        std::hash<std::string>()(route.uid + "#" + std::to_string(index++));
    rules.push_back(*std::move(rule));
  }
  return {};
}

// One pass; after a mismatch it goes on behind the last "**".
bool Matches(const std::vector<std::string>& pattern,
             const std::vector<std::string>& segments) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t p = 0;
  std::size_t s = 0;
  std::size_t star = kNone;
  std::size_t resume = 0;
  while (s < segments.size()) {
    if (p < pattern.size() && pattern[p] == "**") {
      star = p++;
      resume = s;
    } else if (p < pattern.size() &&
               (pattern[p] == "*" ? !segments[s].empty()
                                  : pattern[p] == segments[s])) {
      ++p;
      ++s;
    } else if (star != kNone) {
      p = star + 1;
      s = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == "**") ++p;
  return p == pattern.size();
}

}  // namespace

std::optional<RateLimit> ParseRateLimit(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  RateLimit limit;
  const char* end = text.data() + slash;
  const auto parsed = std::from_chars(text.data(), end, limit.count);
  if (parsed.ec != std::errc() || parsed.ptr != end || limit.count < 1) {
    return std::nullopt;
  }
  std::string period(text.substr(slash + 1));
  if (!period.empty() && (period[0] < '0' || period[0] > '9')) {
    period.insert(0, "1");
  }
  const std::optional<Duration> duration = ParseDuration(period);
  if (!duration || duration->count() <= 0) return std::nullopt;
  limit.period = *duration;
  return limit;
}

const RouteRule* WorkspaceRoutes::Match(
    std::string_view method, const std::vector<std::string>& segments) const {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  const auto found = std::ranges::find_if(rules, [&](const RouteRule& rule) {
    return std::ranges::find(rule.methods, wanted) != rule.methods.end() &&
           Matches(rule.segments, segments);
  });
  return found == rules.end() ? nullptr : &*found;
}

Result<RouteTable> RouteTable::Compile(
    std::span<const engine::LiveResource> workspaces,
    std::span<const engine::LiveResource> routes) {
  RouteTable table;
  std::unordered_map<std::string, std::string> ids;  // by address
  for (const engine::LiveResource& workspace : workspaces) {
    const Value spec = TRY(SpecOf(workspace));
    std::string id = NormalId(spec.FindString("workspaceId"));
    if (id.empty()) continue;
    WorkspaceRoutes compiled;
    compiled.name = workspace.id.name();
    compiled.uid = workspace.uid;
    compiled.is_sandbox = spec.FindString("tier") == "sandbox";
    // Two of one id: nobody can say which is meant, so neither is.
    const bool is_new =
        table.workspaces_.emplace(id, std::move(compiled)).second;
    if (!is_new) table.workspaces_[id].uid.clear();
    ids.emplace(workspace.id.address(), id);
  }
  for (const engine::LiveResource& route : routes) {
    const auto id = ids.find(route.parent.address());
    if (id == ids.end()) continue;
    TRY(AddRules(route, table.workspaces_[id->second].rules));
  }
  std::erase_if(table.workspaces_,
                [](const auto& entry) { return entry.second.uid.empty(); });
  return table;
}

const WorkspaceRoutes* RouteTable::Find(std::string_view workspace_id) const {
  const std::string id = NormalId(workspace_id);
  const auto found = workspaces_.find(id);
  return found == workspaces_.end() ? nullptr : &found->second;
}

}  // namespace writ::reconciler::gateway
