// Which changes a policy judges: plain data, so that most policies are passed
// over without looking at an expression. All that is written has to match; what
// is empty matches everything.
//
// What a change takes away counts as well: a resource that leaves a name, a
// parent or a label behind is still judged by the policy that names it.
//
// Plain values; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/policy/facts.h"
#include "schema/value.h"

namespace writ::engine {

struct Match {
  std::vector<std::string> kinds;
  std::vector<std::string> actions;
  std::vector<std::string> environments;
  std::vector<std::string> parents;  // with * for any characters
  std::vector<std::string> names;
  std::vector<std::pair<std::string, std::string>> labels;

  bool TakesKind(std::string_view kind) const;
  bool TakesAction(std::string_view action) const;
  bool TakesEnvironment(std::string_view environment) const;
  // Names, parents and labels.
  bool TakesResource(const ChangeFacts& change) const;
};

// REQUIRES: a Policy's normalised spec.match, or null.
Match ReadMatch(const Value* match);

// Whether `text` is `pattern`, in which * stands for any characters.
bool MatchesWildcard(std::string_view pattern, std::string_view text);

}  // namespace writ::engine
