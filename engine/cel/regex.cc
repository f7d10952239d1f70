#include "engine/cel/regex.h"

#include <re2/re2.h>

#include <optional>
#include <utility>

#include "engine/cel/regex_table.h"

namespace writ::engine::cel {
namespace {

// Bounds what one pattern's program and automaton may take.
constexpr int kMaxBytes = 1 << 20;

re2::StringPiece Piece(std::string_view text) {
  return {text.data(), text.size()};
}

RE2::Options OurOptions() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxBytes);
  return options;
}

}  // namespace

struct Regex::Engine {
  explicit Engine(std::string_view pattern)
      : expression(Piece(pattern), OurOptions()) {}

  RE2 expression;
  std::optional<RegexTable> table;  // for ASCII texts
};

Regex::Regex(std::unique_ptr<const Engine> engine)
    : engine_(std::move(engine)) {}
Regex::~Regex() = default;

std::unique_ptr<const Regex> Regex::Compile(std::string_view pattern,
                                            RegexUse use,
                                            std::string& mistake) {
  auto engine = std::make_unique<Engine>(pattern);
  if (!engine->expression.ok()) {
    mistake = engine->expression.error();
    return nullptr;
  }
  if (use == RegexUse::kOften) engine->table = RegexTable::Make(pattern);
  return std::unique_ptr<const Regex>(new Regex(std::move(engine)));
}

bool Regex::Matches(std::string_view text) const {
  if (engine_->table) {
    if (const auto known = engine_->table->Matches(text)) return *known;
  }
  return engine_->expression.Match(Piece(text), 0, text.size(), RE2::UNANCHORED,
                                   nullptr, 0);
}

}  // namespace writ::engine::cel
