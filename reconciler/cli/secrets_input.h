// How a value reaches writ: on standard input, or typed at a prompt that
// doesn't show it; never as an argument. What is read lies in memory that is
// wiped, and in no stream's buffer.
#pragma once

#include <string>

#include "reconciler/cli/session.h"
#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

struct SecretInputOptions {
  std::string prompt;  // "Value of SLACK_URL in prod"
  // A prompt asks twice and compares.
  bool once = false;
  // Standard input ends in a newline that belongs to the value.
  bool keep_newline = false;
};

// All of standard input, without one newline at its end; from a terminal one
// line, unseen. Empty where nothing was given. kLimit, kInterrupted;
// kInvalidArgument where the two lines differ. Blocks.
Result<SecretValue> ReadSecretInput(Session& session,
                                    const SecretInputOptions& options);

// One line that confirms something, shown as it is typed. Empty at the end of
// input.
std::string ReadConfirmation(Session& session, const std::string& question);

}  // namespace writ::reconciler
