// POST /v1/leak-reports: somebody found tokens where they shouldn't be, in the
// shape of GitHub's secret scanning partners:
//
//   Github-Public-Key-Identifier   which key
//   Github-Public-Key-Signature    of the raw body: ECDSA, base64
//   [{"token", "type", "url", "source"}]
//
// Each is matched by its digest and answered as `writ token leaked` does:
// replaced where it is delivered somewhere, else revoked at once. The answer
// says by a token's hash whether it was one:
//
//   [{"token_hash", "token_type", "label": "true_positive" | "false_positive"}]
//
// What was sent is written nowhere (T-23). Any thread; the work happens on one
// of its own, a report at a time, and few wait.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/credentials/leak.h"
#include "reconciler/egress/http_client.h"
#include "reconciler/gateway/http.h"
#include "reconciler/host/host_file.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

// Ends what stands in the text; see LeakResponse (leak_response.h).
using AnswerLeakText =
    std::function<Result<std::vector<LeakAnswer>>(std::string_view text)>;

class LeakReports {
 public:
  struct Options {
    HttpClient* http = nullptr;
    const HostFile* host = nullptr;
    const Clock* clock = nullptr;
    AnswerLeakText answer;  // called on the reports' thread alone
  };

  // REQUIRES: all of it; it outlives this.
  explicit LeakReports(Options options);
  ~LeakReports();
  LeakReports(const LeakReports&) = delete;
  LeakReports& operator=(const LeakReports&) = delete;

  // Live as long as this does.
  std::vector<Route> routes();

 private:
  class Handler;
  std::unique_ptr<Handler> handler_;
};

}  // namespace writ::reconciler::gateway
