// How long policies take over a plan: policy_bench [CHANGES [POLICIES
// [ROUNDS]]]. Prints one line of JSON; times are the best of the rounds.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/policy/judge.h"
#include "engine/policy/policy_set.h"
#include "schema/json.h"
#include "schema/validator.h"

namespace writ::engine {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

Resource Read(const std::string& json, const SourceFiles& files) {
  auto document = ParseJson(json);
  Diagnostics diagnostics;
  Reporter reporter(files, {}, diagnostics);
  auto resource = document ? ValidateDocument(*std::move(document), reporter)
                           : std::nullopt;
  if (!resource) {
    std::fprintf(stderr, "not sound: %s\n", json.c_str());
    std::exit(1);
  }
  return *std::move(resource);
}

// Every one matches every change, computes a variable, and holds.
std::string PolicyJson(int number) {
  static const std::vector<std::string> kExpressions = {
      R"(!(params.forbidden in variables.scopes))",
      R"(resource.spec.scopes.all(s, s != params.forbidden))",
      R"(change.action == 'delete' ? !('keep' in change.labels) : true)",
      R"(resource.metadata.name.matches('^[a-z][-a-z0-9]*$'))",
      R"(has(resource.spec.expiresAt) && timestamp(resource.spec.expiresAt) > now)",
      R"(environment != 'production' || variables.scopes.size() < 20)",
      R"(change.address.startsWith('Token/') && change.parent == 'acme')",
      R"(size(variables.scopes.filter(s, s.endsWith(':write'))) <= 3)",
      R"(change.before == null || change.before.spec.type == resource.spec.type)",
      R"(resource.spec.ipAllowlist.size() > 0 || change.cause == 'git')",
  };
  const auto count = static_cast<int>(kExpressions.size());
  return R"j({"apiVersion":"writ/v1","kind":"Policy","metadata":{"name":"p)j" +
         std::to_string(number) +
         R"j("},"spec":{"match":{"kinds":["Token"]},)j"
         R"j("params":{"forbidden":"admin:all"},)j"
         R"j("variables":[{"name":"scopes","expression":)j"
         R"j("resource.?spec.?scopes.orValue([])"}],)j"
         R"j("validations":[{"name":"v","expression":)j" +
         QuoteJson(kExpressions[static_cast<std::size_t>(number % count)]) +
         R"j(}]}})j";
}

std::string TokenJson(int number) {
  return R"({"apiVersion":"writ/v1","kind":"Token","metadata":{"name":"t)" +
         std::to_string(number) +
         R"(","labels":{"team":"payments"}},"spec":{"type":"workspaceToken",)"
         R"("workspace":"acme","scopes":["inbox:read","crm:read",)"
         R"("contacts:read","analytics:read"],)"
         R"("expiresAt":"2027-12-01T00:00:00Z"}})";
}

PlanFacts MakeFacts(int changes) {
  const SourceFiles files;
  PlanFacts facts;
  facts.environment = "production";
  facts.now = *ParseTimestamp("2026-12-01T00:00:00Z");
  for (int i = 0; i < changes; ++i) {
    const Resource resource = Read(TokenJson(i), files);
    ChangeFacts change;
    change.id = resource.id;
    change.action = "create";
    change.cause = "git";
    change.reason = "not_live";
    change.after = resource.content;
    facts.changes.push_back(std::move(change));
  }
  return facts;
}

int Run(int changes, int policies, int rounds) {
  const SourceFiles files;
  std::vector<GuardDocument> documents;
  for (int i = 0; i < policies; ++i) {
    documents.push_back(GuardOf(Read(PolicyJson(i), files), files));
  }
  const PlanFacts facts = MakeFacts(changes);
  double load = 1e9;
  double judge = 1e9;
  double both = 1e9;
  std::int64_t passed = 0;
  for (int round = 0; round < rounds; ++round) {
    Diagnostics diagnostics;
    const auto start = std::chrono::steady_clock::now();
    const PolicySet set(documents, {}, {}, diagnostics);
    const auto loaded = std::chrono::steady_clock::now();
    const Judgement judgement = Judge(set, nullptr, facts);
    const auto judged = std::chrono::steady_clock::now();
    if (diagnostics.HasErrors() || !judgement.findings.empty()) return 1;
    passed = judgement.totals.pass;
    // The same guards before and after, as in most plans.
    if (Judge(set, &set, facts).totals != judgement.totals) return 1;
    const auto twice = std::chrono::steady_clock::now();
    load = std::min(load, Milliseconds(loaded - start).count());
    judge = std::min(judge, Milliseconds(judged - loaded).count());
    both = std::min(both, Milliseconds(twice - judged).count());
  }
  std::printf(
      "{\"changes\": %d, \"policies\": %d, \"decisions\": %lld, "
      "\"load_ms\": %.1f, \"judge_ms\": %.1f, \"judge_both_ms\": %.1f}\n",
      changes, policies, static_cast<long long>(passed), load, judge, both);
  return 0;
}

}  // namespace
}  // namespace writ::engine

int main(int argc, char** argv) {
  const auto argument = [&](int index, int otherwise) {
    return argc > index ? std::max(1, std::atoi(argv[index])) : otherwise;
  };
  return writ::engine::Run(argument(1, 10'000), argument(2, 30),
                           argument(3, 5));
}
