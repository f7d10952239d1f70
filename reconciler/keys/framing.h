// Puts parts into one text such that no two lists of parts give the same one:
// each part follows its length. What keys are bound to and MACs are of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace writ::reconciler {

class Framing {
 public:
  Framing& Add(std::string_view part) {
    AddNumber(static_cast<std::uint64_t>(part.size()));
    text_.append(part);
    return *this;
  }
  Framing& Add(std::int64_t number) {
    Add(std::string_view(std::to_string(number)));
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  void AddNumber(std::uint64_t number) {
    for (int byte = 0; byte < 8; ++byte) {
      text_.push_back(static_cast<char>((number >> (8 * byte)) & 0xffU));
    }
  }

  std::string text_;
};

}  // namespace writ::reconciler
