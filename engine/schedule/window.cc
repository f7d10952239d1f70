#include "engine/schedule/window.h"

#include <algorithm>

namespace writ::engine {
namespace {

constexpr int kMostEdges = 500;

std::optional<Timestamp> Earlier(std::optional<Timestamp> a,
                                 std::optional<Timestamp> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace

bool Window::Contains(Timestamp at) const {
  const auto opening = opens.Next(at - duration, zone);
  return opening && *opening <= at;
}

std::optional<Timestamp> Window::NextEdge(Timestamp at) const {
  std::optional<Timestamp> closing = opens.Next(at - duration, zone);
  if (closing) *closing += duration;
  return Earlier(opens.Next(at, zone), closing);
}

bool IsAllowed(const std::vector<Window>& windows, Timestamp at) {
  bool any_allows = false;
  bool allowed = false;
  for (const Window& window : windows) {
    const bool inside = window.Contains(at);
    if (window.effect == Window::Effect::kDeny) {
      if (inside) return false;
      continue;
    }
    any_allows = true;
    allowed = allowed || inside;
  }
  return allowed || !any_allows;
}

std::optional<Timestamp> NextChange(const std::vector<Window>& windows,
                                    Timestamp at) {
  const bool before = IsAllowed(windows, at);
  for (int i = 0; i < kMostEdges; ++i) {
    std::optional<Timestamp> edge;
    for (const Window& window : windows) {
      edge = Earlier(edge, window.NextEdge(at));
    }
    if (!edge || IsAllowed(windows, *edge) != before) return edge;
    at = *edge;
  }
  return at;
}

}  // namespace writ::engine
