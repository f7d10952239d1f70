#include "reconciler/gateway/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace writ::reconciler::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<Route> Routes() {
  return {{"GET", "/v1/apps/{app}"}, {"DELETE", "/v1/apps/{app}"}};
}

void Count(Metrics& metrics, const char* method, std::string_view route,
           int status, std::chrono::microseconds elapsed = {}) {
  HttpRequest request;
  request.method = method;
  request.route = route;
  request.path = "/v1/apps/hostile\"\n";
  metrics.Count({request, status, 10, elapsed});
}

TEST(Metrics, CountsByRouteMethodAndClass) {
  Metrics metrics(Routes());
  Count(metrics, "GET", "/v1/apps/{app}", 200);
  Count(metrics, "GET", "/v1/apps/{app}", 201);
  Count(metrics, "DELETE", "/v1/apps/{app}", 404);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("# TYPE writ_http_requests_total counter\n"));
  EXPECT_THAT(text, HasSubstr("writ_http_requests_total{method=\"GET\",route="
                              "\"/v1/apps/{app}\",status=\"2xx\"} 2"));
  EXPECT_THAT(text, HasSubstr("writ_http_requests_total{method=\"DELETE\","
                              "route=\"/v1/apps/{app}\",status=\"4xx\"} 1"));
  EXPECT_THAT(text,
              HasSubstr("writ_http_response_bytes_total{method=\"GET\",route="
                        "\"/v1/apps/{app}\"} 20"));
}

// T-20: labels are declared names.
TEST(Metrics, NoClientNamesALabel) {
  Metrics metrics(Routes());
  Count(metrics, "BREW", "/v1/apps/{app}", 405);
  Count(metrics, "GET", "", 404);
  Count(metrics, "", "", 400);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("writ_http_requests_total{method=\"none\",route="
                              "\"none\",status=\"4xx\"} 3"));
  EXPECT_THAT(text, Not(HasSubstr("BREW")));
  EXPECT_THAT(text, Not(HasSubstr("hostile")));
}

TEST(Metrics, CountsEveryMethodOfARouteThatTakesAny) {
  const Route any{"*", "/authz/**"};
  Metrics metrics(std::vector<Route>{any});
  Count(metrics, "BREW", "/authz/**", 200);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("{method=\"*\",route=\"/authz/**\","
                              "status=\"2xx\"} 1"));
  EXPECT_THAT(text, Not(HasSubstr("BREW")));
}

TEST(Metrics, PutsTimesIntoBuckets) {
  Metrics metrics(Routes());
  using std::chrono::microseconds;
  for (const int us : {0, 100, 101, 1'000'000, 40'000'000}) {
    Count(metrics, "GET", "/v1/apps/{app}", 200, microseconds(us));
  }
  const std::string text = metrics.Text();
  const std::string bucket =
      "writ_http_request_seconds_bucket{method=\"GET\",route=\"/v1/apps/{app}"
      "\",le=";
  EXPECT_THAT(text, HasSubstr(bucket + "\"0.0001\"} 2"));
  EXPECT_THAT(text, HasSubstr(bucket + "\"0.00025\"} 3"));
  EXPECT_THAT(text, HasSubstr(bucket + "\"1\"} 4"));
  EXPECT_THAT(text, HasSubstr(bucket + "\"30\"} 4"));
  EXPECT_THAT(text, HasSubstr(bucket + "\"+Inf\"} 5"));
  EXPECT_THAT(text, HasSubstr("writ_http_request_seconds_count{method=\"GET\","
                              "route=\"/v1/apps/{app}\"} 5"));
}

TEST(Metrics, ReadsWhatOthersKeep) {
  Metrics metrics(Routes());
  double events = 41;
  metrics.Add({"writ_events_total", "Events stored", Reading::Kind::kCounter,
               [&] { return events; }});
  events += 1;
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("# HELP writ_events_total Events stored\n"
                              "# TYPE writ_events_total counter\n"
                              "writ_events_total 42"));
  EXPECT_THAT(text, HasSubstr("writ_build_info{version="));
}

TEST(Metrics, CountsFromManyThreads) {
  Metrics metrics(Routes());
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 1000; ++j) {
          Count(metrics, "GET", "/v1/apps/{app}", 200);
        }
      });
    }
  }
  EXPECT_THAT(metrics.Text(), HasSubstr("status=\"2xx\"} 4000"));
}

}  // namespace
}  // namespace writ::reconciler::gateway
