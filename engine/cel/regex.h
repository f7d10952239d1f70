// A regular expression in RE2's syntax: matching takes time linear in the
// text, whoever wrote the pattern.
//
// Immutable; safe from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace writ::engine::cel {

// What is matched often is worth more work beforehand.
enum class RegexUse : std::uint8_t { kOnce, kOften };

class Regex {
 public:
  // Null where the pattern is wrong; `mistake` then says why.
  static std::unique_ptr<const Regex> Compile(std::string_view pattern,
                                              RegexUse use,
                                              std::string& mistake);
  ~Regex();

  // Whether any part of the text matches.
  bool Matches(std::string_view text) const;

 private:
  struct Engine;
  explicit Regex(std::unique_ptr<const Engine> engine);

  std::unique_ptr<const Engine> engine_;
};

}  // namespace writ::engine::cel
