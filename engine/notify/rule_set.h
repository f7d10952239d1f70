// The rules and silences of every app, indexed so that an event costs what
// follows from the rules that can match it: by app, then by the event's name
// (patterns by what stands before their first *), then by the value of the
// first condition that asks for one text to be equal. 10,000 rules on one app
// are one look-up for an event that none of them means.
//
// Immutable; safe from any thread.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/notify/event.h"
#include "engine/notify/rule.h"

namespace writ::engine {

struct RuleVerdict {
  const Rule* rule = nullptr;
  std::string why_not;  // empty: it fires
};

class RuleSet {
 public:
  RuleSet() = default;
  RuleSet(const std::vector<RuleSource>& rules,
          const std::vector<RuleSource>& silences);
  // Indexes point into it.
  RuleSet(const RuleSet&) = delete;
  RuleSet& operator=(const RuleSet&) = delete;

  // Whether a rule could fire on some event of that app and name: what an event
  // says needn't be read where none could.
  bool MayMatch(std::string_view app, std::string_view event) const;
  // Rules that fire on the event, by address; silences aren't looked at.
  std::vector<const Rule*> Match(const NotifyEvent& event) const;
  // The first by address that holds the event's notifications back, or null.
  const Silence* FindSilence(const NotifyEvent& event) const;
  // Of every rule of the event's app, by address.
  std::vector<RuleVerdict> Explain(const NotifyEvent& event) const;
  const Rule* Find(std::string_view uid) const;

  // How many rules Match looks at beyond the indexes.
  std::size_t CandidateCount(const NotifyEvent& event) const;
  // What can't be read: "NotificationRule/shop/r: when can't be read: …".
  const std::vector<std::string>& faults() const { return faults_; }
  const std::vector<std::unique_ptr<Rule>>& rules() const { return rules_; }

 private:
  using Rules = std::vector<const Rule*>;
  // Rules of one event's name, or one beginning of names.
  struct Bucket {
    // By field, then by the text that it has to equal.
    std::map<std::string, std::unordered_map<std::string, Rules>, std::less<>>
        by_value;
    Rules others;
  };
  struct AppRules {
    std::unordered_map<std::string, Bucket> by_name;
    std::unordered_map<std::string, Bucket> by_beginning;
    std::set<std::size_t> beginnings;  // their sizes
    Rules all;                         // by address
    std::vector<const Silence*> silences;
  };

  void Index(const Rule& rule);
  template <typename Look>
  void EachBucket(std::string_view app, std::string_view event,
                  Look look) const;
  template <typename Look>
  void EachCandidate(const NotifyEvent& event, Look look) const;

  std::vector<std::unique_ptr<Rule>> rules_;
  std::vector<std::unique_ptr<Silence>> silences_;
  std::unordered_map<std::string, AppRules> apps_;
  std::unordered_map<std::string, const Rule*> by_uid_;
  std::vector<std::string> faults_;
};

}  // namespace writ::engine
