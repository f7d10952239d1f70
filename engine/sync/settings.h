// What an environment's `sync` says (language.md): how reconcile keeps it at
// its revision.
//
// A plain value; pure.
#pragma once

#include <string>
#include <vector>

#include "engine/schedule/window.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::engine {

struct SyncSettings {
  bool is_automatic = false;  // mode: auto
  bool prune = true;
  bool self_heal = false;
  bool suspend = false;
  std::vector<Window> windows;
  std::string notify;  // an address; empty: nobody is told of failures
};

// kInvalidManifest for what validation would have refused.
Result<SyncSettings> ParseSyncSettings(const Value& sync);
Result<std::vector<Window>> ParseWindows(const Value& windows);

}  // namespace writ::engine
