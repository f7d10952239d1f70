// The platforms that run what they're given: Render, Fly.io, Railway, Vercel;
// and Doppler, which hands on.
#pragma once

#include "tests/reconciler/targets/fake_api.h"

namespace writ::reconciler::testing {

class FakeRender final : public FakeApi {
 public:
  ScriptedResponse Answer(const ReceivedRequest& request) override;
  Value Spec(const std::string& url) const override;
  std::string PathOfBase() const override { return "/v1"; }
  std::optional<std::string> Holds() const override;
  void Plant(const std::string& value) override { variables[kName] = value; }
  std::optional<std::string> Other() const override;

  std::map<std::string, std::string> variables = {{"OTHER", "kept"}};
  bool group = false;
  std::map<std::string, int> deploys;
  std::string status = "build_in_progress";
};

class FakeFlyio final : public FakeApi {
 public:
  ScriptedResponse Answer(const ReceivedRequest& request) override;
  Value Spec(const std::string& url) const override;
  std::string PathOfBase() const override { return "/v1"; }
  std::optional<std::string> Holds() const override;
  void Plant(const std::string& value) override { Set(kName, value); }
  std::optional<std::string> Other() const override;
  bool readable() const override { return false; }

  struct Secret {
    std::string value;
    int version = 0;
  };
  std::map<std::string, Secret> secrets = {{"OTHER", {"kept", 1}}};
  struct Machine {
    std::string state;
    std::string check;
    int restarts = 0;
  };
  std::map<std::string, Machine> machines = {{"m1", {"started", "passing"}},
                                             {"m2", {"stopped", "passing"}}};

 private:
  void Set(const std::string& name, const std::string& value);
};

class FakeRailway final : public FakeApi {
 public:
  ScriptedResponse Answer(const ReceivedRequest& request) override;
  Value Spec(const std::string& url) const override;
  std::string PathOfBase() const override { return "/graphql/v2"; }
  std::optional<std::string> Holds() const override;
  void Plant(const std::string& value) override { variables[kName] = value; }
  std::optional<std::string> Other() const override;
  bool IsWrite(const ReceivedRequest& request) const override {
    return request.body.find("\"mutation") != std::string::npos;
  }

  std::map<std::string, Value> variables = {{"OTHER", "kept"}};
  bool project_token = false;
  std::string error;  // in place of an answer to writes
  int deploys = 0;
  bool skipped_deploys = false;
  std::string status = "BUILDING";
};

class FakeVercel final : public FakeApi {
 public:
  ScriptedResponse Answer(const ReceivedRequest& request) override;
  Value Spec(const std::string& url) const override;
  std::optional<std::string> Holds() const override;
  void Plant(const std::string& value) override;
  std::optional<std::string> Other() const override;

  struct Record {
    std::string key;
    std::string value;
    std::string type = "encrypted";
    std::vector<std::string> targets;
    int updated = 1;
    std::string branch = {};
  };
  std::map<std::string, Record> records = {
      {"r0", {"OTHER", "kept", "encrypted", {"production"}, 1, ""}},
      {"r1", {kName, "of a branch", "encrypted", {"preview"}, 1, "feature"}}};
  std::string failed;  // what a creation answers with, beside 201
  struct Deployment {
    std::string id;
    std::string state;
    std::string made_for;
  };
  std::vector<Deployment> deployments = {{"d1", "READY", ""}};

 private:
  ScriptedResponse Create(const Value& body);
  ScriptedResponse Deploy(const Value& body);
  ScriptedResponse List() const;
  int next_ = 2;
};

class FakeDoppler final : public FakeApi {
 public:
  ScriptedResponse Answer(const ReceivedRequest& request) override;
  Value Spec(const std::string& url) const override;
  std::optional<std::string> Holds() const override;
  void Plant(const std::string& value) override { secrets[kName] = value; }
  std::optional<std::string> Other() const override;

  std::map<std::string, std::string> secrets = {{"OTHER", "kept"}};
};

}  // namespace writ::reconciler::testing
