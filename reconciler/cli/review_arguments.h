// Which pull request `writ review` speaks to: said by flags, or found in what
// CI servers put into the environment.
#pragma once

#include <cstdint>
#include <string>

#include "reconciler/cli/command.h"
#include "reconciler/cli/session.h"
#include "reconciler/host/host_file.h"
#include "reconciler/review/review.h"
#include "schema/result.h"

namespace writ::reconciler {

struct ReviewArguments {
  std::string host;        // github | gitlab | gitea
  std::string repository;  // owner/name
  std::int64_t number = 0;
};

void DeclareReviewPlace(Options& options, ReviewArguments& arguments);

// kInvalidArgument for what is neither said nor found. The base URL is the
// host file's, or the public one.
Result<review::ReviewPlace> FindReviewPlace(const Session& session,
                                            const ReviewArguments& arguments,
                                            const HostFile& host);

// From the environment; never from an argument. kInvalidArgument without.
Result<SecretValue> FindReviewToken(const Session& session,
                                    review::CodeHost host);

}  // namespace writ::reconciler
