// The lines of an answer as its bytes come in. They may hold a token's value,
// so that what was read is wiped.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "schema/secret_value.h"

namespace writ::reconciler {

class AnswerLines {
 public:
  explicit AnswerLines(std::function<void(std::string_view)> take)
      : take_(std::move(take)) {}
  ~AnswerLines() { Wipe(rest_); }
  AnswerLines(const AnswerLines&) = delete;
  AnswerLines& operator=(const AnswerLines&) = delete;

  void Add(std::string_view bytes) {
    rest_ += bytes;
    std::size_t begin = 0;
    for (std::size_t end = rest_.find('\n'); end != std::string::npos;
         end = rest_.find('\n', begin)) {
      take_(std::string_view(rest_).substr(begin, end - begin));
      begin = end + 1;
    }
    Wipe(rest_.data(), begin);
    rest_.erase(0, begin);
  }

 private:
  std::function<void(std::string_view)> take_;
  std::string rest_;  // of a line that isn't whole
};

}  // namespace writ::reconciler
