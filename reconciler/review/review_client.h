// Calls to a code host's API: one credential, throttling waited out, pages
// followed. What it says when it fails is scrubbed.
//
//   429; 403 without requests left    waits as told, while there is time
//   5xx, no answer                    tried again, three times in all
//   other 4xx                         kPermission, kNotFound, kUnsupported
//
// A call that changes something may thus be made twice where its answer was
// lost; what may not is sent with one try. One thread at a time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/egress/http_client.h"
#include "schema/result.h"
#include "schema/time.h"
#include "schema/value.h"

namespace writ::reconciler::review {

struct ReviewReply {
  int status = 0;
  Value json;        // null where there is no body
  std::string next;  // the next page's path and query; empty: the last
};

class ReviewClient {
 public:
  struct Options {
    std::string base_url;  // without a slash at the end
    std::string name;      // "GitHub", for texts
    HttpHeader credential;
    SecretValue token;  // that is in it
    std::vector<std::pair<std::string, std::string>> headers;
  };

  // `wait` blocks for so long; false: somebody interrupted.
  ReviewClient(HttpClient& http, const Clock& clock,
               std::function<bool(Duration)> wait, Options options);

  static constexpr int kTries = 3;

  // `path` with its query after the base URL. Statuses in `also` are no error.
  // With one try, only what was throttled, and so not done, is sent again.
  Result<ReviewReply> Call(const std::string& method, const std::string& path,
                           const Value* body = nullptr,
                           const std::vector<int>& also = {},
                           int tries = kTries);
  // Each item of a list, page by page, until `look` says that it's enough.
  Status ForEach(const std::string& path,
                 const std::function<bool(const Value& item)>& look);

  const std::string& name() const { return options_.name; }

 private:
  Result<ReviewReply> Read(const HttpResponse& response) const;
  // How long to wait before trying again; kIo where there is no time left.
  Result<Duration> PauseAfter(const HttpResponse& response, int tried,
                              int tries);
  Error Refusal(const HttpResponse& response) const;
  Status Pause(Duration length);

  HttpClient& http_;
  const Clock& clock_;
  std::function<bool(Duration)> wait_;
  Options options_;
  Duration left_;  // that may be spent on waiting, in all
};

}  // namespace writ::reconciler::review
