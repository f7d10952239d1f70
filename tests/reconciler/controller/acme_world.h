// A small company's repository that random edits are made to: apps with
// schemas, destinations, rules, tokens and secrets, spread over files in ways
// that change, with overlays, variables, tests and every kind of edit that a
// plan must follow.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/support/tree_source.h"

namespace writ::testing {

class AcmeWorld {
 public:
  explicit AcmeWorld(std::uint32_t seed);

  Files Render() const;
  bool has_overlays() const { return has_overlays_; }
  // One random edit; its name, for the message of a failing test.
  std::string Edit();
  // Back to what it was, but for what chance brings next.
  void TakeBack(const AcmeWorld& earlier);

 private:
  struct Item {
    std::string kind;
    std::string name;
    std::string parent;  // an app's, or empty
    std::string file;    // without folder and suffix
    int variant = 0;     // decides the content
    std::string moved_from;
    std::string slug;     // of an app; empty: its name
    std::string used_by;  // whom a secret admits
    bool protect = false;
    bool suspend = false;
    bool commented = false;
  };

  std::string Text(const Item& item) const;
  std::string Spec(const Item& item) const;
  std::string Workspace() const;
  std::string Guards() const;
  std::uint32_t Below(std::uint32_t bound);
  Item* Pick(const std::string& kind);
  void Add(const std::string& kind, const std::string& parent);
  std::string AddSomething();
  std::string RemoveSomething();
  std::string RenameSomething();
  std::string Rename(Item& item);
  std::string NameSomething();
  std::string AddressOf(const std::string& kind);
  std::string RuleTest() const;

  std::mt19937 random_;
  std::vector<Item> items_;
  // Labels decide what a patch matches, so that with overlays few edits are
  // looked at by themselves.
  bool has_overlays_;
  bool has_policies_;
  int policy_ = 0;
  int names_ = 0;
  int alert_channel_ = 0;
  int retention_patch_ = 0;
  int safety_ = 30;
  std::string notify_;  // the destination that writ.yaml names
  // What a test names: an app, a rule and a destination.
  std::string tested_app_;
  std::string tested_rule_;
  std::string tested_destination_;
};

}  // namespace writ::testing
