// Brings a bare repository up to date with one over the network (http, https,
// ssh, file). libgit2 has no deadline, and reads what anybody sends: this runs
// in a process of its own that somebody kills (reconciler/fetching).
//
// Nothing of the user's git configuration is read, no proxy is used, and no
// redirect to another scheme, host or port followed. Libgit2's types stay in
// the .cc.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::manifests {

struct FetchOrder {
  std::string url;
  std::string host;    // as known_hosts has it: "git.example.org", "[::1]:22"
  std::string folder;  // of the bare repository; made where it isn't there
  std::string ref;     // beside all branches and tags; empty: none
  std::uint64_t max_bytes = 0;  // received
  std::string ca_file;          // empty: the system's
  std::string ssh_key_file;     // empty: the agent's keys
  std::string user;             // for http, with the token
  SecretValue token;
};

// What is waited for: "a connection", "the list of refs", "objects (12 KiB)".
using FetchProgress = std::function<void(const std::string& waits_for)>;

// All branches and tags of the other side, its default branch as HEAD; those
// that are gone there go here. Known hosts of ssh are those of
// $HOME/.ssh/known_hosts.
//
// kCorrupt: `folder` can't be used, make it anew. kNotFound: there is nothing
// at that address, or not for this user. kPermission: the other side isn't who
// it should be, or refuses who we are. kLimit: more than max_bytes. kIo: it
// can't be reached. Each with the remedy.
Status FetchInto(const FetchOrder& order, const FetchProgress& progress);

}  // namespace writ::manifests
