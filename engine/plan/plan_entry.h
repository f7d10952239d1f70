// One change of a plan on a terminal: its line, and below it what a reviewer
// has to know. Everything is escaped (T-17).
//
// Pure; borrows the plan and the options.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "engine/plan/render_text.h"

namespace writ::engine {

enum class Style { kPlain, kBold, kDim, kRed, kGreen, kYellow, kCyan };

// The text in that style, or as it is without colours.
std::string Styled(const PlanTextOptions& options, Style style,
                   const std::string& text);
Style StyleOf(Action action);
// By how early it is to be read; for the rest, by its action.
Style RiskStyleOf(const Change& change);

class EntryPrinter {
 public:
  EntryPrinter(const Plan& plan, const PlanTextOptions& options,
               std::string& out)
      : plan_(plan), options_(options), out_(out) {}

  // At the head a change is told in full; `column` is how wide the addresses
  // of its section are.
  void Print(const Change& change, bool at_head, std::size_t column) const;
  // What policies say, a line each, by `indent`; with what they record and let
  // off only in full.
  void PrintFindings(const std::vector<Finding>& findings,
                     const std::string& indent) const;

 private:
  std::string Summary(const Change& change, bool at_head) const;
  std::string References(const Change& change) const;
  std::string Environments(const Change& change) const;
  // Told in the change's own line, value and all.
  bool IsOneLiner(const Change& change, bool at_head) const;
  void PrintAlarms(const Change& change, bool at_head) const;
  void PrintFields(const Change& change) const;
  // What will be there, field by field; sensitive values are not shown.
  void PrintContent(const Change& change) const;
  void PrintReasons(const Change& change) const;
  void PrintDependents(const Change& change) const;
  void PrintGuards(const Change& change) const;
  // The text, broken where it has to be, and what stands at the right edge:
  // in its last line or, where there is no room, in one of its own, indented
  // like the text or, where that is too far, by less.
  void Line(const std::string& text, std::size_t hang,
            const std::string& right = {}) const;
  // Where what follows a column goes on: below it, or near the left edge where
  // there is little room.
  std::size_t HangBelow(std::size_t column) const;

  const Plan& plan_;
  const PlanTextOptions& options_;
  std::string& out_;
};

}  // namespace writ::engine
