// A response's body that comes bit by bit while its handler goes on: what a
// long operation says of itself. The handler writes at one end, the server
// takes at the other; neither waits for the other.
//
// Safe from any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace writ::reconciler::gateway {

class BodyStream {
 public:
  // For the handler. False once nobody reads any more: the client is gone, or
  // reads so slowly that kMaxWaiting bytes lie here.
  bool Write(std::string_view bytes);
  // The body is whole. What isn't ended when the last pointer to it goes stays
  // open until the server's patience ends.
  void End();

  // For the server. `more` is called after each Write and End, on the thread
  // that calls those.
  void OnMore(std::function<void()> more);
  struct Part {
    std::string bytes;
    bool is_last = false;
  };
  // What was written since the last time.
  Part Take();
  // Nobody reads any more.
  void Abandon();

  static constexpr std::size_t kMaxWaiting = std::size_t{64} << 20;

 private:
  void Tell();

  std::mutex mutex_;
  std::string waiting_;
  std::function<void()> more_;
  bool ended_ = false;
  bool abandoned_ = false;
};

}  // namespace writ::reconciler::gateway
