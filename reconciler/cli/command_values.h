// A command's options as one JSON object, for a command that is carried out
// somewhere else: {"ADDRESS": "Token/acme/ci", "--json": true}. Where a command
// finds its state, and what is a file of the side that asks, stays there.
#pragma once

#include <string>
#include <string_view>

#include "reconciler/cli/command.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler {

// True for options that aren't handed on: --source, --state, --tokens-out, …
bool StaysHere(std::string_view option);

// What was parsed into the command's options.
Value ReadOptions(const Command& command);
// The text of one of them, handed on or not; empty where there is none.
std::string ReadOption(const Command& command, std::string_view name);

// Sets the options that are handed on. kInvalidArgument for what the command
// doesn't have.
Status FillOptions(const Command& command, const Value& values);
// Sets one that stays here.
void FillOption(const Command& command, std::string_view name,
                const std::string& text);

}  // namespace writ::reconciler
