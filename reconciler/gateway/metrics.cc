#include "reconciler/gateway/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <sstream>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "reconciler/version.h"

namespace writ::reconciler::gateway {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Counter = std::atomic<std::uint64_t>;

constexpr std::array<std::int64_t, 11> kBucketsUs = {
    100,     250,     500,       1'000,     5'000,     25'000,
    100'000, 250'000, 1'000'000, 5'000'000, 30'000'000};
constexpr std::array kClasses = {"1xx", "2xx", "3xx", "4xx", "5xx"};
constexpr double kUsPerSecond = 1e6;

std::size_t ClassOf(int status) {
  const int hundreds = std::clamp(status / 100, 1, 5);
  return static_cast<std::size_t>(hundreds - 1);
}

std::size_t BucketOf(std::int64_t elapsed_us) {
  return static_cast<std::size_t>(
      std::ranges::lower_bound(kBucketsUs, elapsed_us) - kBucketsUs.begin());
}

MetricFamily FamilyOf(std::string name, std::string help, MetricType type) {
  MetricFamily family;
  family.name = std::move(name);
  family.help = std::move(help);
  family.type = type;
  return family;
}

}  // namespace

struct Metrics::Row {
  std::string method;
  std::string route;
  std::array<Counter, kClasses.size()> by_class{};
  std::array<Counter, kBucketsUs.size() + 1> buckets{};
  Counter elapsed_us = 0;
  Counter response_bytes = 0;

  ClientMetric Labelled() const {
    ClientMetric metric;
    metric.label = {{"method", method}, {"route", route}};
    return metric;
  }
  void AddRequests(MetricFamily& family) const {
    for (std::size_t i = 0; i < by_class.size(); ++i) {
      if (by_class[i] == 0) continue;
      ClientMetric metric = Labelled();
      metric.label.push_back({"status", kClasses[i]});
      metric.counter.value = static_cast<double>(by_class[i]);
      family.metric.push_back(std::move(metric));
    }
  }
  void AddSeconds(MetricFamily& family) const {
    ClientMetric metric = Labelled();
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < kBucketsUs.size(); ++i) {
      count += buckets[i];
      metric.histogram.bucket.push_back(
          {count, static_cast<double>(kBucketsUs[i]) / kUsPerSecond});
    }
    count += buckets.back();
    if (count == 0) return;
    metric.histogram.sample_count = count;
    metric.histogram.sample_sum =
        static_cast<double>(elapsed_us) / kUsPerSecond;
    family.metric.push_back(std::move(metric));
  }
  void AddBytes(MetricFamily& family) const {
    if (response_bytes == 0) return;
    ClientMetric metric = Labelled();
    metric.counter.value = static_cast<double>(response_bytes);
    family.metric.push_back(std::move(metric));
  }
};

struct Metrics::Table {
  std::deque<Row> rows;  // the first: what matched no route
  std::unordered_map<std::string_view, std::vector<Row*>> by_route;
  std::vector<Reading> readings;

  Row& Find(const HttpRequest& request) {
    const auto found = by_route.find(request.route);
    if (found == by_route.end()) return rows.front();
    const auto row = std::ranges::find_if(found->second, [&](const Row* one) {
      return one->method == request.method || one->method == "*";
    });
    return row == found->second.end() ? rows.front() : **row;
  }
};

Metrics::Metrics(const std::vector<Route>& routes)
    : table_(std::make_unique<Table>()) {
  Row& none = table_->rows.emplace_back();
  none.method = "none";
  none.route = "none";
  for (const Route& route : routes) {
    Row& row = table_->rows.emplace_back();
    row.method = route.method;
    row.route = route.pattern;
    table_->by_route[row.route].push_back(&row);
  }
}

Metrics::~Metrics() = default;

void Metrics::Add(Reading reading) {
  table_->readings.push_back(std::move(reading));
}

void Metrics::Count(const Exchange& exchange) {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  Row& row = table_->Find(exchange.request);
  const auto elapsed =
      std::max<std::int64_t>(exchange.elapsed.count(), std::int64_t{0});
  row.by_class[ClassOf(exchange.status)].fetch_add(1, kRelaxed);
  row.buckets[BucketOf(elapsed)].fetch_add(1, kRelaxed);
  row.elapsed_us.fetch_add(static_cast<std::uint64_t>(elapsed), kRelaxed);
  row.response_bytes.fetch_add(exchange.response_bytes, kRelaxed);
}

std::string Metrics::Text() const {
  std::vector<MetricFamily> families;
  families.push_back(FamilyOf("writ_http_requests_total",
                              "Requests answered, by route and class of status",
                              MetricType::Counter));
  families.push_back(FamilyOf("writ_http_request_seconds",
                              "From a request's first byte to its answer",
                              MetricType::Histogram));
  families.push_back(FamilyOf("writ_http_response_bytes_total",
                              "Bytes of bodies answered", MetricType::Counter));
  for (const Row& row : table_->rows) {
    row.AddRequests(families[0]);
    row.AddSeconds(families[1]);
    row.AddBytes(families[2]);
  }
  for (const Reading& reading : table_->readings) {
    const bool is_counter = reading.kind == Reading::Kind::kCounter;
    MetricFamily& family = families.emplace_back(
        FamilyOf(reading.name, reading.help,
                 is_counter ? MetricType::Counter : MetricType::Gauge));
    ClientMetric& metric = family.metric.emplace_back();
    (is_counter ? metric.counter.value : metric.gauge.value) = reading.read();
  }
  MetricFamily& build = families.emplace_back(
      FamilyOf("writ_build_info", "The version that runs", MetricType::Gauge));
  ClientMetric& version = build.metric.emplace_back();
  version.label = {{"version", std::string(kVersion)}};
  version.gauge.value = 1;
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  return text.str();
}

}  // namespace writ::reconciler::gateway
