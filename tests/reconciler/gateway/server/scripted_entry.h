// An entry whose answers a test writes, and which keeps those that the test
// wants to give later.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/gateway/server/http_server.h"

namespace writ::testing {

// Answers at once with what it was asked; "/later" is kept instead, and
// "/stream" has a body that the test writes.
class ScriptedEntry final : public reconciler::gateway::HttpEntry {
 public:
  using Request = reconciler::gateway::HttpRequest;
  using Response = reconciler::gateway::HttpResponse;
  using Respond = reconciler::gateway::Respond;

  void Enter(Request& request, Respond respond) override {
    if (request.path == "/later") {
      const std::lock_guard lock(mutex_);
      kept_.push_back(std::move(respond));
      changed_.notify_all();
      return;
    }
    Response response;
    response.content_type = "text/plain";
    if (request.path == "/stream") response.stream = stream;
    response.body =
        request.path == "/large" ? std::string(large_, 'x') : Describe(request);
    respond(std::move(response));
  }

  std::size_t BodyLimit(const Request& request, std::size_t usual) override {
    return request.path == "/wide" ? 100 * usual : usual;
  }

  std::shared_ptr<reconciler::gateway::BodyStream> stream =
      std::make_shared<reconciler::gateway::BodyStream>();

  // Blocks until so many wait for an answer.
  void WaitForKept(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return kept_.size() >= count; });
  }
  // From the thread of the test, as a worker of a handler's would.
  void AnswerKept(const std::string& body) {
    AnswerKept([&](Response& response) { response.body = body; });
  }
  void AnswerKept(const std::function<void(Response&)>& fill) {
    std::vector<Respond> kept;
    {
      const std::lock_guard lock(mutex_);
      kept.swap(kept_);
    }
    for (const Respond& respond : kept) {
      Response response;
      fill(response);
      respond(response);
      respond(response);  // the second is ignored
    }
  }
  void set_large(std::size_t bytes) { large_ = bytes; }

 private:
  static std::string Describe(const Request& request) {
    return request.method + " " + request.path + " " + request.query + " " +
           request.body + " " + request.client.Text() +
           (request.by_trusted_proxy ? " by proxy" : "");
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Respond> kept_;
  std::size_t large_ = 0;
};

}  // namespace writ::testing
