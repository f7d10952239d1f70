// What a fetch's two processes tell each other: one JSON object in, one line of
// JSON for each thing out. The last line read is what holds when the child is
// killed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "manifests/source/git_fetch.h"
#include "schema/result.h"
#include "schema/secret_value.h"
#include "schema/time.h"

namespace writ::reconciler {

// The word on the command line that makes a process the child.
inline constexpr std::string_view kFetchWorker = "fetch-worker";

SecretValue WriteOrder(const manifests::FetchOrder& order, Duration timeout);

struct ReceivedOrder {
  manifests::FetchOrder order;
  Duration timeout{};
};
Result<ReceivedOrder> ReadOrder(std::string_view text);

std::string WriteProgress(const std::string& waits_for);
std::string WriteEnd(const Status& status);

struct FetchReport {
  std::string waits_for;
  bool done = false;
  std::optional<Error> error;
};
// What can't be read is passed over: the child may have been killed within it.
FetchReport ReadReport(std::string_view output);

}  // namespace writ::reconciler
