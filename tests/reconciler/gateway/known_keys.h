// Credentials that a test makes up.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "reconciler/gateway/access/authenticator.h"

namespace writ::reconciler::gateway {

class KnownKeys final : public Authenticator {
 public:
  void Add(const std::string& token, const std::string& type,
           const std::string& parent_uid, const std::string& role = {},
           Verdict verdict = Verdict::kValid, const ResourceId& parent = {}) {
    auto principal = std::make_shared<Principal>();
    principal->credential = "crd_" + token;
    principal->token = ResourceId("Token", "payments", token);
    principal->rights.type = type;
    principal->rights.role = role;
    principal->rights.parent = parent;
    principal->rights.parent_uid = parent_uid;
    known_[token] = {verdict, std::move(principal)};
  }
  Authentication Check(std::string_view token, const IpAddress&) override {
    const auto found = known_.find(std::string(token));
    return found == known_.end() ? Authentication{} : found->second;
  }
  bool IsCurrent() override { return current; }

  bool current = true;

 private:
  std::map<std::string, Authentication> known_;
};

}  // namespace writ::reconciler::gateway
