// The operator's file (language.md, "The host file"; security.md): what git
// must never grant itself. Read from --host-config, else /etc/writ/host.yaml;
// one that is group- or world-writable is refused, an absent one grants
// nothing.
//
// Each question answers by what is granted, and a refusal (kPermission) names
// the line to add. Questions about paths look at the file system; what they
// answer is the path to open, resolved, and it's opened without following a
// link. A plain value, safe to ask from any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/host/ip_network.h"
#include "schema/result.h"

namespace writ::reconciler {

struct TrustedProxies {
  std::vector<IpNetwork> networks;
  std::string dialect;  // nginx, envoy, traefik
};

struct HostFile {
  // Named in refusals: where a grant would have to stand.
  std::string path;
  // By environment: the ref it may be applied from; where trust starts.
  std::map<std::string, std::string> apply_from;
  std::map<std::string, std::string> trust_roots;
  std::vector<std::vector<std::string>> exec;
  std::vector<std::string> files;
  std::vector<std::string> dotenv;
  std::vector<std::string> env;
  std::vector<IpNetwork> networks;
  // Base URLs without a slash at the end, by target type or host name.
  std::map<std::string, std::string> hosts;
  // PEM files of authorities to believe instead of the system's, by the host
  // name or address that is called.
  std::map<std::string, std::string> authorities;
  std::optional<TrustedProxies> trusted_proxies;
  // What sources over the network are believed by; empty: the system's
  // authorities, the user's known hosts.
  std::string ca_file;
  std::string known_hosts_file;
  // Not from the file: what no root grants, since it's writ's own (T-01): the
  // state's folder, the master key's file. Filled in by whoever wires.
  std::vector<std::string> withheld;

  // "*" in a grant stands for one argument that doesn't begin with a dash:
  // options are granted in words.
  Status MayRun(const std::vector<std::string>& argv) const;
  // A link is followed as long as the file it leads to lies in a root.
  // kNotFound for a file that isn't there.
  Result<std::string> MayReadFile(const std::string& file) const;
  // The file may be absent; it may be no link, and its folder is there.
  Result<std::string> MayWriteDotenv(const std::string& file) const;
  // Never one of writ's own, WRIT_*.
  Status MayReadEnv(std::string_view name) const;
  // Whether a network that the file names holds the address.
  bool Names(const IpAddress& address) const;
  // What an address that isn't public needs.
  Status MayCall(const IpAddress& address) const;

  // What the file binds a target type, or a host, to.
  std::optional<std::string> BaseUrl(std::string_view type_or_host) const;
  // The file of authorities that who answers there is checked with; empty: the
  // system's.
  std::string AuthoritiesOf(std::string_view url) const;
  // T-02: may what `type` sends go to `url`, an address that a manifest
  // chose? Only where the file binds the type or the host to its origin.
  Status MaySendTo(std::string_view type, std::string_view url) const;
};

// An empty path means the default one, which may be absent.
// kPermission for loose modes, kInvalidManifest with file:line for mistakes.
Result<HostFile> ReadHostFile(const std::string& path);

// "https://host[:port]" of a URL; what stands before the path.
std::string_view OriginOf(std::string_view url);

}  // namespace writ::reconciler
