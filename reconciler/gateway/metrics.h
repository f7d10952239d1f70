// What the gateway counts, as Prometheus reads it at /metrics.
//
// Labels are declared names alone, never anything that a client chose (T-20): a
// route's pattern, the method it was declared with, the class of a status. What
// matched no route is counted under the route "none".
//
// Counting is wait-free and safe from any thread; Text may be asked for by one
// thread or several.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reconciler/gateway/http.h"
#include "reconciler/gateway/server/http_server.h"

namespace writ::reconciler::gateway {

// A figure that somebody else keeps; read at each scrape, from any thread.
struct Reading {
  enum class Kind : std::uint8_t { kCounter, kGauge };

  std::string name;  // "writ_connections"
  std::string help;
  Kind kind = Kind::kGauge;
  std::function<double()> read;
};

class Metrics {
 public:
  // Of the routes there are.
  explicit Metrics(const std::vector<Route>& routes);
  ~Metrics();

  // Not once requests are counted.
  void Add(Reading reading);
  void Count(const Exchange& exchange);
  // In Prometheus' text format, version 0.0.4.
  std::string Text() const;

 private:
  struct Row;
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace writ::reconciler::gateway
