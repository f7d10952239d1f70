#pragma once

#include "tests/reconciler/targets/fake_api.h"

namespace writ::reconciler::testing {

// The variables of one project; a key may stand in several scopes.
class FakeGitlab final : public FakeApi {
 public:
  ScriptedResponse Answer(const ReceivedRequest& request) override;
  Value Spec(const std::string& url) const override;
  std::string PathOfBase() const override { return "/api/v4"; }
  std::optional<std::string> Holds() const override;
  void Plant(const std::string& value) override;
  std::optional<std::string> Other() const override;

  struct Variable {
    std::string key;
    std::string scope;
    std::string value;
    bool masked = false;
    bool raw = false;
    bool hidden = false;
  };
  Variable* Find(const std::string& key, const std::string& scope);
  std::vector<Variable> variables = {
      {kName, "staging", "kept", false, false, false}};
};

}  // namespace writ::reconciler::testing
