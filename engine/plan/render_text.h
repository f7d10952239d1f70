// A plan as people read it: what is dangerous first, then the rest, then what
// stands in the way and the next command. All text that others wrote is escaped
// (T-17) and no sensitive value is shown.
//
// Long lists are folded; deletes, replacements, breaking schemas, guards,
// widened permissions and weakened guards never are.
//
// Lines fit the width, broken between words. Two things are left to the
// terminal to break, for they are there to be copied: a command, which gets a
// line of its own where it doesn't fit, and the digest.
//
// Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "engine/plan/plan.h"

namespace writ::engine {

struct PlanTextOptions {
  bool color = false;
  bool verbose = false;     // every field of every change
  bool applies = false;     // by who shows it: no command for that
  std::size_t width = 100;  // columns, 40 at least; places go to the right edge
  bool wraps = true;        // by lines that fit; a log has no width
  // How long planning took; shown where it is set (on a terminal).
  std::optional<double> seconds;
  // What applies this very plan; empty: `writ apply` in its environment.
  std::string apply_command;
};

// Ends with a newline.
std::string RenderPlanText(const Plan& plan,
                           const PlanTextOptions& options = {});

}  // namespace writ::engine
