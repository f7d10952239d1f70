// Reads values wherever they come from: those that writ keeps, and those of
// outside sources under the host file's grants (T-01). Each is read when it is
// used; an outside value is kept for its secret's `cacheFor` and wiped then, a
// failure isn't kept. Errors name the source and hold nothing that it said.
//
// Belongs to one thread, the store's. Blocks as long as the source may take:
// exec's own timeout, 30 s for what is asked over the network.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "reconciler/clock.h"
#include "reconciler/egress/http_client.h"
#include "reconciler/host/host_file.h"
#include "reconciler/secrets/managed_secrets.h"
#include "reconciler/secrets/secret_resource.h"
#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

// What reading from outside touches. Everything outlives the reader.
struct SourceAccess {
  const HostFile& host;
  const Clock& clock;
  HttpClient& http;
  std::function<std::optional<std::string>(const char* name)> variable;
};

class SecretReader {
 public:
  // `managed` is null where there is no master key: values that writ keeps
  // are then kPermission, with what to do.
  SecretReader(StateStore& store, ManagedSecrets* managed, SourceAccess access)
      : store_(store), managed_(managed), access_(std::move(access)) {}

  // kNotFound where there is no value, kPermission without a grant,
  // kInvalidArgument where it isn't of the secret's type.
  Result<SecretValue> Read(const SecretResource& secret,
                           const std::string& environment);
  // For a resource that refers to it: `user` must be one that the secret
  // serves (T-02).
  Result<SecretValue> ReadFor(const ResourceId& user, const ResourceId& secret,
                              const std::string& environment);

 private:
  struct Kept {
    SecretValue value;
    std::chrono::nanoseconds until;
  };

  Result<SecretValue> ReadOutside(const SecretResource& secret,
                                  const std::string& environment);
  // {secretRef: {project, key}} below `field` of the secret's source.
  Result<SecretValue> ReadReferred(const SecretResource& secret,
                                   std::string_view field,
                                   const std::string& environment);
  Result<SecretValue> ReadVault(const SecretResource& secret,
                                const std::string& environment);
  Result<SecretValue> ReadAws(const SecretResource& secret,
                              const std::string& environment);

  StateStore& store_;
  ManagedSecrets* managed_;
  SourceAccess access_;
  std::map<std::string, Kept> kept_;  // by uid and environment
  int depth_ = 0;  // of sources whose credential comes from a source
};

}  // namespace writ::reconciler
