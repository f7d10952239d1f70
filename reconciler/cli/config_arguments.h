// What `writ run` and `writ config` share: a project's values in one of its
// environments, read from the local state, and the project key that they may be
// asked with.
//
// Whoever may open the state's files needs no project key. Where one is given
// (S-23: --api-key, VAULTLIER_API_KEY, the cache) it is judged first, and
// bounds what is done: VIEWER reads, MEMBER writes too (S-21).
//
// Where the state is behind a gateway, the key is what values are read with,
// and the gateway judges it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/cli/command.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/cli/remote_session.h"
#include "reconciler/credentials/credentials.h"
#include "reconciler/egress/curl_http_client.h"
#include "reconciler/host/host_file.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/secrets/managed_secrets.h"
#include "reconciler/secrets/secret_reader.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

struct ConfigArguments {
  SourceArguments source;
  std::string project;
  std::string secret_environment;
  std::string api_key;
  std::string file;
  std::vector<std::string> command;
  std::vector<std::string> pass;
  bool force = false;
  bool values = false;
  bool save = false;
  bool detailed_exitcode = false;
  bool json = false;
};

void DeclareConfigCommon(Options& options, ConfigArguments& arguments);

enum class KeyRole : std::uint8_t { kViewer, kMember };

// A project key, and where it was found: "--api-key", "VAULTLIER_API_KEY",
// "the cache ~/.config/writ/api-key".
struct ApiKey {
  SecretValue value;
  std::string source;
};

// Nothing where none is given. Warns of one on the command line. kPermission
// for a cache that others may read.
Result<std::optional<ApiKey>> FindApiKey(Session& session,
                                         const ConfigArguments& arguments);
std::string ApiKeyCacheOf(const Session& session);

// One project's values, open. Stays where it is.
class ConfigSession {
 public:
  // kPermission where a key is given that doesn't allow this. A gateway judges
  // that itself, with each request.
  static Result<std::unique_ptr<ConfigSession>> Open(
      Session& session, const ConfigArguments& arguments, KeyRole role);

  struct Entry {
    SecretResource secret;
    SecretValue value;
  };
  // Those that have a value, by key. kNotFound where a required one has none.
  Result<std::vector<Entry>> ReadAll();
  // Leaves word that values were read, and what for (S-47).
  Status AuditRead(const std::string& purpose, std::size_t count);

  // Null: the state is here.
  GatewayClient* gateway() { return gateway_ ? &gateway_->client : nullptr; }
  // REQUIRES: the state is here.
  StateStore& store() { return *store_; }
  const std::string& project() const { return project_; }
  const std::string& environment() const { return environment_; }
  const std::string& actor() const { return actor_; }
  // Null where no master key is set.
  ManagedSecrets* managed() { return managed_ ? &*managed_ : nullptr; }

 private:
  explicit ConfigSession(Session& session) : session_(session) {}
  Status OpenThere(const ConfigArguments& arguments, const std::string& server);
  Result<std::vector<Entry>> ReadThere();
  Status OpenKeys();
  Status Judge(const ApiKey& key, KeyRole role);

  Session& session_;
  std::unique_ptr<GatewayConnection> gateway_;  // null: the state is here
  std::unique_ptr<StateStore> store_;           // null: it is there
  std::optional<KeyRing> ring_;
  std::optional<ManagedSecrets> managed_;
  HostFile host_;
  std::optional<CurlHttpClient> http_;
  std::optional<SecretReader> reader_;
  std::string project_;
  std::string environment_;
  std::string actor_;
};

// pull, diff (config_pull.cc); push, set (config_push.cc).
std::vector<Command> ConfigPullCommands();
std::vector<Command> ConfigPushCommands();

}  // namespace writ::reconciler
