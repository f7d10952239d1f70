// Repositories fetched from elsewhere, as bare ones below the user's cache
// folder. libgit2 waits for ever and parses what anybody sends, so a fetch runs
// in a child of its own (`writ fetch-worker`) that is killed at a deadline;
// what it leaves half done is no part of the copy, and a copy that is broken is
// made anew.
//
// Several processes may fetch the same source: one at a time, behind a lock.
// Blocks. Safe from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "reconciler/fetching/source_url.h"
#include "schema/result.h"
#include "schema/secret_value.h"
#include "schema/time.h"

namespace writ::reconciler {

struct FetchOptions {
  std::string program;       // this program's own file
  std::string cache_folder;  // "~/.cache/writ/git"
  std::string ref;           // fetched too where it is none of a branch or tag
  Duration timeout = std::chrono::seconds(60);
  std::uint64_t max_bytes = 1ull << 30;  // received by one fetch
  std::string ca_file;                   // absolute; empty: the system's
  std::string known_hosts_file;          // empty: ~/.ssh/known_hosts
  std::string ssh_key_file;              // empty: the agent's keys
  std::string agent_socket;              // SSH_AUTH_SOCK
  std::string home;
  std::string user = "git";  // for http, with the token
  SecretValue token;
};

// Where the copy lies.
std::string CopyFolderOf(const SourceUrl& url, const std::string& cache_folder);

// Fetches and returns the copy's folder. kIo: nobody answers, or not in time,
// with the host and what was waited for. kLocked: another fetch takes longer
// than the timeout. Else as FetchInto has them.
Result<std::string> FetchSource(const SourceUrl& url,
                                const FetchOptions& options);

// What the child does: an order on standard input, what it waits for and how it
// ended on standard output. Returns the exit status.
int RunFetchWorker();

}  // namespace writ::reconciler
