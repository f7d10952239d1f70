// Completion scripts for shells, made of the commands' outlines, so that they
// know every command and option there is.
#pragma once

#include <string>

#include "reconciler/cli/command_outline.h"

namespace writ::reconciler {

std::string BashCompletion(const CommandOutline& outline);
std::string ZshCompletion(const CommandOutline& outline);
std::string FishCompletion(const CommandOutline& outline);

}  // namespace writ::reconciler
