#pragma once

#include <array>
#include <set>

#include "tests/reconciler/targets/fake_api.h"

namespace writ::reconciler::testing {

// One place for secrets: it has the private key to its boxes, so that it knows
// what was put.
class FakeGithub final : public FakeApi {
 public:
  enum class Kind { kRepository, kEnvironment, kOrganization };

  explicit FakeGithub(Kind kind);
  ScriptedResponse Answer(const ReceivedRequest& request) override;
  Value Spec(const std::string& url) const override;
  std::string PathOfBase() const override { return "/api/v3"; }
  std::optional<std::string> Holds() const override;
  void Plant(const std::string& value) override;
  std::optional<std::string> Other() const override;
  bool readable() const override { return false; }
  void ChangeKey();

  struct Secret {
    std::string value;
    int updated = 0;
    std::string visibility = "selected";
    std::vector<std::int64_t> repositories = {7, 9};
  };
  std::map<std::string, Secret> secrets = {{"OTHER", {"kept", 1}}};
  // Of narrower places, paths below the base: "/repos/acme/shop/environments/
  // eu/secrets/API_TOKEN".
  std::vector<std::string> environments;
  std::vector<std::string> repositories;
  std::set<std::string> narrower;
  int narrower_status = 404;  // of those that aren't there
  // The key is changed behind the next reader's back.
  bool change_key_once = false;

 private:
  std::string Place() const;
  // Of places that aren't this one; nothing: it is.
  std::optional<ScriptedResponse> Elsewhere(const std::string& path) const;
  ScriptedResponse Put(const std::string& name, const ReceivedRequest& request);
  ScriptedResponse Show(const std::string& name) const;
  std::optional<std::string> Unseal(const std::string& box) const;

  Kind kind_;
  int key_number_ = 0;
  int writes_ = 1;
  std::array<unsigned char, 32> public_key_{};
  std::array<unsigned char, 32> private_key_{};
};

}  // namespace writ::reconciler::testing
