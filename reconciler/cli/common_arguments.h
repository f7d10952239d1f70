// The arguments that many commands share, and what they open: the source, the
// environment it declares, the state that environment names.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "manifests/manifest_set.h"
#include "manifests/repository.h"
#include "manifests/source/source.h"
#include "reconciler/applying/plan_run.h"
#include "reconciler/applying/run_effects.h"
#include "reconciler/cli/command.h"
#include "reconciler/cli/session.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

struct SourceArguments {
  std::string path = ".";
  std::string ref = "HEAD";
  bool working_tree = false;
  std::string environment;
  std::vector<std::string> variables;  // NAME=VALUE
  std::string state;
  std::string server;            // a gateway's address
  std::int64_t parallelism = 0;  // 0: as many as there are cores
  std::string host_file;         // --host-config; empty: the default one
  std::string fetch_timeout = "60s";
  std::int64_t fetch_limit = 1024;  // MiB
};

void DeclareSource(Options& options, SourceArguments& arguments);
void DeclareRef(Options& options, SourceArguments& arguments);
void DeclareEnvironment(Options& options, SourceArguments& arguments);
void DeclareVariables(Options& options, SourceArguments& arguments);
void DeclareState(Options& options, SourceArguments& arguments);
void DeclareParallelism(Options& options, SourceArguments& arguments);

// A word as a shell has to be given it.
std::string ForShell(const std::string& word);

// What of them a next command has to say again to mean the same state:
// " --env production"; empty: the defaults, or not known here.
std::string SameState(const Session& session, const SourceArguments& arguments);

// A repository's name, the owner of what it declares. kInvalidArgument.
Status CheckRepositoryName(const std::string& name, const char* flag);

// A source that lies elsewhere is fetched first, each time.
Result<manifests::SourceRequest> RequestOf(const Session& session,
                                           const SourceArguments& arguments);
Result<std::unique_ptr<manifests::Source>> OpenSourceOf(
    const Session& session, const SourceArguments& arguments);

// kInvalidArgument for a --var without "=", and for flags that can't be.
Result<manifests::LoadOptions> LoadOptionsOf(const SourceArguments& arguments);

// Where a state is: in a folder, or behind a gateway.
struct StateLocation {
  std::string folder;
  std::string server;  // empty: in the folder
};

// Where --server, --state, WRIT_STATE or the environment says.
Result<StateLocation> StateLocationOf(
    const Session& session, const SourceArguments& arguments,
    const manifests::EnvironmentConfig* environment,
    const std::string& base_folder);

// For commands that need a state and no manifests: as above, else that of the
// source's environment.
Result<StateLocation> FindStateLocation(const Session& session,
                                        const SourceArguments& arguments);

// A folder that can be read as of now: the state's own, or a replica of one
// that is behind a gateway. `environment` as FetchReplica has it.
Result<std::string> ReadableFolder(const Session& session,
                                   const StateLocation& location,
                                   const std::string& environment);

// The folder that --state, WRIT_STATE or the environment names. kUnsupported
// for a gateway: what asks for it works on the state's own files.
Result<std::string> StateFolderOf(
    const Session& session, const SourceArguments& arguments,
    const manifests::EnvironmentConfig* environment,
    const std::string& base_folder);

// FindStateLocation, of a folder; errors as above.
Result<std::string> FindStateFolder(const Session& session,
                                    const SourceArguments& arguments);

// kNotFound where there is none (with the command that makes one).
Result<std::unique_ptr<StateStore>> OpenState(const Session& session,
                                              const std::string& folder,
                                              OpenMode mode,
                                              const std::string& environment);

// Manifests that can't be planned: their mistakes, and how many there are.
void ReportInvalid(Session& session, const Diagnostics& diagnostics,
                   OutputFormat format);

// What a run acts through; the session outlives it. Its master key is read when
// first asked for, and kept.
RunEffects EffectsOf(const Session& session);

}  // namespace writ::reconciler
