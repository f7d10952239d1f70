#pragma once

#include "tests/reconciler/targets/fake_api.h"

namespace writ::reconciler::testing {

// Secrets Manager: one secret, a JSON object, of versions with labels.
class FakeSecretsManager final : public FakeApi {
 public:
  // `takes_sessions`: it takes temporary keys alone.
  explicit FakeSecretsManager(bool takes_sessions = false);
  ScriptedResponse Answer(const ReceivedRequest& request) override;
  Value Spec(const std::string& url) const override;
  std::map<std::string, std::string> Secrets() const override;
  std::optional<std::string> Holds() const override;
  void Plant(const std::string& value) override;
  std::optional<std::string> Other() const override;
  bool IsWrite(const ReceivedRequest& request) const override;
  std::string name() const override { return "unused"; }

  std::map<std::string, std::string> versions;  // texts by id
  std::map<std::string, std::string> labels;    // ids by label
  const bool session;
  bool rotates = false;
  int plants = 0;

 private:
  ScriptedResponse Put(const Value& body);
  ScriptedResponse Move(const Value& body);
  ScriptedResponse Describe() const;
  void MakeCurrent(const std::string& id);
};

// Parameter Store: one parameter, of versions.
class FakeParameterStore final : public FakeApi {
 public:
  ScriptedResponse Answer(const ReceivedRequest& request) override;
  Value Spec(const std::string& url) const override;
  std::map<std::string, std::string> Secrets() const override;
  std::optional<std::string> Holds() const override;
  void Plant(const std::string& value) override { versions.push_back(value); }
  std::optional<std::string> Other() const override { return other; }
  bool IsWrite(const ReceivedRequest& request) const override;
  std::string name() const override { return "unused"; }

  std::vector<std::string> versions;
  std::string other = "kept";
};

}  // namespace writ::reconciler::testing
