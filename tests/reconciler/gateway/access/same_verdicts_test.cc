// What the gateway answers from memory is what Credentials::Verify says of the
// database, for every token there ever was, after every step of histories that
// nobody thought of.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/reconciler/gateway/access/access_fixture.h"
#include "tests/reconciler/store/raw_database.h"
#include "tests/support/credentials.h"

namespace writ::reconciler::gateway {
namespace {

class History : public AccessTest {
 public:
  void TestBody() override {}

  void Begin() {
    SetUp();
    Declare("Token/acme/short", "Workspace/acme",
            R"({"type":"clientSecret","notBefore":"2026-12-01T00:00:30Z",
                "expiresAt":"2026-12-01T00:03:00Z"})");
    access_ = OpenAccess();
    // Never issued, with a wrong checksum, no token, from elsewhere.
    tokens_ = {{"", testing::MakeCredential("vela_cs_", 7)},
               {"", "vela_cs_" + std::string(48, 'x')},
               {"", "hello"},
               {"", "sk_live_imported-from-elsewhere"}};
  }

  void Step(int action, int which) {
    const std::vector<std::function<void()>> actions = {
        [&] { IssueOne(which); },
        [&] { On(which, &Credentials::Suspend); },
        [&] { On(which, &Credentials::Resume); },
        [&] { On(which, &Credentials::Revoke); },
        [&] { MintOne(which); },
        [&] { clock_.Advance(std::chrono::seconds(20)); },
        [&] { EndExpired(); },
        [&] { Import(which); },
        [&] { Tamper(which); },
        [&] { Narrow(which); },
    };
    actions[static_cast<std::size_t>(action) % actions.size()]();
  }

  void CompareAll() {
    for (const auto& [id, token] : tokens_) {
      for (const char* address : {"10.0.0.7", "192.0.2.1"}) {
        const auto want = credentials_->Verify(token, From(address));
        RC_ASSERT(want.has_value());
        const Authentication got = access_->Check(token, From(address));
        RC_ASSERT(got.is_current);
        RC_ASSERT(Name(got.verdict) == Name(want->verdict));
        if (got.principal == nullptr) continue;
        RC_ASSERT(got.principal->credential == want->record->id);
        RC_ASSERT(PrintRights(got.principal->rights) == want->record->rights);
      }
    }
  }

 private:
  static const char* TokenOf(int which) {
    static constexpr const char* kTokens[] = {
        kCi, kIngest, kReader, kAccount, kDashboard, "Token/acme/short"};
    return kTokens[static_cast<std::size_t>(which) % std::size(kTokens)];
  }
  const std::string& IdOf(int which) const {
    return tokens_[static_cast<std::size_t>(which) % tokens_.size()].first;
  }

  void IssueOne(int which) {
    MemorySink sink;
    const auto record =
        IssueToken(*store_, *credentials_, {Id(TokenOf(which))}, {"ana"}, sink);
    if (record) tokens_.emplace_back(record->id, sink.got[0].second);
  }

  void MintOne(int which) {
    static_cast<void>(Do([&](WriteTransaction& write) -> Status {
      MintRequest request;
      request.terms = Terms(TokenOf(which));
      auto minted = TRY(credentials_->Mint(write, request, {"ana"}));
      tokens_.emplace_back(minted.record.id, minted.value->Reveal());
      return {};
    }));
  }

  template <typename Change>
  void On(int which, Change change) {
    if (IdOf(which).empty()) return;
    static_cast<void>(Do([&](WriteTransaction& write) -> Status {
      TRY(((*credentials_).*change)(write, IdOf(which), {"ana", "asked"}));
      return {};
    }));
  }

  void EndExpired() {
    static_cast<void>(Do([&](WriteTransaction& write) -> Status {
      TRY(credentials_->EndExpired(write, Id("Token/acme/short")));
      return {};
    }));
  }

  void Import(int which) {
    const std::string& token = tokens_[3].second;
    static_cast<void>(Do([&](WriteTransaction& write) -> Status {
      ImportRequest request;
      request.terms = Terms(which % 2 == 0 ? kCi : kDashboard);
      request.digest = TokenDigest(token);
      TRY(credentials_->Import(write, request, {"ana"}));
      return {};
    }));
  }

  // T-13: found by who looks ten times a second.
  void Tamper(int which) {
    if (IdOf(which).empty()) return;
    RunSql(DatabaseFile(),
           "UPDATE credentials SET hint = hint || 'x' "
           "WHERE id = '" +
               IdOf(which) + "'");
    access_->Look();
  }

  void Narrow(int which) {
    Declare(
        kDashboard, "Workspace/acme",
        which % 2 == 0
            ? R"({"type":"workspaceToken","mode":"test","scopes":["ai:read"]})"
            : R"({"type":"workspaceToken","mode":"test",
                      "ipAllowlist":["192.0.2.0/24"]})");
    static_cast<void>(Do([&](WriteTransaction& write) -> Status {
      TRY(credentials_->Refresh(write, Terms(kDashboard), {"ana"}));
      return {};
    }));
  }

  std::unique_ptr<LiveCredentials> access_;
  std::vector<std::pair<std::string, std::string>> tokens_;  // id, value
};

TEST(SameVerdicts, AsTheDatabaseHasThemAfterEveryStep) {
  rc::check([] {
    const auto steps = *rc::gen::resize(
        12, rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(
                rc::gen::inRange(0, 10), rc::gen::inRange(0, 30))));
    History history;
    history.Begin();
    for (const auto& [action, which] : steps) {
      history.Step(action, which);
      history.CompareAll();
    }
  });
}

}  // namespace
}  // namespace writ::reconciler::gateway
