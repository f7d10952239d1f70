// What every route of remote state does before its own work: admits client
// secrets alone, and hands what takes a disk to a thread of its own.
//
// Private to this folder.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/http.h"
#include "reconciler/gateway/ingest/desk.h"
#include "reconciler/gateway/ingest/vela_access.h"
#include "schema/error.h"

namespace writ::reconciler::gateway {

class StateHandler final : public HttpHandler {
 public:
  // Responds once; the caller is there until it returns.
  using Work =
      std::function<void(const HttpRequest&, const Principal&, const Respond&)>;

  // `body_limit`: of requests with a client secret; 0: as usual.
  StateHandler(const VelaAccess& access, Desk& desk, Work work,
               std::size_t body_limit)
      : access_(access),
        desk_(desk),
        work_(std::move(work)),
        body_limit_(body_limit) {}

  void Handle(const HttpRequest& request, Respond respond) override;
  std::size_t BodyLimit(const HttpRequest& request, std::size_t usual) override;

 private:
  const VelaAccess& access_;
  Desk& desk_;
  const Work work_;
  const std::size_t body_limit_;
};

// With the words that the command line has for it, and what to do: whoever is
// here may read the state.
HttpResponse ExplainedProblem(const Error& error, const HttpRequest& request);

// The value of a parameter of the query, decoded; empty where there is none.
std::string QueryParameter(std::string_view query, std::string_view name);

}  // namespace writ::reconciler::gateway
