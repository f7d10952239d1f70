#include "tests/bench/gateway_state.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "reconciler/clock.h"
#include "reconciler/credentials/credentials.h"
#include "reconciler/credentials/issue.h"
#include "reconciler/keys/key_generation.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/keys/master_key.h"
#include "reconciler/store/unmanaged_resource.h"
#include "schema/credential/token_format.h"
#include "schema/json.h"

namespace writ::bench {
namespace {

using namespace writ::reconciler;

// In one transaction; what commits costs a flush of the disk.
constexpr int kPerTransaction = 2000;
// So many different tokens are asked with.
constexpr int kAsked = 2000;
constexpr char kWorkspace[] = R"({"displayName":"Bench","tier":"production",)"
                              R"("workspaceId":"64f1a2b3c4d5e6f7a8b9c0d1"})";
constexpr char kRoute[] =
    R"({"workspace":"acme","rules":[{"methods":["GET"],)"
    R"("path":"/api/v1/inbox/**","scope":"inbox:read"}]})";

constexpr char kDestination[] = R"({"app":"shop","channel":"webhook",)"
                                R"("url":"https://hooks.example/nowhere"})";
constexpr char kReader[] =
    R"({"type":"workspaceToken","workspace":"acme","mode":"live",)"
    R"("scopes":["inbox:read","crm:read"]})";

class StateMaker {
 public:
  StateMaker(StateStore& store, const KeyRing& keys)
      : store_(store), credentials_(store, &keys, clock_, random_) {}

  Result<GatewayState> Make(const GatewayStateOptions& options) {
    const ResourceId app("App", "shop");
    const auto put = [&](WriteTransaction& write) -> Status {
      TRY(Put(write, ResourceId("Workspace", "acme"), Spec(kWorkspace)));
      TRY(Put(write, ResourceId("ApiRoute", "acme", "inbox"), Spec(kRoute)));
      TRY(Put(write, app, Spec(R"({"workspace":"acme"})")));
      Value declared = options.schema;
      declared.Set("app", "shop");
      TRY(Put(write, ResourceId("EventSchema", "shop", "order.placed"),
              std::move(declared)));
      return PutRules(write, options);
    };
    TRY(Transact(store_, "", put));
    GatewayState state;
    state.app_key = TRY(PutToken(ResourceId("Token", "shop", "ingest"),
                                 Spec(R"({"type":"apiKey","app":"shop"})")));
    state.revoked = TRY(PutRevoked());
    state.unknown = std::string(NewToken(TokenFamily::kWorkspaceLive).Reveal());
    TRY(PutTokens(options.tokens, state.tokens));
    return state;
  }

 private:
  static Value Spec(std::string_view json) { return ParseJson(json).value(); }

  static Status Put(WriteTransaction& write, const ResourceId& id, Value spec) {
    const Resource resource =
        TRY(ParseUnmanaged(UnmanagedDocument(id, std::move(spec))));
    StoredResource stored;
    stored.live.id = resource.id;
    stored.live.parent = resource.parent;
    stored.live.content = CanonicalJson(*resource.content);
    return write.Put(stored, 0);
  }

  static Status PutRule(WriteTransaction& write, int number,
                        const std::string& event) {
    const std::string spec =
        R"({"app":"shop","event":")" + event +
        R"(","conditions":[{"field":"total","operator":"greater_than",)"
        R"("value":)" +
        std::to_string(1'000'000'000 + number) +
        R"(}],"actions":[{"destination":"hook"}]})";
    return Put(write,
               ResourceId("NotificationRule", "shop",
                          "rule-" + std::to_string(number)),
               Spec(spec));
  }

  static Status PutRules(WriteTransaction& write,
                         const GatewayStateOptions& options) {
    const int all = options.rules + options.other_rules;
    if (all == 0) return {};
    TRY(Put(write, ResourceId("Destination", "shop", "hook"),
            Spec(kDestination)));
    for (int i = 0; i < all; ++i) {
      const bool is_same = i < options.rules;
      TRY(PutRule(write, i,
                  is_same ? std::string("order.placed")
                          : "order.state-" + std::to_string(i)));
    }
    return {};
  }

  SecretValue NewToken(TokenFamily family) {
    return MakeToken(
        family, [this](std::span<std::uint8_t> bytes) { random_.Fill(bytes); });
  }

  Result<std::string> PutRevoked() {
    const ResourceId id("Token", "acme", "revoked");
    std::string token = TRY(PutToken(id, Spec(kReader)));
    const auto revoke = [&](WriteTransaction& write) -> Status {
      for (const auto& record : TRY(store_.credentials().ReadOf(id))) {
        TRY(credentials_.Revoke(write, record.id, {"bench"}));
      }
      return {};
    };
    TRY(Transact(store_, "", revoke));
    return token;
  }

  // The token itself; its digest goes into the state.
  Result<std::string> Issue(WriteTransaction& write, const ResourceId& id) {
    ImportRequest request;
    request.terms = TRY(ReadTerms(store_, id));
    const SecretValue token = NewToken(request.terms.family);
    request.digest = TokenDigest(token.Reveal());
    request.hint = VisiblePrefix(token.Reveal());
    TRY(credentials_.Import(write, request, {"bench"}));
    return std::string(token.Reveal());
  }

  Result<std::string> PutToken(const ResourceId& id, const Value& spec) {
    return Transact(store_, "",
                    [&](WriteTransaction& write) -> Result<std::string> {
                      TRY(Put(write, id, spec));
                      return Issue(write, id);
                    });
  }

  Status PutTokens(int tokens, std::vector<std::string>& asked) {
    const Value spec = Spec(kReader);
    const int every = std::max(1, tokens / kAsked);
    for (int begin = 0; begin < tokens; begin += kPerTransaction) {
      const int end = std::min(tokens, begin + kPerTransaction);
      const auto put = [&](WriteTransaction& write) -> Status {
        for (int i = begin; i < end; ++i) {
          const ResourceId id("Token", "acme", "reader-" + std::to_string(i));
          TRY(Put(write, id, spec));
          std::string token = TRY(Issue(write, id));
          if (i % every == 0) asked.push_back(std::move(token));
        }
        return {};
      };
      TRY(Transact(store_, "", put));
    }
    return {};
  }

  StateStore& store_;
  SystemClock clock_;
  SystemRandom random_;
  Credentials credentials_;
};

}  // namespace

Result<GatewayState> MakeGatewayState(const std::string& folder,
                                      const std::string& key_file,
                                      const GatewayStateOptions& options) {
  SystemClock clock;
  SystemRandom random;
  const MasterKey key = TRY(CreateMasterKeyFile(key_file, random));
  OpenOptions opening;
  opening.folder = folder;
  opening.mode = OpenMode::kMigrate;
  opening.environment = "bench";
  opening.clock = &clock;
  opening.random = &random;
  const auto store = TRY(StateStore::Open(opening));
  const StateFacts facts = TRY(store->ReadFacts());
  TRY(Transact(*store, "", [&](WriteTransaction& /*write*/) {
    return store->secrets().WriteKeyGeneration(
        MakeKeyGeneration(1, facts.lineage, key, clock.Now()));
  }));
  const KeyRing keys = TRY(KeyRing::Open(store->secrets(), key));
  return StateMaker(*store, keys).Make(options);
}

}  // namespace writ::bench
