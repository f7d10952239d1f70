// What a credential may do, where, and from where: as it is kept in its row and
// asked by whoever answers requests. Resolved from the Token's spec and the
// scope sets that are live when it is issued, and again whenever one of those
// is applied (terms.h).
//
// As canonical JSON, keys sorted, what is empty left out:
//
//   allowFrom   networks: ["10.0.0.0/8"]   empty: anywhere
//   foreign     true: imported, not of writ's own format
//   mode        live | test                of a workspaceToken
//   parent      {kind, name, uid}          what it opens, named as it was then
//   role        VIEWER | MEMBER            of a projectKey
//   scopes      ["crm:read"]               of a workspaceToken, sorted
//   type        clientSecret | …
//
// A plain value; const access is safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconciler/host/ip_network.h"
#include "schema/resource_id.h"
#include "schema/result.h"

namespace writ::reconciler {

struct CredentialRights {
  std::string type;
  ResourceId parent;       // may have another name by now
  std::string parent_uid;  // stays
  std::string mode;
  std::string role;
  std::vector<std::string> scopes;  // sorted, each once
  std::vector<IpNetwork> allow_from;
  bool foreign = false;

  // True where it has the scope, or admin:all (S-33). The scopes of roles and
  // of the other types are for who serves them.
  bool MayUseScope(std::string_view scope) const;
  // An IPv4 address in IPv6 clothes (::ffff:a.b.c.d) is what it maps to
  // (S-22).
  bool AllowsAddress(const IpAddress& address) const;
};

std::string PrintRights(const CredentialRights& rights);
// kCorrupt for anything that PrintRights doesn't print.
Result<CredentialRights> ParseRights(std::string_view json);

}  // namespace writ::reconciler
