// docs/commands.md: every command with its options, made of the outlines that
// --help is made of.
#pragma once

#include <string>

#include "reconciler/cli/command_outline.h"

namespace writ::reconciler {

// In Markdown.
std::string CommandReference(const CommandOutline& outline);

}  // namespace writ::reconciler
